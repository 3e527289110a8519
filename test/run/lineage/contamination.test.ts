import assert from 'node:assert/strict';
import { excessRows } from '../../../core/run/lineage/contamination.ts';

describe('rows of a mirror in a source', () => {
  for (const [what, found, known, shown] of [
    ['none at all', { matched: 0, of: 10_000 }, { matched: 0, of: 10_000 }, false],
    ['as many as by chance', { matched: 210, of: 20_000 }, { matched: 100, of: 10_000 }, false],
    ['a few more than by chance', { matched: 130, of: 10_000 }, { matched: 100, of: 10_000 }, false],
    ['fewer than a group', { matched: 15, of: 10_000 }, { matched: 0, of: 10_000 }, false],
    ['a hundred among ten thousand', { matched: 100, of: 10_000 }, { matched: 0, of: 10_000 }, true],
    ['a hundred among a million', { matched: 100, of: 1_000_000 }, { matched: 1, of: 1_000_000 }, true],
    ['half of it', { matched: 5000, of: 10_000 }, { matched: 100, of: 10_000 }, true],
    ['half of a table that is too coarse to tell', { matched: 5000, of: 10_000 }, { matched: 1500, of: 10_000 }, false],
    ['an empty source', { matched: 0, of: 0 }, { matched: 0, of: 10_000 }, false],
  ] as const) {
    it(`are ${shown ? '' : 'not '}shown when they are ${what}`, () =>
      assert.equal(excessRows(found, known) > 0, shown));
  }

  it('are counted beyond chance alone', () => {
    const excess = excessRows({ matched: 5000, of: 10_000 }, { matched: 100, of: 10_000 });
    assert.ok(excess > 4800 && excess < 5000, String(excess));
  });
});

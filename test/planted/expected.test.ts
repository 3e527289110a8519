// The expected verdicts are whole: every audit and failure has its place, and the documentation says the same.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { audits } from '../../audits/index.ts';
import { root } from '../cli/support.ts';
import { blindSpots } from './document.ts';
import { type Expected, expected } from './expected.ts';
import { failures } from './failures.ts';

/** Those of tier release take minutes a table and stop no nightly build: they are not in the matrix. */
const nightly = audits.filter(({ tier }) => tier !== 'release');
const names = failures.map(({ name }) => name);
const named = ({ caught = [], warned = [], varies = [], missed = {} }: Expected): readonly string[] => [
  ...caught,
  ...warned,
  ...varies,
  ...Object.keys(missed),
];

describe('expected verdicts', () => {
  it('are given for every audit; a new one is added to test/planted/expected.ts', () => {
    assert.deepEqual(Object.keys(expected).sort(), nightly.map(({ id }) => id).sort());
  });

  it('name failures that are planted, and each once', () => {
    for (const [id, cells] of Object.entries(expected)) {
      assert.deepEqual(
        named(cells).filter((name) => !names.includes(name)),
        [],
        id,
      );
      assert.equal(new Set(named(cells)).size, named(cells).length, id);
    }
  });

  it('leave no failure that nobody stops', () => {
    const stopping = nightly.filter(({ severity }) => severity !== 'warn');
    for (const { name, stops = true } of failures) {
      const by = stopping.filter(({ id }) => expected[id]?.caught?.includes(name)).map(({ id }) => id);
      assert.equal(by.length > 0, stops, name);
    }
  });

  it('leave no audit that never says anything', () => {
    const idle = nightly.filter(({ id }) => {
      const { caught = [], warned = [], reportsOnly = false } = expected[id] ?? {};
      return caught.length + warned.length === 0 && !reportsOnly;
    });
    assert.deepEqual(
      idle.map(({ id }) => id),
      [],
    );
  });

  it('are what docs/audits/blind-spots.md says; `node dist/bench/blind-spots.js` writes it', () => {
    assert.equal(readFileSync(join(root, 'docs/audits/blind-spots.md'), 'utf8'), blindSpots());
  });
});

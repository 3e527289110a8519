// Tables that are made smaller or larger than usual: exact sums, and children like a random part or a multiple.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { assignParents } from '../../../core/mirror/assign.ts';
import { adjustCounts, thinCounts } from '../../../core/mirror/counts.ts';

const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);

describe('children per parent', () => {
  it('sum to what is asked for, and each child has a place among its usual siblings', () => {
    const counts = fc.array(fc.nat(9), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(counts, fc.nat(400), fc.nat(), (drawn, target, seed) => {
        const sizes = adjustCounts(Uint32Array.from(drawn), Uint32Array.from(drawn), target, seed);
        assert.equal(sum(sizes.counts), target);
        if (sizes.usual === undefined) return;
        const { counts: usual, places } = sizes.usual;
        assert.equal(places.length, target);
        let at = 0;
        for (const [parent, count] of sizes.counts.entries()) {
          const mine = places.subarray(at, at + count);
          at += count;
          assert.ok(mine.every((place, i) => place >= 1 && place >= (mine[i - 1] ?? 1)));
          assert.ok(mine.every((place) => place <= (usual[parent] as number)));
        }
      }),
    );
  });

  it('of a smaller table are those of a random part of the children', () => {
    const parents = 20_000;
    const { counts, places } = thinCounts(new Uint32Array(parents).fill(4), parents, 7);
    assert.equal(sum(counts), parents);
    // Each of four children stays with a chance of a quarter: binomial, also in which of them stay.
    for (const [children, share] of [0.3164, 0.4219, 0.2109, 0.0469, 0.0039].entries()) {
      const found = counts.filter((count) => count === children).length / parents;
      assert.ok(Math.abs(found - share) < 0.012, `${children} children: ${found}`);
    }
    for (const place of [1, 2, 3, 4]) {
      const found = places.filter((one) => one === place).length / parents;
      assert.ok(Math.abs(found - 0.25) < 0.012, `place ${place}: ${found}`);
    }
  });

  it('of a smaller linked table are thinned in the same way', () => {
    const parents = 20_000;
    const assigned = assignParents({
      wanted: new Array<string>(parents).fill('b'),
      buckets: new Array<string>(parents).fill('b'),
      weights: new Float64Array(parents).fill(4),
      seed: 3,
    });
    const counts = new Uint32Array(parents);
    for (const parent of assigned) counts[parent] = (counts[parent] as number) + 1;
    for (const [children, share] of [0.3164, 0.4219, 0.2109, 0.0469].entries()) {
      const found = counts.filter((count) => count === children).length / parents;
      assert.ok(Math.abs(found - share) < 0.015, `${children} children: ${found}`);
    }
  });
});

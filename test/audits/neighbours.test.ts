// The search by a tree finds what an exhaustive search finds, to the bit.
import assert from 'node:assert/strict';
import { kNearest, neighbourTree, rowsWithin, spaceOf } from '../../audits/neighbours.ts';
import type { RowSample } from '../../audits/rows.ts';
import { distanceWithin } from '../../audits/space.ts';
import { sequence } from '../../core/random.ts';

/** Two numbers and three categories with ties, NULLs, infinities and a constant column. */
function rows(rowCount: number, seed: number): RowSample {
  const draw = sequence(seed, 'rows');
  const number = (make: () => number) => Float64Array.from({ length: rowCount }, make);
  const codes = (levels: number) => Int32Array.from({ length: rowCount }, () => Math.floor(draw() ** 2 * levels) - 1);
  return {
    rowCount,
    columns: [
      { kind: 'number', name: 'smooth', values: number(draw) },
      { kind: 'number', name: 'ties', values: number(() => Math.floor(draw() * 6)) },
      {
        kind: 'number',
        name: 'odd',
        values: number(() => [1, Number.NaN, Infinity, -Infinity, 2][Math.floor(draw() * 5)] ?? 0),
      },
      { kind: 'number', name: 'constant', values: number(() => 4) },
      { kind: 'category', name: 'few', codes: codes(3), levels: 3 },
      { kind: 'category', name: 'many', codes: codes(40), levels: 40 },
    ],
  };
}

const cases: readonly { readonly what: string; readonly to: RowSample; readonly from: RowSample }[] = [
  { what: 'mixed columns', to: rows(900, 1), from: rows(120, 2) },
  { what: 'rows among themselves', to: rows(300, 1), from: rows(300, 1) },
  { what: 'fewer rows than neighbours', to: rows(2, 1), from: rows(20, 2) },
  { what: 'no rows', to: rows(0, 1), from: rows(3, 2) },
  {
    what: 'equal rows',
    to: { rowCount: 200, columns: [{ kind: 'number', name: 'x', values: new Float64Array(200) }] },
    from: { rowCount: 2, columns: [{ kind: 'number', name: 'x', values: Float64Array.of(0, 3) }] },
  },
];

describe('nearest rows', () => {
  for (const { what, to, from } of cases) {
    it(`are those of an exhaustive search: ${what}`, () => {
      const space = spaceOf([to, from]);
      const [points, queries] = [space.of(to), space.of(from)];
      const tree = neighbourTree(space, points);
      const k = 4;
      const found = kNearest(tree, queries, k);
      for (let row = 0; row < queries.count; row++) {
        const all = Array.from({ length: points.count }, (_, b) =>
          distanceWithin(space, queries, row, points, b, Number.POSITIVE_INFINITY),
        );
        const sorted = all.toSorted((a, b) => a - b);
        const nearest = Array.from({ length: k }, (_, i) => sorted[i] ?? Number.POSITIVE_INFINITY);
        assert.deepEqual([...found.subarray(row * k, (row + 1) * k)], nearest);
        const radius = sorted[0] ?? 0;
        const ties: number[] = [];
        rowsWithin(tree, queries, row, radius, (place) => ties.push(place));
        assert.deepEqual(
          ties.toSorted((a, b) => a - b),
          all.flatMap((distance, b) => (distance <= radius + 1e-9 ? [b] : [])),
        );
      }
    });
  }
});

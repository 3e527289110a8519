import assert from 'node:assert/strict';
import { sequence } from '../../../core/random.ts';
import {
  debtBits,
  diffuse,
  listedBytes,
  reserveRows,
  scoreEntries,
  weightBits,
} from '../../../models/boosting/index.ts';

interface Column {
  readonly codes: Uint8Array;
  readonly shift: number;
}

/** What the kernel does, row by row. `sums` holds a pair per entry and is changed. */
function diffused(entries: Int32Array, sums: Int32Array, weights: Int32Array, columns: readonly Column[]): number[] {
  const owed = columns.map(() => new Int32Array(256));
  let all = 0;
  return Array.from(entries, (entry, i) => {
    const [sum, step, weight] = [sums[2 * entry] ?? 0, sums[2 * entry + 1] ?? 0, weights[entry] ?? 0];
    if (weight === 0) {
      sums[2 * entry] = (sum + step) & 0x7fffffff;
      return sum + step >= 2 ** 31 ? 1 : 0;
    }
    const groups = columns.map(({ codes, shift }) => (codes[i] as number) >> shift);
    const debt = groups.reduce((total, group, c) => total + (owed[c]?.[group] ?? 0), all);
    const right = sum + step + (debt >> weightBits) * weight >= 2 ** debtBits ? 1 : 0;
    const left = step - right * 2 ** debtBits;
    sums[2 * entry] = sum + left;
    all += left;
    for (const [c, group] of groups.entries()) (owed[c] as Int32Array)[group] = (owed[c]?.[group] ?? 0) + left;
    return right;
  });
}

describe('models/boosting/diffuse', () => {
  for (const [rows, columns] of [
    [1, 1],
    [50, 3],
    [1000, 4],
    [3001, 9],
  ] as const) {
    it(`chooses ${rows} rows by what is owed to their groups in ${columns} columns`, () => {
      const next = sequence(rows, 'diffuse');
      const first = 5;
      const space = reserveRows(rows + first, columns + 1, columns * (listedBytes + 4 * 256));
      const { codes, stride, scores } = space;
      for (let i = 0; i < columns * stride; i++) codes[i] = Math.floor(next() * 256);
      const listed = Array.from({ length: columns }, (_, c): Column => {
        const at = c * stride + first;
        return { codes: codes.slice(at, at + rows), shift: c % 4 };
      });
      const at = (columns + 1) * stride;
      const list = new Int32Array(codes.buffer, codes.byteOffset + at, columns * 4);
      const owedAt = codes.byteOffset + at + columns * listedBytes;
      new Int32Array(codes.buffer, owedAt, columns * 256).fill(0);
      for (const [c, { shift }] of listed.entries()) {
        list.set([codes.byteOffset + c * stride, owedAt + 1024 * c, shift], 4 * c);
      }
      const { sums, weights } = scoreEntries();
      for (let entry = 0; entry < weights.length; entry++) {
        const bits = entry % 5 === 0 ? 31 : debtBits;
        weights[entry] = entry % 5 === 0 ? 0 : 1 + Math.floor(next() * 300);
        sums[2 * entry] = Math.floor(next() * 2 ** bits);
        sums[2 * entry + 1] = Math.floor(next() * 2 ** bits);
      }
      for (let i = 0; i < rows; i++) scores[i] = Math.floor(next() * 40);
      const expectedSums = sums.slice();
      const expected = diffused(scores.slice(0, rows), expectedSums, weights, listed);
      diffuse(rows, first, { at, columns }, columns * stride);
      assert.deepEqual([...codes.subarray(columns * stride, columns * stride + rows)], expected);
      assert.deepEqual(sums, expectedSums);
    });
  }
});

// The permutation null of counts of rows.
import assert from 'node:assert/strict';
import { relabelled } from '../../../audits/utility/relabel.ts';
import { sequence } from '../../../core/random.ts';

const share = (first: readonly number[], second: readonly number[]): number => (first[0] ?? 0) - (second[0] ?? 0);

/** Each row of a subject of its own. */
const alone = (rows: number): Int32Array => Int32Array.from({ length: rows }, (_, row) => row);

describe('permutations of rows between two sides', () => {
  it('count what a query finds on each side as it is', () => {
    const hits = [Uint32Array.of(0, 31, 32, 63, 64, 99)];
    const { value } = relabelled(hits, 33, alone(100), 0, share, sequence(1, 'test'));
    assert.equal(value, 3 / 33 - 3 / 67);
  });

  it('have the mean and the variance of the hypergeometric distribution', () => {
    const total = 400;
    const first = 100;
    const found = 80;
    const hits = [Uint32Array.from({ length: found }, (_, i) => i * 5)];
    const counts = relabelled(hits, first, alone(total), 4000, ([a = 0]) => a * first, sequence(2, 'test')).nulls;
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;
    const p = found / total;
    const expected = (first * p * (1 - p) * (total - first)) / (total - 1);
    assert.ok(Math.abs(mean - first * p) < 4 * Math.sqrt(expected / counts.length), `mean ${mean}`);
    assert.ok(Math.abs(variance / expected - 1) < 0.1, `variance ${variance} for ${expected}`);
  });

  it('keep every row on exactly one side', () => {
    const all = [Uint32Array.from({ length: 70 }, (_, i) => i)];
    const { value, nulls } = relabelled(all, 41, alone(70), 50, share, sequence(3, 'test'));
    assert.deepEqual([value, ...nulls], new Array(51).fill(0));
  });

  it('keep rows of one subject together, and have the variance of sampling subjects', () => {
    // 100 subjects of four rows each; a query finds all rows of a fifth of them.
    const owners = Int32Array.from({ length: 400 }, (_, row) => Math.floor(row / 4));
    const hits = [Uint32Array.from(alone(400).filter((row) => Math.floor(row / 4) % 5 === 0))];
    const counts = relabelled(hits, 200, owners, 4000, ([a = 0]) => a * 200, sequence(4, 'test')).nulls;
    assert.ok(counts.every((count) => Math.abs(count / 4 - Math.round(count / 4)) < 1e-9));
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;
    // Hypergeometric: 50 of 100 subjects, 20 of them found; four rows each.
    const expected = (16 * (50 * 0.2 * 0.8 * 50)) / 99;
    assert.ok(Math.abs(variance / expected - 1) < 0.1, `variance ${variance} for ${expected}`);
  });
});

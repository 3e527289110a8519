// The permutation null of counts of rows.
import assert from 'node:assert/strict';
import { relabelled } from '../../../audits/utility/relabel.ts';
import { sequence } from '../../../core/random.ts';

const share = (first: readonly number[], second: readonly number[]): number => (first[0] ?? 0) - (second[0] ?? 0);

describe('permutations of rows between two sides', () => {
  it('count what a query finds on each side as it is', () => {
    const hits = [Uint32Array.of(0, 31, 32, 63, 64, 99)];
    const { value } = relabelled(hits, 33, 100, 0, share, sequence(1, 'test'));
    assert.equal(value, 3 / 33 - 3 / 67);
  });

  it('have the mean and the variance of the hypergeometric distribution', () => {
    const total = 400;
    const first = 100;
    const found = 80;
    const hits = [Uint32Array.from({ length: found }, (_, i) => i * 5)];
    const counts = relabelled(hits, first, total, 4000, ([a = 0]) => a * first, sequence(2, 'test')).nulls;
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;
    const p = found / total;
    const expected = (first * p * (1 - p) * (total - first)) / (total - 1);
    assert.ok(Math.abs(mean - first * p) < 4 * Math.sqrt(expected / counts.length), `mean ${mean}`);
    assert.ok(Math.abs(variance / expected - 1) < 0.1, `variance ${variance} for ${expected}`);
  });

  it('keep every row on exactly one side', () => {
    const all = [Uint32Array.from({ length: 70 }, (_, i) => i)];
    const { value, nulls } = relabelled(all, 41, 70, 50, share, sequence(3, 'test'));
    assert.deepEqual([value, ...nulls], new Array(51).fill(0));
  });
});

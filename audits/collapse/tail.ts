// col.tail: the least and greatest hundredth of the real values have as many rows in the mirror.
import type { Audit, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import { scoreNumbers } from '../columns.ts';
import type { Distribution } from '../distribution.ts';
import type { Sizes } from '../noise.ts';
import { bounds } from '../options.ts';
import { ABS_Z99, Z99 } from '../statistics/normal.ts';

export const tailAudit: Audit<Bounds> = {
  id: 'col.tail',
  title: 'Unusually small and large numbers are as frequent as in the real table.',
  unit: 'of the real tail',
  tier: 'nightly',
  family: 'collapse',
  scope: 'column',
  needs: ['aggregates'],
  direction: 'below',
  minRows: 1000,
  options: bounds(0.8, 0.5),
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  run: (input: AuditInput): Promise<readonly Measurement[]> =>
    scoreNumbers(input, (distribution, _, { n }) => score(distribution, n, input.target.k)),
};

/**
 * The smaller of two ratios: share of mirror rows below the real .01 quantile over that of real rows, and the same above
 * the .99 quantile. A tail of fewer than 2 k real rows is not looked at: up to k of them may not be shown as they are.
 * Null: a ratio of two shares has a logarithm of variance 1/c + 1/(c m/n), c being the real rows of the tail (delta method).
 */
function score({ tails }: Distribution, n: Sizes, k: number): Omit<Measurement, 'columns'> | undefined {
  const least = Math.max(10, 2 * k);
  if (0.01 * n.real < least) {
    return { value: null, reason: `A hundredth of the real rows is fewer than ${least}.`, n };
  }
  if (n.synthetic === 0) return { value: null, reason: 'One side has no rows.', n };
  // Columns whose end is one frequent value have no tail there.
  const scored = [tails.low, tails.high].filter(({ real }) => real >= least);
  if (scored.length === 0) return undefined;
  const ratios = scored.map((tail) => ({ ...ratioOf(tail, n), name: tail === tails.low ? 'Low' : 'High' }));
  const worst = ratios.reduce((a, b) => (b.value < a.value ? b : a));
  const z = ratios.length > 1 ? ABS_Z99 : Z99;
  const observed = Math.min(1, ...scored.map((tail) => holdoutRatio(tail, n)));
  // Scaled on the logarithm, as differences of samples are.
  const scale = n.holdout === 0 ? 0 : Math.sqrt((1 / n.real + 1 / n.synthetic) / (1 / n.real + 1 / n.holdout));
  const seen = observed > 0 ? Math.exp(scale * Math.log(observed)) : 1;
  return {
    value: worst.value,
    reason: `${worst.name} values`,
    null: { q50: 1, q99: Math.min(Math.exp(-z * worst.deviation), seen) },
    n,
  };
}

function ratioOf(tail: Sizes, n: Sizes): { readonly value: number; readonly deviation: number } {
  const expected = (tail.real * n.synthetic) / n.real;
  return { value: tail.synthetic / expected, deviation: Math.sqrt(1 / tail.real + 1 / expected) };
}

function holdoutRatio(tail: Sizes, n: Sizes): number {
  return n.holdout === 0 ? 1 : (tail.holdout * n.real) / (tail.real * n.holdout);
}

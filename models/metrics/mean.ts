// Metrics that are a mean over rows.
import type { Scorer } from './types.ts';

/** The mean of `of(value, row)` over the rows, each as often as it counts; null when there are none. */
export function meanScorer(target: Float64Array, of: (value: number, row: number) => number): Scorer {
  const terms = target.map((value, row) => of(value, row));
  return (counts) => weightedMean(terms, counts);
}

export function weightedMean(values: Float64Array, counts?: ArrayLike<number>): number | null {
  let sum = 0;
  let total = 0;
  for (let row = 0; row < values.length; row++) {
    const count = counts === undefined ? 1 : (counts[row] as number);
    sum += count * (values[row] as number);
    total += count;
  }
  return total === 0 ? null : sum / total;
}

// What a metric is: how well predictions fit a target, on all rows or on a resample of them.
import type { DownstreamTask } from '../../core/downstream.ts';

/** How often each row counts, as a bootstrap drew it; every row once when left out. Null where the metric is not defined. */
export type Scorer = (counts?: ArrayLike<number>) => number | null;

export interface Metric {
  readonly tasks: readonly DownstreamTask['kind'][];
  readonly better: 'more' | 'less';
  /**
   * Does once what resamples share, as sorting.
   * @param predicted as `Predict` gives it: one value a row, or rows × classes
   */
  scorer(predicted: Float64Array, target: Float64Array): Scorer;
}

// The contract of downstream models: what a user trains on a mirror, for `uses` in synth.config.ts. Plain objects.

/** A column of `rowCount` entries. NULL is NaN in numbers, −1 in codes; levels are numbered alike on all sides. */
export type DownstreamColumn =
  | { readonly kind: 'number'; readonly name: string; readonly values: Float64Array }
  | { readonly kind: 'category'; readonly name: string; readonly codes: Int32Array; readonly levels: number };

export interface DownstreamRows {
  readonly rowCount: number;
  readonly columns: readonly DownstreamColumn[];
}

/** Targets are 0 or 1, 0 to `classes` − 1, or finite numbers. */
export type DownstreamTask =
  | { readonly kind: 'binary' }
  | { readonly kind: 'multiclass'; readonly classes: number }
  | { readonly kind: 'regression' };

/** Binary: the probability of 1 per row. Multiclass: rows × classes probabilities. Regression: a value per row. */
export type Predict = (rows: DownstreamRows) => Float64Array;

export interface DownstreamModel {
  readonly kind: 'downstream-model';
  readonly name: string;
  /** The same rows and seed must give the same model. */
  learn(rows: DownstreamRows, target: Float64Array, task: DownstreamTask, seed: number): Predict;
}

export const metricNames = ['auc', 'macro_auc', 'accuracy', 'logloss', 'rmse', 'mae', 'r2'] as const;
export type MetricName = (typeof metricNames)[number];

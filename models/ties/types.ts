// What a number nearly is, given others: a polynomial of few functions of other columns, and how far off it is.

/**
 * One column's contribution to a polynomial: a scaled number, its logarithm, whether it has one level, or what the target is on
 * average by its level.
 */
export type TieFunction =
  | {
      readonly kind: 'number' | 'log' | 'asinh';
      readonly column: number;
      /** Numbers are brought into this range first, so that no single row reaches further. */
      readonly low: number;
      readonly high: number;
      /** Unit of the inverse hyperbolic sine, around `centre`. */
      readonly centre: number;
      readonly unit: number;
      /** What remains is (f − mean) / deviation; 0 where there is no number. */
      readonly mean: number;
      readonly deviation: number;
    }
  | { readonly kind: 'level'; readonly column: number; readonly code: number }
  | { readonly kind: 'mean'; readonly column: number; readonly means: Float64Array };

/** A column as ties see it: a number with NaN where it has none, or the codes of a category. */
export type TieColumn =
  | {
      readonly kind: 'number';
      readonly values: Float64Array;
      readonly low: number;
      readonly high: number;
      /** All values are multiples of it; 0: of nothing. */
      readonly unit: number;
    }
  | { readonly kind: 'category'; readonly codes: Uint16Array; readonly codeCount: number };

export interface Tie {
  readonly functions: readonly TieFunction[];
  /** What is added up: functions, by position, and products of two; those with the same first function lie together. */
  readonly terms: readonly (readonly [number] | readonly [number, number])[];
  /** The constant, then one for each term. */
  readonly coefficients: Float64Array;
  /** Predictions are brought into this range. */
  readonly low: number;
  readonly high: number;
  /** Evenly spaced quantiles of what predictions of held-back rows missed; between neighbours at least k rows. */
  readonly misses: Float64Array;
  /** The share of rows that lie, among near values, where their prediction puts them; the others lie anywhere. */
  readonly follow: number;
}

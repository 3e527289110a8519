// The words of gradient-boosted trees: columns to learn from, what is learnt, options and the fitted model.

/** NULL is NaN. */
export interface NumberFeature {
  readonly kind: 'number';
  readonly values: Float64Array;
}

/** NULL is -1; codes below `levels`. */
export interface CategoryFeature {
  readonly kind: 'category';
  readonly codes: Int32Array;
  readonly levels: number;
}

export type Feature = NumberFeature | CategoryFeature;

/** One entry per row. Entries of rows that are not learnt from may hold anything. */
export type Target =
  /** 0 or 1. */
  | { readonly kind: 'binary'; readonly ones: Uint8Array }
  /** Codes 0 to classes − 1. */
  | { readonly kind: 'multiclass'; readonly codes: Int32Array; readonly classes: number }
  /** Finite numbers. */
  | { readonly kind: 'regression'; readonly values: Float64Array };

export interface GbdtOptions {
  /** Most rounds: one tree each, or one per class. */
  readonly rounds: number;
  /** Share of each tree's step that is taken. */
  readonly rate: number;
  readonly maximalLeaves: number;
  /** Questions from root to leaf; with `maximalLeaves` ≥ 2^depth trees grow level by level. Infinity: leaf by leaf only. */
  readonly maximalDepth: number;
  readonly leastRows: number;
  /** Ridge on leaf values, in units of the hessian. */
  readonly ridge: number;
  /** Codes per column at most, NULL not counted; up to 255. */
  readonly maximalBins: number;
  /** Stop after this many rounds without a better loss on rows set aside; 0: never, and no row is set aside. */
  readonly patience: number;
  /** Share of rows set aside when there is patience. */
  readonly validationShare: number;
}

/** The defaults of scikit-learn's HistGradientBoosting, without its early stopping. */
export const defaultGbdt: GbdtOptions = {
  rounds: 100,
  rate: 0.1,
  maximalLeaves: 31,
  maximalDepth: Number.POSITIVE_INFINITY,
  leastRows: 20,
  ridge: 0,
  maximalBins: 255,
  patience: 0,
  validationShare: 0.1,
};

/** How a column becomes codes 0 to `bins` − 1; `bins` itself is NULL, and what was never seen. */
export type Binner =
  /** Code i: the first edge that is at least the value. */
  | { readonly kind: 'number'; readonly bins: number; readonly edges: Float64Array }
  /** Code of each level. */
  | { readonly kind: 'category'; readonly bins: number; readonly table: Uint8Array };

export interface BinnedRows {
  readonly rowCount: number;
  readonly binners: readonly Binner[];
  /** Feature after feature, `rowCount` codes each. */
  readonly codes: Uint8Array;
}

/** Splits are numbered from the root (0); a tree of one leaf has none. */
export interface Tree {
  readonly features: Int32Array;
  /** 256 entries per split: 1 sends the code right. One table for numbers, categories and NULL. */
  readonly routes: Uint8Array;
  /** Left and right of each split: a split's number, or ~leaf. */
  readonly children: Int32Array;
  readonly leaves: Float64Array;
}

export interface Gbdt {
  readonly kind: Target['kind'];
  readonly binners: readonly Binner[];
  /** Scores per row: 1, or one per class. */
  readonly outputs: number;
  /** Where scores start, per output; 0 when learning began from offsets. */
  readonly base: Float64Array;
  /** Round after round, `outputs` trees each. */
  readonly trees: readonly Tree[];
}

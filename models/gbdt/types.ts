// The words of gradient-boosted trees: options, coded rows and the fitted model.
import type { Task } from '../features.ts';

export interface GbdtOptions {
  /** Most rounds: one tree each, or one per class. */
  readonly rounds: number;
  /** Share of each tree's step that is taken. */
  readonly rate: number;
  /** The leaf whose question gains most is split next, until a tree has this many; Infinity for trees level by level. */
  readonly maximalLeaves: number;
  /** Questions from root to leaf at most; Infinity for no bound. */
  readonly maximalDepth: number;
  /** Rows of a leaf at least. */
  readonly leastRows: number;
  /** Sum of hessians of a leaf at least; in regression, of weights. */
  readonly leastHessian: number;
  /** Ridge on leaf values, in units of the hessian. */
  readonly ridge: number;
  /** Codes per column at most, NULL not counted; 2 to 255. */
  readonly maximalBins: number;
  /** Stop after this many rounds without a better loss on rows set aside; 0: never, and no row is set aside. */
  readonly patience: number;
  /** Share of rows set aside when there is patience. */
  readonly validationShare: number;
  /** Chooses the rows that are set aside; nothing else is left to chance. */
  readonly seed: number;
  /** One finite weight per row, not negative: a row of weight 2 pulls like two rows. Rows of weight 0 are not learnt. */
  readonly weights?: Float64Array;
  /**
   * Scores to go on from, in the order rows × outputs (see `margins`): log-odds, a logit per class, or values. Trees then
   * learn what is left, and `predict` needs the margins of its rows too.
   */
  readonly margin?: Float64Array;
}

/**
 * Rounds, rate, leaves and bins of scikit-learn's HistGradientBoosting without early stopping; ridge and least hessian of
 * XGBoost, without which leaves of a rare class run away.
 */
export const defaultGbdt: GbdtOptions = {
  rounds: 100,
  rate: 0.1,
  maximalLeaves: 31,
  maximalDepth: Number.POSITIVE_INFINITY,
  leastRows: 20,
  leastHessian: 1,
  ridge: 1,
  maximalBins: 255,
  patience: 0,
  validationShare: 0.1,
  seed: 0,
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
  /** Four features after four features, a row's four codes side by side; see `codeAt`. */
  readonly codes: Uint8Array;
}

/** Splits are numbered from the root (0); a tree of one leaf has none. */
export interface Tree {
  readonly features: Int32Array;
  /** Loss that each split saves on the rows learnt from, times 2. */
  readonly gains: Float64Array;
  /** 256 entries per split: 1 sends the code right. One table for numbers, categories and NULL. */
  readonly routes: Uint8Array;
  /** Left and right of each split: a split's number, or ~leaf. */
  readonly children: Int32Array;
  /** What each leaf adds to the score. */
  readonly leaves: Float64Array;
}

export interface Gbdt {
  readonly task: Task;
  readonly binners: readonly Binner[];
  /** Where scores start, one per output; undefined when learning began from margins. */
  readonly base: Float64Array | undefined;
  /** Round after round, one tree per output each. */
  readonly trees: readonly Tree[];
}

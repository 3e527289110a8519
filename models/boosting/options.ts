// What a boosted forest is fitted with.

export interface BoostingOptions {
  /** Most trees. */
  readonly rounds: number;
  /** Questions per tree, 1 to 6. */
  readonly depth: number;
  /** Share of each tree's step that is taken. */
  readonly rate: number;
  /** A level is added when it gains at least this much (twice the log-likelihood) for each leaf it splits. */
  readonly minimalGain: number;
  /** Ridge on leaf values, in units of the hessian. */
  readonly ridge: number;
  /** Share of the rows that each tree sees, rounded down to a power of two. */
  readonly rowShare: number;
  /** With rows held back: trees in a row that may not help before the last that did is the last. */
  readonly patience: number;
  /** Most rows that a tree sees; at most 65,536. */
  readonly maximalRows: number;
}

/** Share of a training set that is worth holding back, and the rows from which on it pays. */
export const heldShare = 0.1;
export const leastRowsToHold = 500;

export const defaultBoosting: BoostingOptions = {
  rounds: 120,
  depth: 4,
  rate: 0.25,
  minimalGain: 0.5,
  ridge: 2,
  rowShare: 1,
  patience: 8,
  maximalRows: 32_768,
};

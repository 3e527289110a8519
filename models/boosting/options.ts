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
  /** Most rows that a tree sees; at most 65,536. */
  readonly maximalRows: number;
}

export const defaultBoosting: BoostingOptions = {
  rounds: 50,
  depth: 6,
  rate: 0.25,
  minimalGain: 1.5,
  ridge: 1,
  rowShare: 0.5,
  maximalRows: 32_768,
};

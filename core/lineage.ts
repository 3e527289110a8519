// Where a mirror comes from: how many synthetic ancestors it has, and how much of what it learnt was real.

/** A mirror that another one learnt from. */
export interface Ancestor {
  readonly table: string;
  /** The release in which it was made. */
  readonly release: string;
}

/** Keyed 64-bit fingerprints of a mirror's rows: who lacks the key can tell nothing from them. */
export interface RowFingerprints {
  /** Relative to `.synth/`: a Parquet file with one column. */
  readonly path: string;
  /** Columns that went into them, in order. */
  readonly columns: readonly string[];
  readonly rows: number;
  /** Rows of the source of that day that have a fingerprint among them, by chance: the source was there before the mirror. */
  readonly matched: number;
  /** Rows of that source. */
  readonly of: number;
}

/** Of one table in the release in which its mirror was made. */
export interface MirrorLineage extends Ancestor {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly generator: string;
  /** 1: learnt from real rows alone; else one more than the greatest of its ancestors. */
  readonly generation: number;
  /** Share of real rows among those that were learnt, 0 to 1. */
  readonly realShare: number;
  readonly learntRows: number;
  readonly ancestors: readonly Ancestor[];
  /** Its source was itself marked as a mirror, or held rows of one. */
  readonly contaminated?: true;
  readonly fingerprints?: RowFingerprints;
}

// What is remembered between runs: plain values, apart from how they are stored.

/** The last state of a table that was published. */
export interface TableState {
  /** As in the config: `table` or `schema.table`. */
  readonly table: string;
  /** Of the source when it was read. */
  readonly fingerprint: string;
  readonly fitDigest: string;
  readonly sampleDigest: string;
  readonly auditDigest: string;
  readonly generator: string;
  readonly generatorVersion: number;
  /** Relative to `.synth/`; absent for tables that are copied. */
  readonly fitPath?: string;
  readonly rows: number;
  readonly releaseId: string;
  readonly runId: string;
}

export type RunStatus = 'running' | 'published' | 'rejected' | 'unchanged' | 'failed' | 'cancelled' | 'interrupted';

export interface RunRecord {
  readonly id: string;
  readonly command: string;
  readonly status: RunStatus;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly releaseId?: string;
  /** The error's message for runs that failed; never a value of the data. */
  readonly message?: string;
}

export interface ReleaseRecord {
  readonly id: string;
  readonly runId: string;
  readonly createdAt: string;
  /** The release that readers see. */
  readonly current: boolean;
  readonly tables: readonly string[];
}

// What is remembered between runs, as plain values, and the two sides of it: reading and writing.
import type { AuditResult } from '../audit.ts';
import type { MirrorLineage } from '../lineage.ts';
import type { TableSketch } from '../sketch.ts';
import type { ChainCheck } from './chain.ts';

/** The state of one table in one release. */
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
  /** What the source looked like when it was learnt. */
  readonly sketch?: TableSketch;
  /** Of the mirror's rows. */
  readonly mirrorDigest?: string;
  /** Of the source that was learnt. */
  readonly schema?: readonly (readonly [name: string, sqlType: string])[];
  /** When its source was last read to be learnt; ISO 8601, UTC. */
  readonly learntAt?: string;
  /** Of the mirror, from the release in which it was made. */
  readonly lineage?: MirrorLineage;
}

/**
 * `needs review`: made, and waits for a person. `unchanged`: there was nothing to do. `rejected`: an audit stopped the publish. `failed`: an error did. `cancelled`: the
 * user did. `interrupted`: the process died; found at the next start.
 */
export type RunOutcome =
  | 'published'
  | 'needs review'
  | 'unchanged'
  | 'rejected'
  | 'failed'
  | 'cancelled'
  | 'interrupted';

export interface RunRecord {
  /** Sortable: later runs have greater ids. */
  readonly id: string;
  readonly command: string;
  readonly status: 'running' | RunOutcome;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly releaseId?: string;
  /** The error's message of runs that failed; never a value of the data. */
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

/** A run with the results of one table. */
export interface AuditedRun {
  readonly run: RunRecord;
  readonly results: readonly AuditResult[];
}

export interface NoteRecord {
  readonly runId: string;
  readonly at: string;
  readonly text: string;
}

export interface StateReader {
  /** Tables of the current release, by name. */
  tables(): Promise<ReadonlyMap<string, TableState>>;
  /** Newest first. */
  runs(limit?: number): Promise<readonly RunRecord[]>;
  /** Newest first. */
  releases(): Promise<readonly ReleaseRecord[]>;
  /** Of all mirrors that were ever published, oldest first; one per table and release in which it was made. */
  lineage(): Promise<readonly MirrorLineage[]>;
  /** Results of one run, in the order in which they were recorded. */
  auditResults(runId: string): Promise<readonly AuditResult[]>;
  /** The last runs that audited a table, oldest first, with its results, or those of one audit. */
  auditedRuns(
    table: string,
    options?: { readonly audit?: string; readonly limit?: number },
  ): Promise<readonly AuditedRun[]>;
  /** When audits last ran on a table, by id; ISO 8601. */
  auditTimes(table: string): Promise<{ readonly first?: string; readonly last: ReadonlyMap<string, string> }>;
  /** Whether the log of results is as it was written: the last links of it, 50 when left out. */
  checkChain(limit?: number): Promise<ChainCheck>;
  /** Newest first. */
  notes(limit?: number): Promise<readonly NoteRecord[]>;
}

export interface StateWriter {
  startRun(run: { readonly id: string; readonly command: string; readonly startedAt: string }): Promise<void>;
  endRun(
    id: string,
    end: {
      readonly status: RunOutcome;
      readonly endedAt: string;
      readonly releaseId?: string;
      readonly message?: string;
    },
  ): Promise<void>;
  /** Records a release with all its tables and makes it the current one, in one transaction. */
  recordRelease(
    release: { readonly id: string; readonly runId: string; readonly createdAt: string },
    tables: readonly TableState[],
  ): Promise<void>;
  /** After a rollback: the state of its tables is the state again. @throws SynthError `state.unknown-release` */
  setCurrentRelease(id: string): Promise<void>;
  /** Forgets releases that can no longer be rolled back to. The current one is always kept. */
  keepReleases(ids: readonly string[]): Promise<void>;
  recordAudits(runId: string, results: readonly AuditResult[]): Promise<void>;
  note(runId: string, at: string, text: string): Promise<void>;
  /** Marks runs that never ended as interrupted and returns them. Call it while holding the lease: then none of them lives. */
  markInterrupted(endedAt: string, exceptRunId?: string): Promise<readonly RunRecord[]>;
}

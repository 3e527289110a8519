// The contract of connectors: sources to learn from, the workspace in which SQL sees source and mirror side by side, and
// the store that makes a finished mirror visible.
import type { Database, Relation } from './audit.ts';
import type { ColumnBatch } from './batch.ts';
import type { ColumnSchema, TableName, TableSchema } from './schema.ts';

/** A place with real tables, as `duckdb({ path })` or `files({ folder })` in the config. A plain, frozen object. */
export interface Connector {
  readonly kind: 'connector';
  readonly name: string;
  /** What users recognise it by, for messages: a path relative to the project. */
  readonly location: string;
  /** Makes the source's tables visible, read-only, in a workspace. Throws a SynthError that says what to do. */
  attach(workspace: Workspace): Promise<AttachedSource>;
  /** Present when mirrors can be published here. */
  store?(): MirrorStore;
}

export interface AttachedSource extends AsyncDisposable {
  tables(): Promise<readonly TableSchema[]>;
  /** Where SQL of the workspace finds the table. */
  relation(table: TableName): Relation;
  /** Changes when the table's schema or any of its rows change. */
  fingerprint(table: TableSchema): Promise<string>;
}

/** One database instance of a run: the staged mirror file is its main database, sources are attached to it. */
export interface Workspace extends AsyncDisposable {
  /** For catalogue, split and audit queries. kysely builds all SQL. */
  readonly db: Database;
  readonly signal: AbortSignal;
  /**
   * The catalog of a database in memory. Real rows (the training part, the holdout) and intermediate tables belong there:
   * even a dropped table leaves its bytes in the file that it was in.
   */
  readonly scratch: string;
  /**
   * The catalog of a database like `scratch`, in a file of the temporary folder: for tables too large to stand in memory.
   * Made at the first call, gone with the run.
   */
  spill(): Promise<string>;
  /** The rows of a relation (or of a kysely query compiled by the caller) as one batch. */
  read(query: CompiledSql, columns: readonly ColumnSchema[]): Promise<ColumnBatch>;
  /** Creates `target` with these columns and returns a writer that appends batches fast. */
  write(target: Relation, columns: readonly ColumnSchema[]): Promise<BatchWriter>;
  /** Runs compiled SQL without reading its rows. */
  execute(query: CompiledSql): Promise<void>;
}

export interface CompiledSql {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

export interface BatchWriter extends AsyncDisposable {
  /** Appends a batch whose columns are the target's, by name. */
  append(batch: ColumnBatch): Promise<void>;
  /** Ends the table: types, NOT NULL. Without it, disposing drops the table. */
  finish(): Promise<void>;
}

export interface Release {
  /** Sortable: later releases have greater ids. */
  readonly id: string;
  readonly createdAt: string;
  /** The lease's fencing number: a store that has staged for a greater one refuses to publish this release. */
  readonly fence?: number;
}

/** Where mirrors become visible: what `mirrors: duckdb({ path: 'mirrors.duckdb' })` of the config gives. */
export interface HeldRelease {
  /** Puts the staged file aside, instead of one that was there. Returns its SHA-256. */
  hold(release: Release): Promise<string>;
  /** SHA-256 of the file as it is now; undefined when it is gone. */
  digest(id: string): Promise<string | undefined>;
  /** Makes it the visible one in one step. */
  publish(release: Release): Promise<void>;
  drop(): Promise<void>;
}

/** A release whose file is still there. */
export interface KeptRelease extends Release {
  readonly path: string;
}

export interface MirrorStore {
  readonly location: string;
  /** Path of a new staged database file for this release; nobody else reads it. */
  stage(release: Release): Promise<string>;
  /** Makes the staged file, closed and checkpointed, the visible one in one step. */
  publish(release: Release): Promise<void>;
  /** Releases that can be rolled back to, newest first. */
  releases(): Promise<readonly KeptRelease[]>;
  /** The visible release, when it is one of those. */
  current(): Promise<Release | undefined>;
  /** Makes an earlier release the visible one. */
  rollback(to: Release): Promise<void>;
  /** One release that is made and waits for a decision, outside the reach of readers. */
  readonly held: HeldRelease;
  /** Removes what an interrupted run left; returns what was removed. */
  recover(): Promise<readonly string[]>;
}

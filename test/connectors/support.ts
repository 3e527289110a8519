// A fresh folder and workspaces for connector tests.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { openWorkspace, readCatalogue, type WorkspaceOptions } from '../../connectors/duckdb/index.ts';
import type { ColumnBatch } from '../../core/batch.ts';
import type { Workspace } from '../../core/connector.ts';
import { SynthError } from '../../core/errors.ts';
import type { TableSchema } from '../../core/schema.ts';

/** Runs `body` in a temporary folder that is removed afterwards. */
export async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'synth-connector-'));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export function workspaceIn(folder: string, options: Partial<WorkspaceOptions> = {}): Promise<Workspace> {
  return openWorkspace({
    tempDirectory: join(folder, 'tmp'),
    signal: new AbortController().signal,
    threads: 2,
    ...options,
  });
}

/** Runs `body` with an in-memory workspace in a temporary folder. */
export function inWorkspace(body: (workspace: Workspace, folder: string) => Promise<void>): Promise<void> {
  return inFolder(async (folder) => {
    await using workspace = await workspaceIn(folder);
    await body(workspace, folder);
  });
}

export async function run(workspace: Workspace, text: string): Promise<Record<string, unknown>[]> {
  return (await sql.raw<Record<string, unknown>>(text).execute(workspace.db)).rows;
}

/** The schema of a table of the workspace's own database. */
export async function schemaOf(workspace: Workspace, table: string): Promise<TableSchema> {
  const [row] = await run(workspace, 'select current_database() as name');
  const found = (await readCatalogue(workspace.db, String(row?.name))).find(({ name }) => name.table === table);
  if (found === undefined) throw new Error(`no table ${table}`);
  return found;
}

/** The value of a cell as a plain thing to compare: bigint, number, text or null. */
export function cell(batch: ColumnBatch, column: string, row: number): bigint | number | string | null {
  const vector = batch.columns.get(column);
  if (vector === undefined) throw new Error(`no column ${column}`);
  if (vector.kind === 'text') return vector.values[row] ?? null;
  if (vector.valid?.[row] === 0) return null;
  if (vector.kind === 'category') return vector.labels[vector.codes[row] as number] ?? null;
  return vector.values[row] ?? null;
}

/** The SynthError that `work` fails with. */
export async function failure(work: Promise<unknown>): Promise<SynthError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof SynthError) return error;
    throw error;
  }
  throw new Error('expected a SynthError, but nothing failed');
}

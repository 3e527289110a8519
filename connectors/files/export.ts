// Writes a table of the workspace to a file whose name says the format: CSV, Parquet, JSON lines or a DuckDB table.
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type RawBuilder, sql } from 'kysely';
import type { Relation } from '../../core/audit.ts';
import type { Workspace } from '../../core/connector.ts';
import { SynthError } from '../../core/errors.ts';
import type { ColumnSchema } from '../../core/schema.ts';
import { columnList, columnRef, relationRef } from '../../core/sql.ts';
import { detach, freeDatabaseName } from '../duckdb/attach.ts';
import { duckdbError } from '../duckdb/errors.ts';
import { isProtected } from '../protected.ts';
import { requireFormat } from './formats.ts';
import { parseLocation } from './location.ts';

/** Throws, before any work is done, when `exportTable` could not write `out`: an unknown ending, a source, a folder. */
export async function checkExport(workspace: Workspace, out: string): Promise<void> {
  const { path } = namedTarget(out);
  if (await isProtected(workspace, path)) {
    throw new SynthError('export.source', `${path} is read by this run and would be overwritten.`, {
      hint: 'Write to another file.',
    });
  }
  if ((await stat(path).catch(() => undefined))?.isDirectory()) {
    throw new SynthError('file.folder', `${path} is a folder, not a file.`, { hint: 'Name a file in it.' });
  }
}

/**
 * Writes `columns` of `relation` to `out`: `x.csv`, `x.tsv`, `x.parquet`, `x.jsonl`, … or `x.duckdb#schema.table`. A file
 * appears whole or not at all; a DuckDB file that exists keeps its other tables.
 */
export async function exportTable(
  workspace: Workspace,
  relation: Relation,
  columns: readonly ColumnSchema[],
  out: string,
): Promise<void> {
  await checkExport(workspace, out);
  const target = namedTarget(out);
  const path = resolve(target.path);
  const staged = join(dirname(path), `.${process.pid}.${basename(path)}`);
  const names = columns.map(({ name }) => name);
  const rows = sql`select ${columnList(names)} from ${relationRef(relation)}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    if (target.table === undefined) {
      const { copyOptions } = requireFormat(path);
      await sql`copy (${rows}) to ${sql.lit(staged)} (${copyOptions})`.execute(workspace.db);
      await rename(staged, path);
    } else if (existsSync(path)) {
      // DuckDB's own transaction replaces the table or leaves the file as it was.
      await intoDatabase(workspace, path, target.table, rows, columns, await commentOf(workspace, relation));
    } else {
      await intoDatabase(workspace, staged, target.table, rows, columns, await commentOf(workspace, relation));
      await rename(staged, path);
    }
  } catch (error) {
    workspace.signal.throwIfAborted();
    throw duckdbError(error, target.path);
  } finally {
    await rm(staged, { force: true });
    await rm(`${staged}.wal`, { force: true });
  }
}

function namedTarget(out: string): { readonly path: string; readonly table: string | undefined } {
  const location = parseLocation(out);
  if (location.kind === 'file') return { path: location.path, table: undefined };
  if (location.table !== undefined) return { path: location.path, table: location.table };
  throw new SynthError('export.no-table', `${out} does not say which table to write.`, {
    hint: `Write ${out}#TABLE.`,
  });
}

/** What is said of a table goes with it, as far as the format can say it. */
async function commentOf({ db }: Workspace, { catalog, schema, table }: Relation): Promise<string | undefined> {
  const { rows } = await sql<{ comment: string | null }>`
    select comment from duckdb_tables() where database_name = coalesce(${catalog ?? null}, current_database())
      and schema_name = ${schema ?? 'main'} and table_name = ${table}`.execute(db);
  return rows[0]?.comment ?? undefined;
}

async function intoDatabase(
  workspace: Workspace,
  path: string,
  name: string,
  rows: RawBuilder<unknown>,
  columns: readonly ColumnSchema[],
  comment: string | undefined,
): Promise<void> {
  const { db } = workspace;
  const catalog = await freeDatabaseName(db, 'exported');
  const dot = name.indexOf('.');
  const [schema, table] = dot < 0 ? ['main', name] : [name.slice(0, dot), name.slice(dot + 1)];
  await sql`attach ${sql.lit(path)} as ${sql.id(catalog)} (type duckdb, read_write)`.execute(db);
  try {
    await sql`create schema if not exists ${sql.id(catalog, schema)}`.execute(db);
    const definitions = columns.map(
      (column) =>
        sql`${columnRef(column.name)} ${sql.raw(column.sqlType)} ${sql.raw(column.nullable ? '' : 'not null')}`,
    );
    await db.transaction().execute(async (transaction) => {
      const target = sql.id(catalog, schema, table);
      await sql`create or replace table ${target} (${sql.join(definitions)})`.execute(transaction);
      await sql`insert into ${target} ${rows}`.execute(transaction);
      if (comment !== undefined) await sql`comment on table ${target} is ${sql.lit(comment)}`.execute(transaction);
    });
    await sql`checkpoint ${sql.id(catalog)}`.execute(db);
  } finally {
    if (!workspace.signal.aborted) await detach(db, catalog);
  }
}

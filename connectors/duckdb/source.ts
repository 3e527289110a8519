// `duckdb({ path })`: a DuckDB file as a source of tables (read-only) and as the place where mirrors are published.
import { resolve } from 'node:path';
import { sql } from 'kysely';
import type { AttachedSource, Connector, Workspace } from '../../core/connector.ts';
import { nearestName, SynthError } from '../../core/errors.ts';
import { displayName, type TableName, type TableSchema } from '../../core/schema.ts';
import { protectFiles } from '../protected.ts';
import { detach, freeDatabaseName } from './attach.ts';
import { readCatalogue } from './catalogue.ts';
import { duckdbError } from './errors.ts';
import { requireFile } from './files.ts';
import { tableFingerprint } from './fingerprint.ts';
import { createStore } from './store.ts';

export interface DuckdbOptions {
  /** The database file; relative paths start at the working directory. */
  readonly path: string;
  /** Only these tables (`table` or `schema.table`); all when left out. */
  readonly tables?: readonly string[];
  /** Where the extensions that its views need were installed beforehand. */
  readonly extensionDirectory?: string;
}

export function duckdb(options: DuckdbOptions): Connector {
  const location = options.path;
  return Object.freeze<Connector>({
    kind: 'connector',
    name: 'duckdb',
    location,
    attach: (workspace) => attachFile(workspace, options),
    store: () => createStore({ path: options.path }),
  });
}

async function attachFile(workspace: Workspace, options: DuckdbOptions): Promise<AttachedSource> {
  const path = resolve(options.path);
  await requireFile(path, options.path);
  await protectFiles(workspace, [path]);
  const { db } = workspace;
  const catalog = await freeDatabaseName(db, 'source');
  try {
    if (options.extensionDirectory !== undefined) {
      await sql`set extension_directory = ${sql.lit(resolve(options.extensionDirectory))}`.execute(db);
    }
    await sql`attach ${sql.lit(path)} as ${sql.id(catalog)} (read_only, type duckdb)`.execute(db);
  } catch (error) {
    workspace.signal.throwIfAborted();
    throw duckdbError(error, options.path);
  }
  const relation = (table: TableName) => ({ catalog, schema: table.schema, table: table.table });
  return {
    tables: async () => chosen(await readCatalogue(db, catalog), options),
    relation,
    fingerprint: (table) => tableFingerprint(db, relation(table.name), table),
    [Symbol.asyncDispose]: async () => {
      // A cancelled run asks nothing of the database any more; it goes as a whole.
      if (!workspace.signal.aborted) await detach(db, catalog);
    },
  };
}

function chosen(tables: readonly TableSchema[], options: DuckdbOptions): readonly TableSchema[] {
  if (options.tables === undefined) return tables;
  return options.tables.map((name) => requireTable(tables, name, options.path));
}

/** The table of that name (`table` or `schema.table`). Throws `table.unknown` with the nearest name. */
export function requireTable(tables: readonly TableSchema[], name: string, location: string): TableSchema {
  const found = tables.find(
    (table) => displayName(table.name) === name || `${table.name.schema}.${table.name.table}` === name,
  );
  if (found !== undefined) return found;
  const near = nearestName(
    name,
    tables.map((table) => displayName(table.name)),
  );
  throw new SynthError('table.unknown', `${location} has no table "${name}".`, {
    hint: near === undefined ? 'List its tables with `synth ls`.' : `Did you mean "${near}"?`,
  });
}

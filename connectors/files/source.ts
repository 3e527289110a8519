// `files({ folder })`: CSV, Parquet and JSON files as read-only tables. Each is a view: what is read more than once should be
// copied into a table first, since every query parses the text again.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { sql } from 'kysely';
import type { AttachedSource, Connector, Workspace } from '../../core/connector.ts';
import { SynthError } from '../../core/errors.ts';
import type { TableSchema } from '../../core/schema.ts';
import { attachEmpty, detach } from '../duckdb/attach.ts';
import { readCatalogue } from '../duckdb/catalogue.ts';
import { requireFile } from '../duckdb/files.ts';
import { digest, schemaText } from '../duckdb/fingerprint.ts';
import { protectFiles } from '../protected.ts';
import { baseNameOf, type FormatName, formatOf, readerSql, requireFormat } from './formats.ts';

/** Relative paths start at the working directory. */
export type FilesOptions =
  /** Each data file of the folder is a table, and so is each of its folders that holds part files. */
  | { readonly folder: string }
  /** One table per file. */
  | { readonly path: string | readonly string[] }
  /** One table per matching file. */
  | { readonly glob: string };

interface FileTable {
  readonly name: string;
  readonly format: FormatName;
  readonly paths: readonly string[];
}

export function files(options: FilesOptions): Connector {
  return Object.freeze<Connector>({
    kind: 'connector',
    name: 'files',
    location: locationOf(checked(options)),
    attach: (workspace) => attachFiles(workspace, options),
  });
}

/** A config may be plain JavaScript, or not type-checked yet. */
function checked(options: FilesOptions): FilesOptions {
  const given: unknown = options;
  const known = ['folder', 'path', 'glob'].filter((key) => typeof given === 'object' && given !== null && key in given);
  if (known.length === 1) return options;
  throw new SynthError('files.options', 'files() needs one of folder, path or glob.', {
    hint: "Write files({ folder: 'data' }), files({ path: ['a.csv', 'b.parquet'] }) or files({ glob: 'data/*.csv' }).",
  });
}

function locationOf(options: FilesOptions): string {
  if ('folder' in options) return options.folder;
  if ('glob' in options) return options.glob;
  return typeof options.path === 'string' ? options.path : options.path.join(', ');
}

async function attachFiles(workspace: Workspace, options: FilesOptions): Promise<AttachedSource> {
  const { db } = workspace;
  const tables = await findTables(workspace, options);
  const byName = new Map<string, FileTable>();
  for (const table of tables) {
    // DuckDB's names ignore case.
    const other = byName.get(table.name.toLowerCase());
    if (other !== undefined) {
      const both = [other, table].map(({ paths }) => basename(paths[0] ?? ''));
      throw new SynthError('files.same-name', `${both.join(' and ')} would both be the table "${table.name}".`, {
        hint: 'Rename one of them.',
      });
    }
    byName.set(table.name.toLowerCase(), table);
  }
  const catalog = await attachEmpty(db, 'files');
  for (const { name, format, paths } of tables) {
    await protectFiles(workspace, paths);
    const reader = await readerSql(db, format, paths);
    await sql`create view ${sql.id(catalog, 'main', name)} as select * from ${reader}`.execute(db);
  }
  return {
    tables: () => readCatalogue(db, catalog, { views: true }),
    relation: ({ schema, table }) => ({ catalog, schema, table }),
    fingerprint: async (table: TableSchema) => {
      const parts = [schemaText(table)];
      for (const path of byName.get(table.name.table.toLowerCase())?.paths ?? []) {
        parts.push(basename(path), await contentHash(path));
      }
      return digest(parts);
    },
    [Symbol.asyncDispose]: async () => {
      if (!workspace.signal.aborted) await detach(db, catalog);
    },
  };
}

async function findTables(workspace: Workspace, options: FilesOptions): Promise<readonly FileTable[]> {
  if ('folder' in options) return tablesOfFolder(options.folder);
  let paths: readonly string[];
  if ('path' in options) paths = [options.path].flat();
  else {
    const { rows } = await sql<{ file: string }>`
      select file from glob(${sql.lit(resolve(options.glob))}) order by file`.execute(workspace.db);
    paths = rows.map(({ file }) => relative('.', file)).filter((path) => formatOf(path) !== undefined);
    if (paths.length === 0) throw nothingIn(options.glob);
  }
  return Promise.all(paths.map(tableOfFile));
}

async function tableOfFile(path: string): Promise<FileTable> {
  const { name: format } = requireFormat(path);
  await requireFile(resolve(path), path);
  return { name: baseNameOf(path), format, paths: [resolve(path)] };
}

async function tablesOfFolder(folder: string): Promise<readonly FileTable[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => {
    throw new SynthError('files.no-folder', `There is no folder ${folder}.`, {
      hint: 'Check the path; relative paths start at the working directory.',
    });
  });
  const tables: FileTable[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) {
      const table = await tableOfParts(path);
      if (table !== undefined) tables.push(table);
    } else if (formatOf(path) !== undefined) tables.push(await tableOfFile(path));
  }
  if (tables.length === 0) throw nothingIn(folder);
  return tables;
}

async function tableOfParts(folder: string): Promise<FileTable | undefined> {
  const names = await readdir(folder, { recursive: true });
  const parts = names.filter((name) => !basename(name).startsWith('.') && formatOf(name) !== undefined).sort();
  if (parts.length === 0) return undefined;
  const [format, ...others] = new Set(parts.map((name) => requireFormat(name).name));
  if (format === undefined || others.length > 0) {
    throw new SynthError('files.mixed', `The part files in ${folder} are of more than one kind.`, {
      hint: 'Keep the parts of one table in one format.',
    });
  }
  return { name: basename(folder), format, paths: parts.map((name) => resolve(folder, name)) };
}

function nothingIn(place: string): SynthError {
  return new SynthError('files.none', `${place} holds no CSV, Parquet or JSON file.`, {
    hint: 'Check the path; relative paths start at the working directory.',
  });
}

async function contentHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(part as Buffer);
  return hash.digest('hex');
}

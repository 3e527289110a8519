// Finds the tables that a new project is about: a DuckDB file, or else files of tables, in its folder or one below.
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { SynthError } from '../errors.ts';
import type { SourceChoice } from './config-text.ts';

/** Where the project's mirrors go: never a source. */
export const mirrorsFile = 'mirrors.duckdb';

const database = /\.(?:duckdb|ddb)$/i;
/** Not .json: package.json and its like are no tables. */
const tableFile = /.\.(?:csv|tsv|parquet|jsonl|ndjson)(?:\.gz)?$/i;
/** Folders of tools, and of our own. */
const skipped = new Set(['node_modules', 'target', 'dist', 'build', 'dbt_packages', 'venv']);

/** @throws SynthError `init.no-source`, `init.many-sources`, `file.missing` */
export async function findSource(directory: string, given?: string): Promise<SourceChoice> {
  if (given !== undefined) return givenSource(directory, given);
  const folders = ['.', ...(await foldersIn(directory))];
  for (const level of [folders.slice(0, 1), folders.slice(1)]) {
    const found = (await Promise.all(level.map((folder) => filesIn(directory, folder, database)))).flat();
    const sources = found.filter((path) => basename(path) !== mirrorsFile);
    if (sources.length === 1) return { kind: 'duckdb', path: sources[0] as string };
    if (sources.length > 1) throw tooMany('DuckDB files', sources);
  }
  const paths = await filesIn(directory, '.', tableFile);
  if (paths.length > 0) return { kind: 'files', paths };
  const withTables: string[] = [];
  for (const folder of folders.slice(1)) {
    if ((await filesIn(directory, folder, tableFile)).length > 0) withTables.push(folder);
  }
  if (withTables.length === 1) return { kind: 'folder', folder: withTables[0] as string };
  if (withTables.length > 1) throw tooMany('folders with CSV, Parquet or JSON lines files', withTables);
  throw new SynthError('init.no-source', 'There is no DuckDB, CSV, Parquet or JSON lines file here.', {
    hint: 'Run it in the folder that holds your data, or name the source: `synth init path/to/warehouse.duckdb`.',
  });
}

async function givenSource(directory: string, given: string): Promise<SourceChoice> {
  const path = resolve(directory, given);
  const shown = posix(relative(directory, path));
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    throw new SynthError('file.missing', `There is no file or folder ${given}.`, {
      hint: 'Check the path; relative paths start at the working directory.',
    });
  }
  if (found.isDirectory()) {
    const databases = await filesIn(directory, shown === '' ? '.' : shown, database);
    const sources = databases.filter((name) => basename(name) !== mirrorsFile);
    if (sources.length === 1) return { kind: 'duckdb', path: sources[0] as string };
    if (sources.length > 1) throw tooMany('DuckDB files', sources);
    // The project's own folder also gets reports: its tables are named one by one.
    return shown === '' ? findSource(directory) : { kind: 'folder', folder: shown };
  }
  if (tableFile.test(given) || /\.json$/i.test(given)) return { kind: 'files', paths: [shown] };
  return { kind: 'duckdb', path: shown };
}

async function foldersIn(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !skipped.has(entry.name))
    .map(({ name }) => name)
    .sort();
}

/** Relative to `directory`, sorted. */
async function filesIn(directory: string, folder: string, name: RegExp): Promise<readonly string[]> {
  const entries = await readdir(join(directory, folder), { withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.') && name.test(entry.name))
    .map((entry) => posix(join(folder, entry.name)))
    .sort();
}

function posix(path: string): string {
  return path.replaceAll('\\', '/');
}

function tooMany(what: string, found: readonly string[]): SynthError {
  const some = found.slice(0, 8).join(', ');
  return new SynthError(
    'init.many-sources',
    `There are ${found.length} ${what}: ${some}${found.length > 8 ? ', …' : ''}.`,
    {
      hint: `Name the one to mirror: \`synth init ${found[0]}\`.`,
    },
  );
}

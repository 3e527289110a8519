// Real tables in temporary folders, and the runs of core/run and of the command on them.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { loadConfig } from '../../core/config/load.ts';
import {
  type BuildOptions,
  type BuildResult,
  type MirrorOptions,
  type MirrorRunResult,
  runBuild,
  runMirror,
} from '../../core/run/index.ts';

export async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'synth-run-'));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Builds the project of a folder on one thread. */
export async function buildIn(folder: string, more: Partial<BuildOptions> = {}): Promise<BuildResult> {
  return runBuild({
    config: await loadConfig({ directory: folder }),
    fullRefresh: false,
    wait: false,
    threads: 1,
    signal: new AbortController().signal,
    progress: () => {},
    clock: () => new Date(),
    ...more,
  });
}

/** A published project, in whose folder tests run until it is left. */
export interface Project {
  readonly folder: string;
  leave(): Promise<void>;
}

/** @param fill writes the source and the config */
export async function builtProject(fill: (folder: string) => Promise<void>): Promise<Project> {
  const home = process.cwd();
  const folder = await mkdtemp(join(tmpdir(), 'synth-run-'));
  const leave = async (): Promise<void> => {
    process.chdir(home);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await fill(folder);
    process.chdir(folder);
    const built = await buildIn(folder);
    const stopping = built.tables.flatMap(({ audits }) => audits.filter(({ verdict }) => verdict !== 'pass'));
    assert.equal(built.published, true, JSON.stringify(stopping));
  } catch (error) {
    await leave();
    throw error;
  }
  return { folder, leave };
}

export type Row = Readonly<Record<string, unknown>>;

/** Runs statements one after another in a DuckDB (in memory without a path), and gives the rows of the last one. */
export async function duck(statements: string | readonly string[], path = ':memory:'): Promise<readonly Row[]> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  try {
    let rows: readonly Row[] = [];
    for (const statement of [statements].flat()) {
      rows = (await connection.runAndReadAll(statement)).getRowObjectsJson();
    }
    return rows;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** The path of a Parquet file with the rows of `query`. */
export async function parquet(folder: string, name: string, query: string): Promise<string> {
  const path = join(folder, `${name}.parquet`);
  await duck(`copy (${query}) to '${path}' (format parquet)`);
  return path;
}

export async function one(query: string, path?: string): Promise<Row> {
  const [row] = await duck(query, path);
  if (row === undefined) throw new Error('expected a row');
  return row;
}

export function mirror(
  input: string,
  out: string,
  options: Partial<Omit<MirrorOptions, 'input' | 'out'>> = {},
): Promise<MirrorRunResult> {
  return runMirror({
    input,
    out,
    seed: 1,
    generator: 'boosted',
    set: {},
    threads: 1,
    signal: new AbortController().signal,
    progress: () => {},
    clock: () => new Date(),
    ...options,
  });
}

/** What `work` fails with. */
export async function failureOf(work: Promise<unknown>): Promise<Error & { code?: string; hint?: string }> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error('expected a failure');
}

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

const main = fileURLToPath(new URL('../../cli/main.js', import.meta.url));

export function startSynth(folder: string, args: readonly string[]): { child: ChildProcess; done: Promise<Finished> } {
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout?.on('data', (part: Buffer) => (out += part.toString()));
  child.stderr?.on('data', (part: Buffer) => (err += part.toString()));
  const done = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, out, err }));
  });
  return { child, done };
}

export function synth(folder: string, ...args: readonly string[]): Promise<Finished> {
  return startSynth(folder, args).done;
}

/** Customers with orders: a declared key, names that differ per seed. */
export async function shop(folder: string, rows: { customers: number; orders: number }): Promise<string> {
  const path = join(folder, 'shop.duckdb');
  await duck(
    [
      'create table customers (id integer primary key, region varchar not null, age integer, spent decimal(9,2))',
      `insert into customers select i, ['north', 'south', 'east', 'west'][1 + (hash(i) % 4)::int],
         case when hash(i, 1) % 10 = 0 then null else 18 + (hash(i, 2) % 60)::int end, (hash(i, 3) % 100000) / 100
       from range(${rows.customers}) t(i)`,
      `create table orders (id integer primary key, customer_id integer references customers (id), placed date,
         amount double, status varchar)`,
      `insert into orders select i, (hash(i, 4) % ${rows.customers})::int, date '2024-01-01' + (hash(i, 5) % 365)::int,
         (hash(i, 6) % 10000) / 7, ['new', 'sent', 'back'][1 + (hash(i, 7) % 3)::int] from range(${rows.orders}) t(i)`,
    ],
    path,
  );
  return path;
}

/** Writes a config of the tables given as source text. */
export async function writeConfig(folder: string, tables: string, more = ''): Promise<void> {
  await writeFile(
    join(folder, 'synth.config.ts'),
    `import { boosted, defineConfig, duckdb, omit, reference } from 'synthouse';
export default defineConfig({
  source: duckdb({ path: 'shop.duckdb' }),
  mirrors: duckdb({ path: 'mirrors.duckdb' }),
  seed: 3,
  ${more}
  tables: { ${tables} },
});
void omit;
void reference;
`,
  );
}

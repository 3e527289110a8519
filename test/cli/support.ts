// Runs the compiled command in projects of its own, as a user's shell would.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';

export const root: string = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const main = join(root, 'dist/cli/main.js');

export interface Outcome {
  /** Null when a signal ended the process. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function start(folder: string, args: readonly string[]): { child: ChildProcess; outcome: Promise<Outcome> } {
  const { NO_COLOR: _, FORCE_COLOR: __, ...env } = process.env;
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, outcome };
}

export function synth(folder: string, ...args: readonly string[]): Promise<Outcome> {
  return start(folder, args).outcome;
}

export interface Project extends AsyncDisposable {
  readonly folder: string;
}

/** A project with a warehouse of two tables, `visits` (learnt) and `public.places` (copied). */
export async function createProject(rows = 300): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'synthouse-cli-'));
  const instance = await DuckDBInstance.create(join(folder, 'warehouse.duckdb'));
  const connection = await instance.connect();
  await connection.run('create schema public');
  await connection.run("create table public.places as select i as place, 'Place ' || i as name from range(5) t(i)");
  await connection.run(`create table visits as
    select i % 5 as place, ['a', 'b', 'c'][1 + (i * 7) % 3] as kind, (i * 37) % 100 as minutes,
      date '2024-01-01' + cast(i % 90 as integer) as day from range(${rows}) t(i)`);
  connection.closeSync();
  instance.closeSync();
  await writeFile(join(folder, 'synth.config.ts'), config);
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

const config = `
import { boosted, defineConfig, duckdb, reference } from 'synthouse';
export default defineConfig({
  source: duckdb({ path: 'warehouse.duckdb' }),
  mirrors: duckdb({ path: 'mirrors.duckdb' }),
  seed: 7,
  tables: { 'public.places': reference(), visits: boosted({ rounds: 5 }) },
});
`;

// A use that a command of the user's scores: it reads rows from a file and prints a metric as JSON.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { AuditInput, Relation } from '../audit.ts';
import type { LoadedUse } from '../config/loaded.ts';
import { SynthError } from '../errors.ts';
import { columnList, relationRef } from '../sql.ts';

export interface UseCommand {
  readonly name: string;
  readonly command: readonly string[];
  readonly metric: string;
  readonly seconds: number;
}

const mostOutput = 1_000_000;

/**
 * Runs it with the environment variables SYNTH_MIRROR (Parquet, the rows to train on), SYNTH_METRIC, and SYNTH_HOLDOUT
 * (Parquet, real rows) when the use asks for it. The last line of its output that is JSON counts: a number, or an object
 * with the metric's name (or `value`).
 * @throws SynthError `use.command`, which never repeats its output
 */
export async function runUseCommand(
  { name, command, metric, seconds }: UseCommand,
  files: { readonly mirror: string; readonly holdout?: string },
  directory: string,
  signal: AbortSignal,
): Promise<number> {
  const fail = (what: string): SynthError =>
    new SynthError('use.command', `The command of the use "${name}" ${what}.`, {
      hint: `It has to print the metric as JSON, as {"${metric}": 0.81}, and end with code 0.`,
    });
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'inherit'],
    // Of a group of its own, so that what it started ends with it.
    detached: true,
    env: {
      ...process.env,
      SYNTH_MIRROR: files.mirror,
      SYNTH_METRIC: metric,
      ...(files.holdout === undefined ? {} : { SYNTH_HOLDOUT: files.holdout }),
    },
  });
  let stopped: SynthError | undefined;
  const stop = (why: SynthError): void => {
    stopped ??= why;
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  };
  const aborted = (): void => stop(fail('was stopped'));
  signal.addEventListener('abort', aborted, { once: true });
  const timer = setTimeout(() => stop(fail(`did not end within ${seconds} seconds`)), seconds * 1000);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text = (text + part).slice(-mostOutput);
  });
  try {
    const [code] = (await once(child, 'close').catch((error: { code?: unknown }) => {
      throw fail(`could not be started (${String(error.code)})`);
    })) as [number | null];
    signal.throwIfAborted();
    if (stopped !== undefined) throw stopped;
    if (code !== 0) throw fail(`ended with ${code === null ? 'a signal' : `code ${code}`}`);
    const value = metricOf(text, metric);
    if (value === undefined) throw fail('did not print a metric');
    return value;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', aborted);
  }
}

function metricOf(text: string, metric: string): number | undefined {
  for (const line of text.trim().split('\n').reverse()) {
    try {
      const parsed: unknown = JSON.parse(line);
      const fields = typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
      const value = typeof parsed === 'number' ? parsed : (fields[metric] ?? fields.value);
      if (typeof value === 'number' && Number.isFinite(value)) return value;
    } catch {
      // A line of something else.
    }
  }
  return undefined;
}

export interface Scored {
  readonly reached: number;
  /** Trained on real rows. */
  readonly reference?: number;
}

/** Trained on the mirror and, where the command may read held-out rows, on real ones. */
export async function scoreByCommand(
  use: Extract<LoadedUse, { kind: 'command' }>,
  input: AuditInput,
  directory: string,
  signal: AbortSignal,
): Promise<Scored> {
  const folder = await mkdtemp(join(tmpdir(), 'synth-use-'));
  try {
    const names = input.target.table.columns.map(({ name }) => name);
    const write = async (relation: Relation, file: string): Promise<string> => {
      const path = join(folder, `${file}.parquet`);
      const rows = sql`select ${columnList(names)} from ${relationRef(relation)}`;
      await sql`copy (${rows}) to ${sql.lit(path)} (format parquet)`.execute(input.db);
      return path;
    };
    const mirror = await write(input.synthetic, 'mirror');
    if (!use.holdout || input.holdout === undefined)
      return { reached: await runUseCommand(use, { mirror }, directory, signal) };
    const holdout = await write(input.holdout, 'holdout');
    const real = await write(input.real, 'real');
    return {
      reached: await runUseCommand(use, { mirror, holdout }, directory, signal),
      reference: await runUseCommand(use, { mirror: real, holdout }, directory, signal),
    };
  } finally {
    // Real rows may be in it.
    await rm(folder, { recursive: true, force: true });
  }
}

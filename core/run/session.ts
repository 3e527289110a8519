// What every run opens and closes: a workspace, worker threads and a temporary folder of its own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckdbWorkspace, openWorkspace } from '../../connectors/duckdb/index.ts';
import { createPool, defaultThreads, type WorkerPool } from '../pool.ts';

export interface SessionOptions {
  /** The staged file; in memory when absent. */
  readonly path?: string;
  /** Of the command line, before those of the config. */
  readonly threads?: number;
  readonly config?: SessionLimits;
  readonly signal: AbortSignal;
}

/** What a config allows whatever is run with it. */
export interface SessionLimits {
  readonly threads?: number;
  readonly memoryLimit?: string;
}

export interface Session extends AsyncDisposable {
  readonly workspace: DuckdbWorkspace;
  readonly pool: WorkerPool;
}

export async function openSession(options: SessionOptions): Promise<Session> {
  const { signal, config = {} } = options;
  const threads = options.threads ?? config.threads ?? defaultThreads();
  const tempDirectory = await mkdtemp(join(tmpdir(), 'synthouse-'));
  const pool = createPool(threads, signal);
  try {
    const workspace = await openWorkspace({
      tempDirectory,
      signal,
      threads,
      ...(options.path === undefined ? {} : { path: options.path }),
      ...(config.memoryLimit === undefined ? {} : { memoryLimit: config.memoryLimit }),
    });
    return {
      workspace,
      pool,
      async [Symbol.asyncDispose](): Promise<void> {
        await pool[Symbol.asyncDispose]();
        await workspace[Symbol.asyncDispose]();
        await rm(tempDirectory, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await pool[Symbol.asyncDispose]();
    await rm(tempDirectory, { recursive: true, force: true });
    throw error;
  }
}

// Opens a project's state file, creates it when there is none, and brings it to this program's version.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sql } from 'drizzle-orm';
import type { LibSQLDatabase } from 'drizzle-orm/libsql';
import { SynthError } from '../errors.ts';
import { exclusively } from './exclusive.ts';
import { migrate } from './migrations.ts';
import { createReader, createWriter } from './store.ts';
import type { StateReader, StateWriter } from './types.ts';

export interface State extends AsyncDisposable {
  /** Path of the file. */
  readonly location: string;
  readonly read: StateReader;
  readonly write: StateWriter;
  /** For core/state/lease.ts. */
  readonly db: LibSQLDatabase;
}

/** @throws SynthError `state.newer`, or `state.unreadable` when the file is no database or cannot be written */
export async function openState(path: string): Promise<State> {
  const { drizzle } = await import('drizzle-orm/libsql/sqlite3');
  try {
    mkdirSync(dirname(path), { recursive: true });
    // 10 s: another process holds the write lock for milliseconds.
    const db = drizzle({ connection: { url: pathToFileURL(path).href, timeout: 10_000 } });
    try {
      await exclusively(async () => {
        await db.get(sql`PRAGMA journal_mode = WAL`);
        await migrate(db, path);
      });
    } catch (error) {
      db.$client.close();
      throw error;
    }
    return {
      location: path,
      read: createReader(db),
      write: createWriter(db),
      db,
      async [Symbol.asyncDispose](): Promise<void> {
        db.$client.close();
      },
    };
  } catch (error) {
    if (error instanceof SynthError) throw error;
    throw new SynthError('state.unreadable', `The state file ${path} cannot be opened or written.`, {
      hint: 'Check its permissions and free disk space; `synth clean` removes a damaged one, mirrors stay.',
      cause: error,
    });
  }
}

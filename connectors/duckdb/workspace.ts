// The database instance of one run: the staged mirror file (or memory) is its main database, sources are attached to it.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { CompiledQuery, Kysely, sql } from 'kysely';
import type { AnyTables } from '../../core/audit.ts';
import type { Workspace } from '../../core/connector.ts';
import { attachEmpty } from './attach.ts';
import { duckdbDialect } from './dialect.ts';
import { duckdbError } from './errors.ts';
import { liftingGuard, limitMemory, setMemory, usualMemory } from './memory.ts';
import { type Answer, runReadOnly } from './query.ts';
import { readBatch } from './read.ts';
import { createWriter } from './write.ts';

export interface WorkspaceOptions {
  /** A DuckDB file; in memory when absent. */
  readonly path?: string;
  readonly readOnly?: boolean;
  readonly threads?: number;
  /** For example `2GB`: never more. */
  readonly memoryLimit?: string;
  /** Where there is no `memoryLimit`: what DuckDB gets until a statement cannot do with it. Default 1GB. */
  readonly usualMemory?: string;
  /** Under it each workspace gets a folder of its own, which goes when it is disposed. */
  readonly tempDirectory: string;
  readonly signal: AbortSignal;
  /** Where extensions were installed beforehand; none is ever downloaded. */
  readonly extensionDirectory?: string;
}

export interface DuckdbWorkspace extends Workspace {
  /** Runs a user's query with the names of `database` in reach, unqualified. It may not write. */
  query(sql: string, database: string, limit?: number): Promise<Answer>;
}

/**
 * Opens a workspace. Its database `scratch` lies in memory (and in the temporary folder when memory is short): real rows
 * and intermediate tables belong there, never into the mirror's file. `db` takes queries one by one on one connection;
 * `read` and `write` have their own, so they see committed tables but no temporary ones.
 */
export async function openWorkspace(options: WorkspaceOptions): Promise<DuckdbWorkspace> {
  const { signal } = options;
  signal.throwIfAborted();
  const where = options.path === undefined ? 'the workspace' : basename(options.path);
  await mkdir(options.tempDirectory, { recursive: true });
  const temporary = await mkdtemp(join(options.tempDirectory, 'duckdb-'));
  const instance = await open(options, temporary, where);
  const connections = new Set<DuckDBConnection>();

  const interrupt = (): void => {
    for (const connection of connections) connection.interrupt();
  };
  signal.addEventListener('abort', interrupt);

  const guard = async <Result>(query: () => Promise<Result>): Promise<Result> => {
    signal.throwIfAborted();
    try {
      return await query();
    } catch (error) {
      signal.throwIfAborted();
      throw duckdbError(error, where);
    }
  };
  const connect = async (): Promise<DuckDBConnection> => {
    const connection = await instance.connect();
    connections.add(connection);
    return connection;
  };
  const disconnect = (connection: DuckDBConnection): void => {
    if (connections.delete(connection)) connection.closeSync();
  };

  const main = await connect();
  let more =
    options.memoryLimit === undefined ? await limitMemory(main, options.usualMemory ?? usualMemory) : undefined;
  const lifting = liftingGuard(guard, async () => {
    const limit = more;
    more = undefined;
    if (limit === undefined) return false;
    const connection = await connect();
    await setMemory(connection, limit).finally(() => disconnect(connection));
    return true;
  });
  const db = new Kysely<AnyTables>({ dialect: duckdbDialect(main, lifting) });
  const scratch = await attachEmpty(db, 'scratch');
  let spill: Promise<string> | undefined;
  // Text forms of zoned timestamps, and the days they fall on, are the same on every machine.
  await sql`set global TimeZone = 'UTC'`.execute(db);
  // Groups of three small codes are counted in an array instead of a hash table: half the time of fid.pair.
  await sql`set global perfect_ht_threshold = 16`.execute(db);
  let writers = 0;
  let reads = 0;
  let disposed = false;

  return {
    db,
    signal,
    scratch,
    spill() {
      spill ??= guard(() => attachEmpty(db, 'spill', join(temporary, 'spill.duckdb')));
      return spill;
    },
    async read(query, columns) {
      const connection = await connect();
      const copy = { catalog: scratch, schema: 'main', table: `read_${++reads}` };
      try {
        return await lifting(() => readBatch({ connection, db, copy }, query, columns));
      } finally {
        disconnect(connection);
      }
    },
    async query(text, database, limit) {
      const connection = await connect();
      try {
        await guard(() => connection.run(sql`use ${sql.id(database)}`.compile(db).sql));
        return await lifting(() => runReadOnly(connection, text, limit));
      } finally {
        disconnect(connection);
      }
    },
    async write(target, columns) {
      // Raw rows stand beside the table that they become, unless it is a mirror.
      const catalog = spill !== undefined && target.catalog === (await spill) ? target.catalog : scratch;
      const raw = { catalog, schema: 'main', table: `raw_${++writers}` };
      const connection = await connect();
      const close = (): void => disconnect(connection);
      return guard(() => createWriter({ connection, close, guard, signal, db, target, columns, raw }));
    },
    async execute(query) {
      await db.executeQuery(CompiledQuery.raw(query.sql, [...query.parameters]));
    },
    async [Symbol.asyncDispose]() {
      if (disposed) return;
      disposed = true;
      signal.removeEventListener('abort', interrupt);
      await db.destroy();
      for (const connection of [...connections]) disconnect(connection);
      instance.closeSync();
      await rm(temporary, { recursive: true, force: true });
    },
  };
}

async function open(options: WorkspaceOptions, temporary: string, where: string): Promise<DuckDBInstance> {
  try {
    return await DuckDBInstance.create(options.path ?? ':memory:', {
      autoinstall_known_extensions: 'false',
      temp_directory: temporary,
      ...(options.readOnly ? { access_mode: 'READ_ONLY' } : {}),
      ...(options.threads === undefined ? {} : { threads: String(options.threads) }),
      ...(options.memoryLimit === undefined ? {} : { memory_limit: options.memoryLimit }),
      ...(options.extensionDirectory === undefined ? {} : { extension_directory: options.extensionDirectory }),
    });
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw duckdbError(error, where);
  }
}

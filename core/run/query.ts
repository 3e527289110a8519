// Answers people's SQL on the mirrors or on the source, and never writes to either; a build may run meanwhile.
import { tmpdir } from 'node:os';
import { sql } from 'kysely';
import { type Answer, type DuckdbWorkspace, openWorkspace, requireTable } from '../../connectors/duckdb/index.ts';
import type { LoadedConfig } from '../config/loaded.ts';
import type { AttachedSource } from '../connector.ts';
import { SynthError } from '../errors.ts';
import { relationRef } from '../sql.ts';

export type Side = 'source' | 'mirrors';

interface SideOptions {
  readonly config: LoadedConfig;
  readonly side: Side;
  readonly threads?: number;
  readonly signal: AbortSignal;
}

export interface QueryOptions extends SideOptions {
  readonly sql: string;
  /** Rows to return at most; all when left out. */
  readonly limit?: number;
}

/**
 * The answer to one statement that reads.
 * @throws SynthError `mirrors.none`, `query.writes`, `query.many`, `query.wrong`, `query.empty`
 */
export async function runQuery(options: QueryOptions): Promise<Answer> {
  return withSide(options, ({ workspace, database }) => workspace.query(options.sql, database, options.limit));
}

export interface ShowOptions extends SideOptions {
  /** `table` or `schema.table`. */
  readonly table: string;
  readonly limit: number;
}

/** The first rows of a table. @throws SynthError `table.unknown` with the nearest name, `mirrors.none` */
export async function runShow(options: ShowOptions): Promise<Answer> {
  const { config, side } = options;
  return withSide(options, async ({ workspace, attached, database }) => {
    const { name } = requireTable(await attached.tables(), options.table, config[side].location);
    const query = sql`select * from ${relationRef(attached.relation(name))}`.compile(workspace.db);
    return workspace.query(query.sql, database, options.limit);
  });
}

export interface OpenSide {
  readonly workspace: DuckdbWorkspace;
  readonly attached: AttachedSource;
  /** The name under which the workspace knows it. */
  readonly database: string;
}

/** Opens the source or the visible mirrors read-only while `work` runs. */
export async function withSide<Result>(
  options: SideOptions,
  work: (side: OpenSide) => Promise<Result>,
): Promise<Result> {
  const { config, side, signal, threads = config.threads } = options;
  await using workspace = await openWorkspace({
    tempDirectory: tmpdir(),
    signal,
    ...(threads === undefined ? {} : { threads }),
    ...(config.memoryLimit === undefined ? {} : { memoryLimit: config.memoryLimit }),
  });
  const attached = await config[side].attach(workspace).catch((error: unknown) => {
    if (side === 'mirrors' && error instanceof SynthError && error.code === 'file.missing') {
      throw new SynthError('mirrors.none', `Nothing is published yet: ${config.mirrors.location} does not exist.`, {
        hint: 'Run `synth build` first.',
      });
    }
    throw error;
  });
  // No `await using` for it: the workspace goes as a whole.
  const { catalog = 'memory' } = attached.relation({ schema: 'main', table: '' });
  return await work({ workspace, attached, database: catalog });
}

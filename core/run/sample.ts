// `synth sample`: rows of one table on demand, drawn from the fits of the last build, to a file or as an answer.
import { sql } from 'kysely';
import type { Answer } from '../../connectors/duckdb/index.ts';
import { checkExport, exportTable } from '../../connectors/files/index.ts';
import type { Relation } from '../audit.ts';
import type { LoadedConfig } from '../config/loaded.ts';
import type { AttachedSource } from '../connector.ts';
import { SynthError } from '../errors.ts';
import { sampleFamily } from '../mirror/family.ts';
import type { TablePlan } from '../mirror/plan.ts';
import type { ProgressSink } from '../progress.ts';
import { hashText } from '../random.ts';
import { type ColumnSchema, displayName } from '../schema.ts';
import { relationRef } from '../sql.ts';
import { openBuilt } from './built.ts';
import { columnMaker } from './column-maker.ts';
import { DEFAULT_K } from './family.ts';
import { openSession, type Session } from './session.ts';
import { checkSpace } from './space.ts';

export const SAMPLE_SCHEMA_VERSION = 1;

export interface SampleOptions {
  readonly config: LoadedConfig;
  readonly table: string;
  /** SQL over one row, which all rows fulfil. */
  readonly where?: string;
  readonly rows: number;
  /** Default: the config's. Another seed gives other rows below the same parents. */
  readonly seed?: number;
  /** Most rows to draw in search of those that fulfil the condition. */
  readonly tries?: number;
  /** A file whose name says the format; without it the rows are answered. */
  readonly out?: string;
  /** Rows to answer at most. */
  readonly limit?: number;
  readonly threads?: number;
  readonly signal: AbortSignal;
  readonly progress: ProgressSink;
}

export interface SampleResult {
  readonly schemaVersion: typeof SAMPLE_SCHEMA_VERSION;
  readonly table: string;
  readonly rows: number;
  readonly out?: string;
  readonly answer?: Answer;
  readonly seconds: number;
}

/** @throws SynthError `table.unknown`, `built.*`, `condition.*`, `demand.too-rare`, `space.short`, `export.*` */
export async function runSample(options: SampleOptions): Promise<SampleResult> {
  const started = performance.now();
  const { config, out, rows } = options;
  await using session = await openSession(options);
  const { workspace } = session;
  if (out !== undefined) await checkExport(workspace, out);
  await using source = await config.source.attach(workspace);
  const { table, relation } = await drawAsked(session, source, options);
  const result = { schemaVersion: SAMPLE_SCHEMA_VERSION, table: table.label, rows } as const;
  const seconds = (): number => (performance.now() - started) / 1000;
  if (out === undefined) {
    const query = sql`select * from ${relationRef(relation)}`.compile(workspace.db);
    const answer = await workspace.query(query.sql, workspace.scratch, options.limit);
    return { ...result, answer, seconds: seconds() };
  }
  await exportTable(workspace, relation, mirrorColumns(table), out);
  return { ...result, out, seconds: seconds() };
}

export function mirrorColumns({ columns }: TablePlan): readonly ColumnSchema[] {
  return columns.filter(({ role }) => role.kind !== 'omitted').map(({ schema }) => schema);
}

export interface AskedRows {
  readonly table: TablePlan;
  /** Exactly the rows asked for, with the mirror's columns. */
  readonly relation: Relation;
}

/** Draws exactly the rows asked for into the workspace's scratch database. */
export async function drawAsked(session: Session, source: AttachedSource, options: SampleOptions): Promise<AskedRows> {
  const { workspace, pool } = session;
  const { config, out, where, rows } = options;
  const { plan, fits, splits } = await openBuilt({ config, session, source, tables: [options.table] });
  const isAsked = ({ label }: TablePlan): boolean => label === options.table;
  const asked = plan.tables.find(isAsked) as TablePlan;
  await checkSpace(asked.label, rows, asked.schema.columns, out);
  const { balance: _, atLeast: __, ...usual } = asked.config;
  const wanted = { ...asked, config: { ...usual, rows: [{ count: rows, ...(where !== undefined && { where }) }] } };
  const relation: Relation = { catalog: workspace.scratch, schema: 'main', table: 'asked' };
  const others = 'others';
  const results = await sampleFamily(
    {
      workspace,
      pool,
      plan: { tables: plan.tables.map((table) => (isAsked(table) ? wanted : table)) },
      splits,
      seed: config.seed,
      // Parents come out as in the mirrors, so that keys lead to rows that are there.
      seedOf: (table) => (isAsked(table) ? hashText('rows on demand', options.seed ?? config.seed) : undefined),
      ...(options.tries !== undefined && { tries: options.tries }),
      k: DEFAULT_K,
      target: (name) =>
        displayName(name) === asked.label
          ? relation
          : { catalog: workspace.scratch, schema: others, table: displayName(name) },
      progress: options.progress,
      clock: () => performance.now() / 1000,
      maker: columnMaker,
    },
    fits,
  );
  const made = results.find(({ table }) => isAsked(table));
  if (made?.rows !== rows) {
    throw new SynthError('sample.count', `${made?.rows ?? 0} of ${rows} rows of ${asked.label} were drawn.`, {
      kind: 'unexpected',
    });
  }
  return { table: asked, relation };
}

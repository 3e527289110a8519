// `synth sample`: rows of one table on demand, drawn from the fits of the last build, to a file or as an answer.
import { sql } from 'kysely';
import type { Answer } from '../../connectors/duckdb/index.ts';
import { checkExport, exportTable } from '../../connectors/files/index.ts';
import type { Relation } from '../audit.ts';
import type { LoadedConfig } from '../config/loaded.ts';
import { SynthError } from '../errors.ts';
import { sampleFamily } from '../mirror/family.ts';
import type { TablePlan } from '../mirror/plan.ts';
import type { ProgressSink } from '../progress.ts';
import { hashText } from '../random.ts';
import { displayName } from '../schema.ts';
import { relationRef } from '../sql.ts';
import { openBuilt } from './built.ts';
import { columnMaker } from './column-maker.ts';
import { DEFAULT_K } from './family.ts';
import { openSession } from './session.ts';
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
  const { config, out, where, rows } = options;
  const { memoryLimit } = config;
  await using session = await openSession({ ...options, ...(memoryLimit !== undefined && { memoryLimit }) });
  const { workspace, pool } = session;
  if (out !== undefined) await checkExport(workspace, out);
  await using source = await config.source.attach(workspace);
  const { plan, fits, splits } = await openBuilt({ config, session, source, tables: [options.table] });
  const isAsked = ({ label }: TablePlan): boolean => label === options.table;
  const asked = plan.tables.find(isAsked) as TablePlan;
  await checkSpace(asked.label, rows, asked.schema.columns, out);
  const wanted = {
    ...asked,
    config: { ...asked.config, rows: [{ count: rows, ...(where !== undefined && { where }) }] },
  };
  const target: Relation = { catalog: workspace.scratch, schema: 'main', table: 'asked' };
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
          ? target
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
  const result = { schemaVersion: SAMPLE_SCHEMA_VERSION, table: asked.label, rows } as const;
  const seconds = (): number => (performance.now() - started) / 1000;
  if (out === undefined) {
    const query = sql`select * from ${relationRef(target)}`.compile(workspace.db);
    const answer = await workspace.query(query.sql, workspace.scratch, options.limit);
    return { ...result, answer, seconds: seconds() };
  }
  const columns = asked.columns.filter(({ role }) => role.kind !== 'omitted').map(({ schema }) => schema);
  await exportTable(workspace, target, columns, out);
  return { ...result, out, seconds: seconds() };
}

// `synth complete`: fills the NULLs of a file's rows from the joint distribution that its rows show.
import { sql } from 'kysely';
import { checkExport, exportTable, openTableFile } from '../../connectors/files/index.ts';
import type { Relation } from '../audit.ts';
import type { ColumnRule, TableConfig } from '../config/types.ts';
import { SynthError } from '../errors.ts';
import type { GeneratorChoice } from '../generator.ts';
import { type Completed, completeRows } from '../mirror/demand/complete.ts';
import { fitFamily, splitFamily } from '../mirror/family.ts';
import { countColumn, ROW } from '../mirror/names.ts';
import { planFamily, type TablePlan } from '../mirror/plan.ts';
import type { TableFit } from '../mirror/table-fit.ts';
import type { ProgressSink } from '../progress.ts';
import { type ColumnSchema, displayName } from '../schema.ts';
import { columnRef, relationRef } from '../sql.ts';
import { DEFAULT_K } from './family.ts';
import { chooseGenerator } from './generators.ts';
import { guessKey } from './guess-key.ts';
import { openSession } from './session.ts';

export const COMPLETE_SCHEMA_VERSION = 1;

export interface CompleteOptions {
  /** A file, or `file.duckdb#schema.table`. */
  readonly input: string;
  readonly out: string;
  /** How many completed versions of the rows: with more than one, `draw` tells them apart. */
  readonly draws: number;
  readonly seed: number;
  /** Options of boosted(). */
  readonly set: Readonly<Record<string, string>>;
  readonly threads?: number;
  readonly signal: AbortSignal;
  readonly progress: ProgressSink;
}

export interface CompleteResult {
  readonly schemaVersion: typeof COMPLETE_SCHEMA_VERSION;
  readonly rows: number;
  readonly draws: number;
  readonly out: string;
  readonly columns: readonly {
    readonly name: string;
    /** NULLs of the input. */
    readonly missing: number;
    /** Of these, how many are filled, in one draw. */
    readonly filled: number;
  }[];
  readonly notes: readonly string[];
}

/** The column that numbers the versions. */
const DRAW = 'draw';

/** @throws SynthError `complete.nothing`, `complete.draw-column` and those of files and fits */
export async function runComplete(options: CompleteOptions): Promise<CompleteResult> {
  try {
    return await completeFile(options);
  } catch (error) {
    if (!(error instanceof SynthError) || error.code !== 'fit.all-rare') throw error;
    throw new SynthError(error.code, error.message, {
      hint: 'Take the column out of the file, or protect less with --set k=5.',
      cause: error,
    });
  }
}

async function completeFile(options: CompleteOptions): Promise<CompleteResult> {
  const { draws, seed, out } = options;
  await using session = await openSession(options);
  const { workspace, pool } = session;
  const notes: string[] = [];
  const progress: ProgressSink = (event) => {
    if (event.kind === 'note' || event.kind === 'warning') notes.push(event.message);
    options.progress(event);
  };
  const choice = chooseGenerator('boosted', options.set);
  const source = await openTableFile(options.input).attach(workspace);
  await checkExport(workspace, out);
  const [schema] = await source.tables();
  if (schema === undefined) throw new SynthError('file.no-table', `${options.input} holds no table.`);
  if (draws > 1 && schema.columns.some(({ name }) => name.toLowerCase() === DRAW)) {
    throw new SynthError(
      'complete.draw-column',
      `${options.input} has a column "${DRAW}", which is to number the draws.`,
      {
        hint: 'Rename the column, or ask for one draw.',
      },
    );
  }
  const from = source.relation(schema.name);
  const rows: Relation = { catalog: workspace.scratch, schema: 'main', table: 'complete_rows' };
  await workspace.execute(
    sql`create table ${relationRef(rows)} as select row_number() over () - 1 as ${columnRef(ROW)}, *
      from ${relationRef(from)}`.compile(workspace.db),
  );
  const missing = await countMissing(workspace, rows, schema.columns);
  const total = missing.get(ROW) ?? 0;
  if (schema.columns.every(({ name }) => missing.get(name) === 0)) {
    throw new SynthError('complete.nothing', `${options.input} has no NULL to fill.`, {
      hint: 'Say which text stands for a missing value by making it NULL first.',
    });
  }
  const { table, fit } = await learn();
  const targets = fit.learnt.filter(({ schema: { name } }) => (missing.get(name) ?? 0) > 0).map((one) => one.schema);
  for (const { name } of schema.columns) {
    if ((missing.get(name) ?? 0) > 0 && !targets.some((target) => target.name === name)) {
      notes.push(`"${name}" is a key, free text or of an odd type, which is not learnt: its NULLs stay.`);
    }
  }
  const completed: Completed[] = [];
  for (let draw = 0; draw < draws; draw++) {
    completed.push(await completeRows({ workspace, table, fit, rows, targets, seed, draw, progress }));
  }
  const { unfilled = new Map<string, number>(), unlike = 0, rows: open = 0 } = completed[0] ?? {};
  if (unlike > 0) {
    notes.push(
      `${unlike.toLocaleString('en')} of ${open.toLocaleString('en')} rows with NULLs are unlike what was learnt: few draws fit what they hold.`,
    );
  }
  const whole = await assemble(completed.map(({ relation }) => relation));
  const outColumns = [...(draws > 1 ? [countColumn(DRAW, false)] : []), ...schema.columns];
  await exportTable(workspace, whole, outColumns, out);
  return {
    schemaVersion: COMPLETE_SCHEMA_VERSION,
    rows: total,
    draws,
    out,
    columns: schema.columns
      .map(({ name }) => {
        const open = missing.get(name) ?? 0;
        const learnt = targets.some((target) => target.name === name);
        return { name, missing: open, filled: learnt ? open - (unfilled.get(name) ?? 0) : 0 };
      })
      .filter(({ missing }) => missing > 0),
    notes,
  };

  async function learn(): Promise<{ table: TablePlan; fit: TableFit }> {
    if (schema === undefined) throw new Error('unreachable');
    const key = schema.primaryKey.length > 0 ? undefined : await guessKey(workspace, schema, from);
    const odd = schema.columns.filter(({ type }) => type.kind === 'unsupported');
    const config: TableConfig = {
      ...(key === undefined ? {} : { key }),
      columns: Object.fromEntries(odd.map(({ name }): [string, ColumnRule] => [name, { kind: 'omit' }])),
    };
    const plan = planFamily([{ schema: { ...schema, foreignKeys: [] }, choice: choice as GeneratorChoice, config }]);
    const splits = await splitFamily({ workspace, plan, relation: () => from, salt: 'complete', holdoutPercent: 0 });
    const fits = await fitFamily({
      workspace,
      pool,
      plan,
      splits,
      seed,
      k: DEFAULT_K,
      target: () => rows,
      progress,
      clock: () => performance.now() / 1000,
      freeText: 'pattern',
    });
    const fit = fits.get(displayName(schema.name));
    if (fit?.model === undefined)
      throw new SynthError('complete.nothing', `Nothing of ${options.input} can be learnt.`);
    return { table: plan.tables[0] as TablePlan, fit };
  }

  async function assemble(filled: readonly Relation[]): Promise<Relation> {
    const relation: Relation = { catalog: workspace.scratch, schema: 'main', table: 'completed' };
    const isTarget = new Set(targets.map(({ name }) => name));
    const parts = filled.map((part, draw) => {
      const columns = (schema?.columns ?? []).map(({ name }) =>
        isTarget.has(name)
          ? sql`coalesce(${columnRef(name, 's')}, ${columnRef(name, 'f')}) as ${columnRef(name)}`
          : columnRef(name, 's'),
      );
      return sql`select cast(${sql.lit(draw + 1)} as bigint) as ${columnRef(DRAW)}, ${columnRef(ROW, 's')},
        ${sql.join(columns)} from ${relationRef(rows)} as s
        left join ${relationRef(part)} as f on ${columnRef(ROW, 'f')} = ${columnRef(ROW, 's')}`;
    });
    const names = [...(draws > 1 ? [DRAW] : []), ...(schema?.columns ?? []).map(({ name }) => name)];
    await workspace.execute(
      sql`create table ${relationRef(relation)} as select ${sql.join(names.map((name) => columnRef(name)))}
        from (${sql.join(parts, sql` union all `)}) as a order by a.${columnRef(DRAW)}, a.${columnRef(ROW)}`.compile(
        workspace.db,
      ),
    );
    return relation;
  }
}

type Reader = Parameters<typeof completeRows>[0]['workspace'];

/** NULLs by column, and under {@link ROW} the number of rows. */
async function countMissing(
  workspace: Reader,
  rows: Relation,
  columns: readonly ColumnSchema[],
): Promise<ReadonlyMap<string, number>> {
  const counts = columns.map(({ name }, i) => sql`count(*) - count(${columnRef(name)}) as ${sql.id(`n${i}`)}`);
  const { rows: found } = await sql<Record<string, unknown>>`
    select ${sql.join([sql`count(*) as n`, ...counts])} from ${relationRef(rows)}`.execute(workspace.db);
  const entry = (key: string): number => Number(found[0]?.[key] ?? 0);
  return new Map([[ROW, entry('n')], ...columns.map(({ name }, i): [string, number] => [name, entry(`n${i}`)])]);
}

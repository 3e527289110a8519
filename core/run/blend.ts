// `synth blend`: a training set of real rows and synthetic ones, for those who may read the real ones.
import { type RawBuilder, sql } from 'kysely';
import { checkExport, exportTable } from '../../connectors/files/index.ts';
import type { Relation } from '../audit.ts';
import { SynthError } from '../errors.ts';
import { splitFamily } from '../mirror/family.ts';
import type { TablePlan } from '../mirror/plan.ts';
import type { ColumnSchema } from '../schema.ts';
import { SPLIT_HASH, type Split } from '../split/split.ts';
import { columnList, columnRef, relationRef } from '../sql.ts';
import { openBuilt } from './built.ts';
import { HOLDOUT_PERCENT, SALT } from './family.ts';
import { drawAsked, mirrorColumns, type SampleOptions } from './sample.ts';
import { openSession } from './session.ts';

export interface BlendOptions extends Omit<SampleOptions, 'where' | 'tries' | 'limit' | 'out'> {
  /** Share of real rows, 0 to 1. */
  readonly real: number;
  readonly out: string;
  /** Adds a column `real`. */
  readonly mark: boolean;
}

export interface BlendResult {
  readonly schemaVersion: 1;
  readonly table: string;
  readonly real: number;
  readonly synthetic: number;
  readonly out: string;
  readonly seconds: number;
}

const MARK: ColumnSchema = { name: 'real', sqlType: 'BOOLEAN', type: { kind: 'boolean' }, nullable: false };

/**
 * Real rows are of the training side alone, so that the holdout can still judge a model. Columns that rules make (fakes,
 * patterns, `nulls()`) are NULL in them: the config says that their real values should not be seen.
 * @throws SynthError `blend.few-rows`, `blend.mark-column`, and those of `synth sample`
 */
export async function runBlend(options: BlendOptions): Promise<BlendResult> {
  const started = performance.now();
  const { config, out, rows, mark } = options;
  const seed = options.seed ?? config.seed;
  await using session = await openSession(options);
  const { workspace } = session;
  await checkExport(workspace, out);
  await using source = await config.source.attach(workspace);
  const { plan } = await openBuilt({ config, session, source, tables: [options.table] });
  const table = plan.tables.find(({ label }) => label === options.table) as TablePlan;
  const columns = mirrorColumns(table);
  if (mark && columns.some(({ name }) => name.toLowerCase() === MARK.name)) {
    throw new SynthError('blend.mark-column', `${table.label} has a column "${MARK.name}" of its own.`, {
      hint: 'Leave --mark out.',
    });
  }
  const splits = await splitFamily({
    workspace,
    plan,
    relation: (name) => source.relation(name),
    salt: SALT,
    holdoutPercent: HOLDOUT_PERCENT,
  });
  const { train, trainRows } = splits.get(table.label) as Split;
  const real = Math.round(rows * options.real);
  if (real > trainRows) {
    const many = (n: number): string => n.toLocaleString('en');
    throw new SynthError(
      'blend.few-rows',
      `${table.label} has ${many(trainRows)} real rows outside the holdout, and ${many(real)} are wanted.`,
      { hint: `Ask for a share of at most ${Math.floor((1000 * trainRows) / rows) / 1000}, or for fewer rows.` },
    );
  }
  const names = columns.map(({ name }) => name);
  const picked = sql`select ${sql.join(realValues(table))}, true as ${columnRef(MARK.name)} from ${relationRef(train)} as f
    order by md5(concat(${sql.lit(`${seed}/`)}, ${columnRef(SPLIT_HASH)})), md5(cast(f as varchar)) limit ${sql.lit(real)}`;
  const parts: RawBuilder<unknown>[] = [sql`select * from (${picked})`];
  if (real < rows) {
    const { relation } = await drawAsked(session, source, { ...options, rows: rows - real });
    parts.push(sql`select ${columnList(names)}, false from ${relationRef(relation)}`);
  }
  const blended: Relation = { catalog: workspace.scratch, schema: 'main', table: 'blended' };
  await workspace.execute(
    sql`create table ${relationRef(blended)} as select * exclude (place) from (
      select *, row_number() over () as place from (${sql.join(parts, sql` union all `)})
    ) order by md5(concat(${sql.lit(`${seed}/`)}, place))`.compile(workspace.db),
  );
  const written = columns.map((column) => ({ ...column, nullable: true }));
  await exportTable(workspace, blended, mark ? [...written, MARK] : written, out);
  return {
    schemaVersion: 1,
    table: table.label,
    real,
    synthetic: rows - real,
    out,
    seconds: (performance.now() - started) / 1000,
  };
}

/** The mirror's columns of a real row. */
function realValues({ columns }: TablePlan): readonly RawBuilder<unknown>[] {
  return columns.flatMap(({ schema, role }) => {
    if (role.kind === 'omitted') return [];
    const name = columnRef(schema.name);
    if (role.kind !== 'rule') return [sql`f.${name}`];
    const value = role.rule.kind === 'expression' ? sql`(${sql.raw(role.rule.sql)}\n)` : sql`null`;
    return [sql`cast(${value} as ${sql.raw(schema.sqlType)}) as ${name}`];
  });
}

// Splits real tables into the rows that generators may learn from and a holdout that none ever sees, by subject.
import { type RawBuilder, sql } from 'kysely';
import type { Relation } from '../audit.ts';
import type { Workspace } from '../connector.ts';
import { SynthError } from '../errors.ts';
import type { TableName, TableSchema } from '../schema.ts';
import { displayName } from '../schema.ts';
import { columnList, columnRef, relationRef } from '../sql.ts';
import { subjectHash } from './subject.ts';

/** The extra column of split tables: the hash of the row's subject, an unsigned 64-bit integer. */
export const SPLIT_HASH = '__synth_h';

export interface SplitTable {
  readonly schema: TableSchema;
  readonly relation: Relation;
  /** Columns that name the subject. */
  readonly subject?: readonly string[];
  /** Without `subject`: the row belongs to the subject of its parent. */
  readonly inherit?: {
    readonly columns: readonly string[];
    readonly parent: TableName;
    readonly parentColumns: readonly string[];
  };
  /** Public: all of it is train data. */
  readonly reference: boolean;
}

export interface SplitOptions {
  readonly workspace: Workspace;
  /** Parents before children. */
  readonly tables: readonly SplitTable[];
  /** Fixed for a project: with it, a subject is always on the same side. */
  readonly salt: string;
  /** Share of subjects in the holdout, 0 to 99. */
  readonly holdoutPercent: number;
}

export interface Split {
  /** All real rows, with {@link SPLIT_HASH}: to count with, not to learn from. */
  readonly all: Relation;
  /** The real rows that may be learnt from, with {@link SPLIT_HASH}. */
  readonly train: Relation;
  /** The others; absent for reference tables and without a holdout. */
  readonly holdout?: Relation;
  readonly trainRows: number;
  readonly holdoutRows: number;
}

/** Creates relations in the workspace's scratch database; the result is by `displayName`. */
export async function splitSource(options: SplitOptions): Promise<ReadonlyMap<string, Split>> {
  const splits = new Map<string, Split>();
  const all = new Map<string, Relation>();
  for (const table of options.tables) {
    const label = displayName(table.schema.name);
    const hashed = { catalog: options.workspace.scratch, schema: 'main', table: `__synth_source:${label}` };
    await run(
      options.workspace,
      sql`create or replace table ${relationRef(hashed)} as ${hashedRows(table, all, options.salt)}`,
    );
    all.set(label, hashed);
    splits.set(label, await divide(options, table, hashed, label));
  }
  return splits;
}

async function divide(options: SplitOptions, table: SplitTable, hashed: Relation, label: string): Promise<Split> {
  const { workspace, holdoutPercent } = options;
  const train = { catalog: workspace.scratch, schema: 'main', table: `__synth_train:${label}` };
  const holdout = { catalog: workspace.scratch, schema: 'main', table: `__synth_holdout:${label}` };
  const rows = sql`from ${relationRef(hashed)}`;
  const count = async (isHeldOut: RawBuilder<unknown>): Promise<{ held: number; total: number }> => {
    const counted = await sql<{ held: bigint | number; total: bigint | number }>`
      select count(*) filter (where ${isHeldOut}) as held, count(*) as total ${rows}`.execute(workspace.db);
    return { held: Number(counted.rows[0]?.held ?? 0), total: Number(counted.rows[0]?.total ?? 0) };
  };
  const below = (percent: number): RawBuilder<unknown> => sql`${columnRef(SPLIT_HASH)} % 100 < ${sql.lit(percent)}`;
  const wanted = await count(below(table.reference ? 0 : holdoutPercent));
  // Of a tiny table all may be held out; then there would be nothing to learn from.
  const percent = table.reference || wanted.held === wanted.total ? 0 : holdoutPercent;
  const isHeldOut = below(percent);
  const held = percent === 0 ? 0 : wanted.held;
  // Views: a filter on the hash costs milliseconds where a second copy of the table would cost its size.
  await run(workspace, sql`create or replace view ${relationRef(train)} as select * ${rows} where not (${isHeldOut})`);
  await run(workspace, sql`create or replace view ${relationRef(holdout)} as select * ${rows} where ${isHeldOut}`);
  return { all: hashed, train, ...(percent > 0 && { holdout }), trainRows: wanted.total - held, holdoutRows: held };
}

function hashedRows(table: SplitTable, all: ReadonlyMap<string, Relation>, salt: string): RawBuilder<unknown> {
  const { schema, relation, subject, inherit } = table;
  const names = schema.columns.map((column) => column.name);
  const select = sql`select ${columnList(names, 'c')}`;
  const own = subjectHash(subject ?? (schema.primaryKey.length > 0 ? schema.primaryKey : names), salt, 'c');
  if (subject !== undefined || inherit === undefined) {
    const hashed = sql`${select}, ${own} as ${columnRef(SPLIT_HASH)} from ${relationRef(relation)} as c`;
    const keyless = subject === undefined && schema.primaryKey.length === 0;
    return keyless && !table.reference ? apart(hashed, names) : hashed;
  }
  const parent = all.get(displayName(inherit.parent));
  if (parent === undefined) {
    throw new SynthError('split.order', `The parent of ${displayName(schema.name)} must be split before it.`, {
      kind: 'unexpected',
    });
  }
  const matches = inherit.columns.map(
    (column, i) => sql`${columnRef(column, 'c')} = ${columnRef(inherit.parentColumns[i] as string, 'p')}`,
  );
  // A parent's key is unique, but sources may break their own promise: the grouping keeps one child row one row.
  return sql`${select}, coalesce(${columnRef(SPLIT_HASH, 'p')}, ${own}) as ${columnRef(SPLIT_HASH)}
    from ${relationRef(relation)} as c left join (
      select ${columnList(inherit.parentColumns)}, min(${columnRef(SPLIT_HASH)}) as ${columnRef(SPLIT_HASH)}
      from ${relationRef(parent)} group by all
    ) as p on ${sql.join(matches, sql` and `)}`;
}

/**
 * Rows of a table without a key are subjects of their own, equal ones too: else a whole group of them would be held out, no
 * held-out row could ever equal a learnt one, and the rate of copies in the holdout would always be 0. Equal rows are
 * numbered; which of them gets which number makes no difference.
 */
function apart(hashed: RawBuilder<unknown>, names: readonly string[]): RawBuilder<unknown> {
  const hash = columnRef(SPLIT_HASH, 'c');
  const number = columnRef(`${SPLIT_HASH}_n`, 'c');
  return sql`select ${columnList(names, 'c')}, case when ${number} = 1 then ${hash}
      else md5_number_lower(concat_ws(chr(31), ${hash}, ${number})) end as ${columnRef(SPLIT_HASH)}
    from (
      select *, row_number() over (partition by ${columnRef(SPLIT_HASH)}) as ${columnRef(`${SPLIT_HASH}_n`)}
      from (${hashed})
    ) as c`;
}

async function run(workspace: Workspace, query: RawBuilder<unknown>): Promise<void> {
  await workspace.execute(query.compile(workspace.db));
}

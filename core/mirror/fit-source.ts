// Reads what a generator learns from: train rows of whole subjects, with their owner's columns and their elder sibling's.
import { type RawBuilder, sql } from 'kysely';
import type { Relation } from '../audit.ts';
import type { ColumnBatch } from '../batch.ts';
import type { Workspace } from '../connector.ts';
import type { ColumnSchema } from '../schema.ts';
import { columnList, columnRef, relationRef } from '../sql.ts';
import { type LearntColumn, learntView, matches } from './learnt.ts';
import {
  countColumn,
  elderContext,
  HASH,
  memoryContext,
  ownerContext,
  POSITION,
  parentColumn,
  SIBLINGS,
} from './names.ts';
import type { TablePlan } from './plan.ts';
import type { ForeignKeyPlan } from './relations.ts';
import { memorySchema } from './sequence/memory.ts';
import type { Memory } from './sequence/types.ts';

/** A parent whose columns are read along with the child's. */
export interface ParentSide {
  readonly key: ForeignKeyPlan;
  /** The parent's learnt columns. */
  readonly columns: readonly ColumnSchema[];
}

export interface FitRowsOptions {
  readonly workspace: Workspace;
  readonly table: TablePlan;
  /** The train rows, to choose subjects by their hash without the joins of the view. */
  readonly train: Relation;
  readonly learnt: readonly LearntColumn[];
  readonly owner?: ParentSide;
  /** Of rows with an owner: what puts siblings in order, and what may be remembered of them. */
  readonly order: readonly string[];
  readonly memory: readonly Memory[];
  readonly links: readonly ParentSide[];
  readonly fitRows: number;
}

/** State of a link in a row of the source. */
export const LINK = { none: 0n, found: 1n, missing: 2n, itself: 3n } as const;

export function linkState(index: number): string {
  return parentColumn(index, '?');
}

/** Columns of the context, in the order in which a generator gets them. */
export function contextColumns(
  owner: ParentSide | undefined,
  learnt: readonly LearntColumn[],
  memory: readonly Memory[],
): readonly ColumnSchema[] {
  if (owner === undefined) return [];
  const optional = (schema: ColumnSchema, name: string): ColumnSchema => ({ ...schema, name, nullable: true });
  return [
    countColumn(POSITION, true),
    countColumn(SIBLINGS, true),
    ...owner.columns.map((schema) => optional(schema, ownerContext(schema.name))),
    ...learnt.map(({ schema }) => optional(schema, elderContext(schema.name))),
    ...memory.map(memorySchema),
  ];
}

/** One batch with the learnt columns, the context and the columns of linked parents; in an order that repeats exactly. */
export async function readFitRows(options: FitRowsOptions): Promise<ColumnBatch> {
  const { workspace, table, learnt, owner, links } = options;
  const part = await subjectsPart(workspace, learntView(workspace, table.name), options.train, options.fitRows);
  const child = owner === undefined ? part : await withFamily(options, owner, part);
  const columns: ColumnSchema[] = [
    ...learnt.map(({ schema }) => schema),
    ...contextColumns(owner, learnt, options.memory),
  ];
  const selected: RawBuilder<unknown>[] = columns.map(({ name }) => columnRef(name, 'c'));
  const joins: RawBuilder<unknown>[] = [];
  for (const { key, columns: parents } of links) {
    const alias = `p${key.index}`;
    joins.push(
      sql`left join ${relationRef(learntView(workspace, key.parent))} as ${sql.id(alias)} on ${matches(key, 'c', alias)}`,
    );
    for (const schema of parents) {
      const name = parentColumn(key.index, schema.name);
      columns.push({ ...schema, name, nullable: true });
      selected.push(sql`${columnRef(schema.name, alias)} as ${columnRef(name)}`);
    }
    columns.push(countColumn(linkState(key.index), false));
    selected.push(sql`${stateOf(key, alias)} as ${columnRef(linkState(key.index))}`);
  }
  const tie = table.schema.primaryKey.length > 0 ? table.schema.primaryKey : learnt.map(({ schema }) => schema.name);
  const query = sql`select ${sql.join(selected)} from ${child} as c ${sql.join(joins, sql` `)}
    order by ${columnRef(HASH, 'c')}, ${columnList(tie, 'c')}`;
  return workspace.read(query.compile(workspace.db), columns);
}

function stateOf(key: ForeignKeyPlan, alias: string): RawBuilder<unknown> {
  const own = sql.join(
    key.columns.map((column) => sql`${columnRef(column, 'c')} is null`),
    sql` or `,
  );
  const itself = key.self
    ? sql`when ${sql.join(
        key.columns.map(
          (column, i) => sql`${columnRef(column, 'c')} = ${columnRef(key.parentColumns[i] as string, 'c')}`,
        ),
        sql` and `,
      )} then 3`
    : sql``;
  return sql`case when ${own} then 0 ${itself} when ${columnRef(HASH, alias)} is null then 2 else 1 end`;
}

/** Whole subjects with the smallest hashes, about `rows` rows. A subject larger than that is cut. */
async function subjectsPart(
  workspace: Workspace,
  view: Relation,
  train: Relation,
  rows: number,
): Promise<RawBuilder<unknown>> {
  const hash = columnRef(HASH);
  const counted = await sql<{ n: unknown }>`select count(*) as n from ${relationRef(train)}`.execute(workspace.db);
  const total = Number(counted.rows[0]?.n ?? 0);
  if (total <= rows) return sql`(select * from ${relationRef(view)})`;
  const cut = await sql<{ cut: unknown }>`
    select cast(quantile_disc(${hash}, ${sql.lit(rows / total)}) as varchar) as cut from ${relationRef(train)}`.execute(
    workspace.db,
  );
  const limit = sql`cast(${sql.lit(String(cut.rows[0]?.cut))} as ubigint)`;
  const upTo = await sql<{ n: unknown }>`
    select count(*) as n from ${relationRef(train)} where ${hash} <= ${limit}`.execute(workspace.db);
  if (Number(upTo.rows[0]?.n ?? 0) <= rows * 1.5)
    return sql`(select * from ${relationRef(view)} where ${hash} <= ${limit})`;
  return sql`(select * from ${relationRef(view)} where ${hash} <= ${limit} order by all limit ${sql.lit(rows)})`;
}

/** Adds the owner's columns, the position among siblings, their number and the elder sibling's columns. */
async function withFamily(
  { workspace, table, learnt, order, memory }: FitRowsOptions,
  owner: ParentSide,
  part: RawBuilder<unknown>,
): Promise<RawBuilder<unknown>> {
  const { key } = owner;
  const owned = sql`${columnRef(HASH, 'o')} is not null`;
  const sorted = siblingOrder(table, key, learnt, order);
  const siblings = sql`partition by ${columnList(key.columns, 'c')} order by ${columnList(sorted, 'c')}`;
  const window = sql`(${siblings})`;
  const shares = memory.filter(({ kind }) => kind === 'share').map(({ column }) => column);
  // How many siblings so far, each row among them, have its value.
  const alike = shares.map((column) => {
    const same = sql`partition by ${columnList([...key.columns, column])} order by ${columnList(sorted)}`;
    return sql`row_number() over (${same}) as ${columnRef(memoryContext(column))}`;
  });
  const child = alike.length === 0 ? part : sql`(select *, ${sql.join(alike)} from ${part} as rows_read)`;
  const selected = [
    alike.length === 0 ? sql`c.*` : sql`c.* exclude (${columnList(shares.map(memoryContext))})`,
    sql`case when ${owned} then row_number() over ${window} end as ${columnRef(POSITION)}`,
    sql`case when ${owned} then count(*) over (partition by ${columnList(key.columns, 'c')}) end as ${columnRef(SIBLINGS)}`,
    ...owner.columns.map(({ name }) => sql`${columnRef(name, 'o')} as ${columnRef(ownerContext(name))}`),
    ...learnt.map(
      ({ schema: { name } }) =>
        sql`case when ${owned} then lag(${columnRef(name, 'c')}) over ${window} end as ${columnRef(elderContext(name))}`,
    ),
    ...memory.map(({ column, kind }) => {
      const before =
        kind === 'share'
          ? sql`lag(${columnRef(memoryContext(column), 'c')}) over ${window} / (row_number() over ${window} - 1)::double`
          : sql`avg(cast(${columnRef(column, 'c')} as double)) over (${siblings} rows between unbounded preceding and 1 preceding)`;
      return sql`case when ${owned} then ${before} end as ${columnRef(memoryContext(column))}`;
    }),
  ];
  // Orphans of a key that may not be NULL have no counterpart in the mirror: nothing is to be learnt from them.
  const join = key.nullable ? sql`left join` : sql`join`;
  return sql`(select ${sql.join(selected)} from ${child} as c
    ${join} ${relationRef(learntView(workspace, key.parent))} as o on ${matches(key, 'c', 'o')})`;
}

/** What puts siblings in order: their order; else a key that counts, a time, the whole key, everything. */
function siblingOrder(
  table: TablePlan,
  key: ForeignKeyPlan,
  learnt: readonly LearntColumn[],
  order: readonly string[],
): readonly string[] {
  const { primaryKey, columns } = table.schema;
  const own = primaryKey.filter((column) => !key.columns.includes(column));
  const counted = columns.find(
    ({ name, type }) => own.includes(name) && ['integer', 'wide', 'date', 'timestamp'].includes(type.kind),
  );
  const time = columns.find(
    ({ name, type }) => ['timestamp', 'date'].includes(type.kind) && learnt.some(({ schema }) => schema.name === name),
  );
  const first =
    order.length > 0
      ? order
      : own.length === 1 && counted !== undefined
        ? [counted.name]
        : time !== undefined
          ? [time.name]
          : [];
  return [
    ...new Set([...first, ...(primaryKey.length > 0 ? primaryKey : learnt.map(({ schema }) => schema.name)), HASH]),
  ];
}

/**
 * Parents (whole subjects, about `rows` of them) with the number of children that each has.
 * @param train the parent's train rows
 */
export async function readChildCounts(
  workspace: Workspace,
  table: TablePlan,
  owner: ParentSide,
  train: Relation,
  rows: number,
  countName: string,
): Promise<ColumnBatch> {
  const { key, columns } = owner;
  const part = await subjectsPart(workspace, learntView(workspace, key.parent), train, rows);
  const schemas = [countColumn(countName, false), ...columns];
  const query = sql`select coalesce(n.children, 0) as ${columnRef(countName)}, ${sql.join([
    columnRef(HASH, 'p'),
    ...columns.map(({ name }) => columnRef(name, 'p')),
  ])} from ${part} as p left join ${degrees(workspace, table, key)} as n on ${matches(key, 'n', 'p')}
    order by ${columnRef(HASH, 'p')}, ${columnList(key.parentColumns, 'p')}`;
  return workspace.read(query.compile(workspace.db), schemas);
}

/** How many parents have how many children, rising. */
export async function readDegrees(
  workspace: Workspace,
  table: TablePlan,
  key: ForeignKeyPlan,
): Promise<readonly { children: number; parents: number }[]> {
  const { rows } = await sql<{ children: unknown; parents: unknown }>`
    select coalesce(n.children, 0) as children, count(*) as parents
    from ${relationRef(learntView(workspace, key.parent))} as p
    left join ${degrees(workspace, table, key)} as n on ${matches(key, 'n', 'p')}
    group by 1 order by 1`.execute(workspace.db);
  return rows.map(({ children, parents }) => ({ children: Number(children), parents: Number(parents) }));
}

function degrees(workspace: Workspace, table: TablePlan, key: ForeignKeyPlan): RawBuilder<unknown> {
  return sql`(select ${columnList(key.columns)}, count(*) as children
    from ${relationRef(learntView(workspace, table.name))} group by all)`;
}

/** Shares of rows whose key is NULL, and how many rows have a key that no parent has. */
export async function readKeyFacts(
  workspace: Workspace,
  key: ForeignKeyPlan,
  child: Relation,
  parent: Relation,
): Promise<{ nullShare: number; orphans: number }> {
  const isNull = sql.join(
    key.columns.map((column) => sql`${columnRef(column, 'c')} is null`),
    sql` or `,
  );
  const { rows } = await sql<{ n: unknown; nulls: unknown; orphans: unknown }>`
    select count(*) as n, count(*) filter (where ${isNull}) as nulls,
      count(*) filter (where not (${isNull}) and p.found is null) as orphans
    from ${relationRef(child)} as c left join (
      select ${columnList(key.parentColumns)}, true as found from ${relationRef(parent)} group by all
    ) as p on ${matches(key, 'c', 'p')}`.execute(workspace.db);
  const n = Number(rows[0]?.n ?? 0);
  return { nullShare: n === 0 ? 0 : Number(rows[0]?.nulls ?? 0) / n, orphans: Number(rows[0]?.orphans ?? 0) };
}

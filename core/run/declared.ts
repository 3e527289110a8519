// The real rows that a mirror of asked-for rows is judged against: thinned until their kinds have the shares asked for.
import { type RawBuilder, sql } from 'kysely';
import type { Relation } from '../audit.ts';
import type { RowGroup } from '../config/types.ts';
import type { Workspace } from '../connector.ts';
import { askedGroups, isDemanded } from '../mirror/demand/cells.ts';
import { fulfils } from '../mirror/demand/condition.ts';
import { matches } from '../mirror/learnt.ts';
import { scratch } from '../mirror/names.ts';
import type { TablePlan } from '../mirror/plan.ts';
import { type ColumnSchema, displayName, type TableName } from '../schema.ts';
import { SPLIT_HASH } from '../split/split.ts';
import { columnList, columnRef, doubleLiteral, relationRef } from '../sql.ts';

export interface DeclaredSides {
  readonly real: Relation;
  readonly holdout?: Relation;
  /** Where these are children of parents that were thinned: who their parents are. */
  readonly following?: { readonly parent: TableName; readonly rows: Relation };
  /** For the report. */
  readonly note: string;
}

export interface DeclaredOptions {
  readonly workspace: Workspace;
  readonly table: TablePlan;
  /** Rows of the mirror. */
  readonly rows: number;
  readonly real: Relation;
  readonly holdout?: Relation;
  /** All real rows of a parent. */
  parent(name: TableName): Relation | undefined;
}

/** Undefined when nothing was asked for, or nothing that changes a share. */
export async function declaredSides(options: DeclaredOptions): Promise<DeclaredSides | undefined> {
  const { workspace, table, rows, holdout } = options;
  if (!isDemanded(table.config) || rows === 0) return undefined;
  const real = await asConditionsSee(options, options.real, 'real');
  const groups = askedGroups(table.config, rows) ?? (await leastGroups(options, real));
  if (groups === undefined || groups.every(({ where }) => where === undefined)) return undefined;
  const weight = await weightOf(workspace, real, groups, rows);
  if (weight === undefined) return undefined;
  const label = table.label;
  return {
    real: await thinned(options, real, weight, scratch(workspace, 'declared_real', label)),
    ...(holdout !== undefined && {
      holdout: await thinned(
        options,
        await asConditionsSee(options, holdout, 'holdout'),
        weight,
        scratch(workspace, 'declared_holdout', label),
      ),
    }),
    note: `The shares of ${label} were asked for (${asked(groups, rows)}): likeness is judged against real rows thinned to them.`,
  };
}

function asked(groups: readonly RowGroup[], rows: number): string {
  return groups
    .map(({ where = 'any row', count }) => `${Number(((100 * count) / rows).toPrecision(3))} % ${where}`)
    .join('; ');
}

/** `atLeast`: two kinds when the source has fewer than that. */
async function leastGroups(
  { workspace, table, rows }: DeclaredOptions,
  real: Relation,
): Promise<readonly RowGroup[] | undefined> {
  const { atLeast } = table.config;
  if (atLeast === undefined) return undefined;
  const share = (await sharesOf(workspace, real, [atLeast.where]))[0] ?? 0;
  if (share * rows >= atLeast.count) return undefined;
  const others = `not coalesce((${atLeast.where}\n), false)`;
  return [atLeast, { where: others, count: rows - atLeast.count }];
}

/** Real rows as conditions see those of the mirror: with what expressions make, and parents under their tables' names. */
async function asConditionsSee(
  { workspace, table, parent }: DeclaredOptions,
  from: Relation,
  side: 'real' | 'holdout',
): Promise<Relation> {
  const value = (schema: ColumnSchema, text: string): RawBuilder<unknown> =>
    sql`cast((${sql.raw(text)}\n) as ${sql.raw(schema.sqlType)}) as ${columnRef(schema.name)}`;
  const replaced: RawBuilder<unknown>[] = [];
  const more: RawBuilder<unknown>[] = [];
  for (const { schema, role, added } of table.columns) {
    if (role.kind !== 'rule' || role.rule.kind !== 'expression') continue;
    (added === true ? more : replaced).push(value(schema, role.rule.sql));
  }
  const joins: RawBuilder<unknown>[] = [];
  for (const key of table.foreignKeys) {
    const relation = parent(key.parent);
    if ((key.strategy !== 'owner' && key.strategy !== 'lookup') || relation === undefined) continue;
    if (isColumn(table, key.parent.table)) continue;
    const alias = `p${key.index}`;
    more.push(sql`${sql.id(alias)} as ${columnRef(key.parent.table)}`);
    joins.push(sql`left join ${relationRef(relation)} as ${sql.id(alias)} on ${matches(key, 'f', alias)}`);
  }
  const relation = scratch(workspace, `seen_${side}`, table.label);
  const all = replaced.length === 0 ? sql`f.*` : sql`f.* replace (${sql.join(replaced)})`;
  const query = sql`create or replace view ${relationRef(relation)} as
    select ${sql.join([all, ...more])} from ${relationRef(from)} as f ${sql.join(joins, sql` `)}`;
  await workspace.execute(query.compile(workspace.db));
  return relation;
}

function isColumn(table: TablePlan, name: string): boolean {
  return table.columns.some(({ schema }) => schema.name.toLowerCase() === name.toLowerCase());
}

async function sharesOf(workspace: Workspace, real: Relation, wheres: readonly string[]): Promise<readonly number[]> {
  const counts = wheres.map(
    (where, i) => sql`avg(case when ${fulfils(where)} then 1.0 else 0.0 end) as ${sql.id(`s${i}`)}`,
  );
  const { rows } = await sql<Record<string, unknown>>`select ${sql.join(counts)} from ${relationRef(real)}`.execute(
    workspace.db,
  );
  return wheres.map((_, i) => Number(rows[0]?.[`s${i}`] ?? 0));
}

/** How much more often than in the source a row should come, relative to the row for which this is most. */
async function weightOf(
  workspace: Workspace,
  real: Relation,
  groups: readonly RowGroup[],
  rows: number,
): Promise<RawBuilder<number> | undefined> {
  const shares = await sharesOf(
    workspace,
    real,
    groups.map(({ where }) => where ?? 'true'),
  );
  const terms = groups.flatMap(({ where = 'true', count }, i) => {
    const share = shares[i] as number;
    return share === 0 || count === 0
      ? []
      : [sql`case when ${fulfils(where)} then ${doubleLiteral(count / rows / share)} else 0 end`];
  });
  if (terms.length === 0) return undefined;
  const weight = sql<number>`(${sql.join(terms, sql` + `)})`;
  const { rows: found } = await sql<{ most: unknown }>`
    select cast(max(${weight}) as double) as most from ${relationRef(real)}`.execute(workspace.db);
  const most = Number(found[0]?.most ?? 0);
  return most > 0 ? sql<number>`${weight} / ${doubleLiteral(most)}` : undefined;
}

/**
 * Children of parents whose shares were asked for are others, too: real ones are compared whose parents were left by the thinning.
 * Undefined when no parent that rows are drawn below was asked for.
 */
export async function followingSides(
  options: DeclaredOptions,
  declaredOf: (parent: TableName) => DeclaredSides | undefined,
): Promise<DeclaredSides | undefined> {
  const { workspace, table, holdout } = options;
  const key = table.foreignKeys.find(({ strategy }) => strategy === 'owner');
  const parent = key && declaredOf(key.parent);
  if (key === undefined || parent === undefined) return undefined;
  const names = [...key.parentColumns];
  const sides = [parent.real, ...(parent.holdout === undefined ? [] : [parent.holdout])].map(
    (relation) => sql`select ${columnList(names)} from ${relationRef(relation)}`,
  );
  const parents = scratch(workspace, 'declared_parents', table.label);
  await workspace.execute(
    sql`create or replace table ${relationRef(parents)} as ${sql.join(sides, sql` union all `)}`.compile(workspace.db),
  );
  const orphan = sql.join(
    key.columns.map((column) => sql`${columnRef(column, 'c')} is null`),
    sql` or `,
  );
  const left = async (from: Relation, side: 'real' | 'holdout'): Promise<Relation> => {
    const to = scratch(workspace, `declared_${side}`, table.label);
    const query = sql`create or replace table ${relationRef(to)} as select c.* from ${relationRef(from)} as c
      where ${orphan} or exists (select 1 from ${relationRef(parents)} as p where ${matches(key, 'c', 'p')})`;
    await workspace.execute(query.compile(workspace.db));
    return to;
  };
  return {
    real: await left(options.real, 'real'),
    ...(holdout !== undefined && { holdout: await left(holdout, 'holdout') }),
    following: { parent: key.parent, rows: parents },
    note: `The shares of ${displayName(key.parent)} were asked for: likeness of ${table.label} is judged against children of real rows thinned to them.`,
  };
}

/** Real rows thinned by a weight, which is divided by the greatest that occurs. */
export async function thinBy(
  options: DeclaredOptions,
  weight: RawBuilder<number>,
  note: string,
): Promise<DeclaredSides> {
  const { workspace, holdout, table } = options;
  const real = await asConditionsSee(options, options.real, 'real');
  const { rows } = await sql<{ most: unknown }>`
    select cast(max(${weight}) as double) as most from ${relationRef(real)}`.execute(workspace.db);
  const chance = sql<number>`${weight} / ${doubleLiteral(Math.max(Number(rows[0]?.most ?? 0), 1e-300))}`;
  return {
    real: await thinned(options, real, chance, scratch(workspace, 'declared_real', table.label)),
    ...(holdout !== undefined && {
      holdout: await thinned(
        options,
        await asConditionsSee(options, holdout, 'holdout'),
        chance,
        scratch(workspace, 'declared_holdout', table.label),
      ),
    }),
    note,
  };
}

async function thinned(
  { workspace, table }: DeclaredOptions,
  from: Relation,
  weight: RawBuilder<number>,
  to: Relation,
): Promise<Relation> {
  const names = [...table.schema.columns.map(({ name }) => name), SPLIT_HASH];
  // The holdout goes by the remainder of 100, halves by bits from 24 on: these are above both.
  const chance = sql`((${columnRef(SPLIT_HASH)} >> 40) % 1048576) / 1048576.0`;
  await workspace.execute(
    sql`create or replace table ${relationRef(to)} as
      select ${columnList(names)} from ${relationRef(from)} where ${chance} < ${weight}`.compile(workspace.db),
  );
  return to;
}

// What a generator learns of a table: which columns, in which form, and the view of the train rows that has them.
import { type RawBuilder, sql } from 'kysely';
import type { Relation } from '../audit.ts';
import type { Workspace } from '../connector.ts';
import { type ColumnSchema, displayName, type TableName } from '../schema.ts';
import { columnRef, relationRef } from '../sql.ts';
import type { KeySpec } from './keys/types.ts';
import { HASH, labelColumn, lookupColumn, ROW, scratch } from './names.ts';
import type { TablePlan } from './plan.ts';
import type { ForeignKeyPlan } from './relations.ts';

/** A learnt column: one of the source as it is, or the label of a key of a reference table. */
export interface LearntColumn {
  readonly schema: ColumnSchema;
  /** Number of the foreign key whose parents' labels this column holds. */
  readonly lookup?: number;
}

/** The learnt columns in the table's order; `made` columns are made from the row number instead. */
export function learntColumns(table: TablePlan, keys: readonly KeySpec[]): readonly LearntColumn[] {
  const made = new Set(keys.filter((key) => key.kind !== 'distinct').map((key) => key.column));
  return table.columns.flatMap(({ schema, role }): LearntColumn[] => {
    if (role.kind === 'learnt' || role.kind === 'key') return made.has(schema.name) ? [] : [{ schema }];
    if (role.kind !== 'foreign') return [];
    const key = table.foreignKeys.find(({ index }) => index === role.key);
    if (key === undefined || key.strategy !== 'lookup' || key.columns[0] !== schema.name) return [];
    // One text column keeps its name, so that rules of the config can speak of it; it is read as a category either way.
    const name = key.columns.length === 1 ? schema.name : lookupColumn(key.index);
    return [{ schema: labelColumn(name, key.nullable), lookup: key.index }];
  });
}

/** A copied parent's keys with a label each: `label`, the row number and the key's columns. */
export async function createLookup(workspace: Workspace, key: ForeignKeyPlan, parent: Relation): Promise<Relation> {
  const relation = scratch(workspace, 'lookup', `${displayName(key.parent)}(${key.parentColumns.join(',')})`);
  const columns = key.parentColumns.map((column) => columnRef(column));
  const filled = sql.join(
    columns.map((column) => sql`${column} is not null`),
    sql` and `,
  );
  const query = sql`create or replace table ${relationRef(relation)} as
    select *, ${columns.length === 1 ? sql`cast(${columns[0]} as varchar)` : sql`cast(${columnRef(ROW)} as varchar)`} as "label"
    from (
      select ${sql.join(columns)}, row_number() over (order by ${sql.join(columns)}) - 1 as ${columnRef(ROW)}
      from (select distinct ${sql.join(columns)} from ${relationRef(parent)} where ${filled}) as "keys"
    ) as "numbered" order by ${columnRef(ROW)}`;
  await workspace.execute(query.compile(workspace.db));
  return relation;
}

/** All labels of a lookup, in order. */
export async function lookupLabels(workspace: Workspace, lookup: Relation): Promise<readonly string[]> {
  const { rows } = await sql<{
    label: string;
  }>`select "label" from ${relationRef(lookup)} order by ${columnRef(ROW)}`.execute(workspace.db);
  return rows.map(({ label }) => label);
}

export function learntView(workspace: Workspace, name: TableName): Relation {
  return scratch(workspace, 'learnt', displayName(name));
}

/**
 * Creates the view of train rows with the subject's hash, the learnt columns in their form, and the columns of keys.
 * @param lookups by number of the foreign key
 */
export async function createLearntView(
  workspace: Workspace,
  table: TablePlan,
  columns: readonly LearntColumn[],
  train: Relation,
  lookups: ReadonlyMap<number, Relation>,
): Promise<Relation> {
  const view = learntView(workspace, table.name);
  const names = new Set(columns.map(({ schema }) => schema.name));
  const selected: RawBuilder<unknown>[] = columns.map(({ schema, lookup }) =>
    lookup === undefined
      ? columnRef(schema.name, 't')
      : sql`${columnRef('label', `k${lookup}`)} as ${columnRef(schema.name)}`,
  );
  for (const { schema, added } of table.columns) {
    if (!names.has(schema.name) && added !== true) selected.push(columnRef(schema.name, 't'));
  }
  const joins = table.foreignKeys.flatMap((key) => {
    const relation = lookups.get(key.index);
    if (relation === undefined || key.strategy !== 'lookup') return [];
    const alias = `k${key.index}`;
    return [sql`left join ${relationRef(relation)} as ${sql.id(alias)} on ${matches(key, 't', alias)}`];
  });
  await workspace.execute(
    sql`create or replace view ${relationRef(view)} as
      select ${columnRef(HASH, 't')}, ${sql.join(selected)}
      from ${relationRef(train)} as t ${sql.join(joins, sql` `)}`.compile(workspace.db),
  );
  return view;
}

/** `child.key = parent.key`, column by column. */
export function matches(key: ForeignKeyPlan, child: string, parent: string): RawBuilder<unknown> {
  return sql.join(
    key.columns.map(
      (column, i) => sql`${columnRef(column, child)} = ${columnRef(key.parentColumns[i] as string, parent)}`,
    ),
    sql` and `,
  );
}

// The rows that detectors look at: all of them, or a part picked by hash so that it is the same in each run.
import { sql } from 'kysely';
import type { Relation } from '../audit.ts';
import type { Workspace } from '../connector.ts';
import type { ColumnSchema, TableSchema } from '../schema.ts';
import { columnList, columnRef, relationRef } from '../sql.ts';

export interface TableView {
  readonly schema: TableSchema;
  /** All rows. */
  readonly whole: Relation;
  /** Rows of {@link whole}, at most about as many as were asked for. */
  readonly sample: Relation;
  readonly rows: number;
  readonly sampledRows: number;
  /** Of the sample, per column that can be compared. */
  readonly columns: readonly ColumnView[];
}

export interface ColumnView extends ColumnSchema {
  readonly present: number;
  readonly distinct: number;
  /** Share of the most frequent value among those present. */
  readonly topShare: number;
}

export async function viewTable(
  workspace: Workspace,
  schema: TableSchema,
  whole: Relation,
  maxRows: number,
  name: string,
): Promise<TableView> {
  const { db } = workspace;
  const comparable = schema.columns.filter((column) => column.type.kind !== 'unsupported');
  const names = comparable.map((column) => column.name);
  const rows = await numberOf(workspace, sql`select cast(count(*) as double) as n from ${relationRef(whole)}`);
  let sample = whole;
  let sampledRows = rows;
  if (rows > maxRows && names.length > 0) {
    sample = { catalog: workspace.scratch, schema: 'main', table: name };
    const parts = Math.ceil(rows / maxRows);
    await sql`create or replace table ${relationRef(sample)} as select ${columnList(names)} from ${relationRef(whole)}
      where hash(${columnList(names)}) % ${sql.lit(parts)} = 0`.execute(db);
    sampledRows = await numberOf(workspace, sql`select cast(count(*) as double) as n from ${relationRef(sample)}`);
  }
  const columns: ColumnView[] = [];
  for (const column of comparable) {
    const { rows: found } = await sql<{ present: number; distinct: number; top: number }>`select
        cast(coalesce(sum(n), 0) as double) as present, cast(count(*) as double) as distinct,
        cast(coalesce(max(n), 0) as double) as top
      from (select count(*) as n from ${relationRef(sample)} where ${columnRef(column.name)} is not null
        group by ${columnRef(column.name)}) as levels`.execute(db);
    const { present = 0, distinct = 0, top = 0 } = found[0] ?? {};
    columns.push({ ...column, present, distinct, topShare: present === 0 ? 1 : top / present });
  }
  return { schema, whole, sample, rows, sampledRows, columns };
}

/** Drops the sample if one was made. */
export async function closeView(workspace: Workspace, view: TableView): Promise<void> {
  if (view.sample !== view.whole) await sql`drop table if exists ${relationRef(view.sample)}`.execute(workspace.db);
}

/** The number `n` of a query with one row. */
export async function numberOf(workspace: Workspace, query: ReturnType<typeof sql>): Promise<number> {
  const { rows } = await query.execute(workspace.db);
  return Number((rows[0] as { n?: unknown } | undefined)?.n ?? 0);
}

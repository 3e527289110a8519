// Carries a mirror that stays as it is from the release before into the staged one.
import { sql } from 'kysely';
import type { Relation } from '../audit.ts';
import type { AttachedSource, Workspace } from '../connector.ts';
import { createTable } from '../mirror/finish.ts';
import type { TableName, TableSchema } from '../schema.ts';
import { relationRef } from '../sql.ts';

export async function carryTable(
  workspace: Workspace,
  before: AttachedSource,
  schema: TableSchema,
  target: Relation,
): Promise<number> {
  const from = before.relation(schema.name);
  const run = async (query: ReturnType<typeof sql>): Promise<void> => {
    await query.execute(workspace.db);
  };
  await createTable(run, target, schema.columns);
  await run(sql`insert into ${relationRef(target)} select * from ${relationRef(from)}`);
  const said = await sql<{ comment: string | null }>`
    select comment from duckdb_tables() where database_name = ${from.catalog ?? ''}
      and schema_name = ${schema.name.schema} and table_name = ${schema.name.table}`.execute(workspace.db);
  await run(sql`comment on table ${relationRef(target)} is ${sql.lit(said.rows[0]?.comment ?? '')}`);
  const counted = await sql<{ n: unknown }>`select count(*) as n from ${relationRef(target)}`.execute(workspace.db);
  return Number(counted.rows[0]?.n ?? 0);
}

/** Mirrors of scenarios that the config still has stay until they are built again. */
export async function carryScenarios(
  workspace: Workspace,
  before: AttachedSource,
  scenarios: readonly string[],
): Promise<void> {
  for (const schema of await before.tables()) {
    if (!scenarios.includes(schema.name.schema)) continue;
    await carryTable(workspace, before, schema, { schema: schema.name.schema, table: schema.name.table });
  }
}

/** The same mirror under the same name, to ask but not to keep. */
export async function showTable(
  { db }: Workspace,
  before: AttachedSource,
  name: TableName,
  target: Relation,
): Promise<void> {
  if (target.schema !== undefined) await sql`create schema if not exists ${sql.id(target.schema)}`.execute(db);
  await sql`create view ${relationRef(target)} as select * from ${relationRef(before.relation(name))}`.execute(db);
}

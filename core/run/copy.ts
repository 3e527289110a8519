// Copies a relation into the workspace's scratch database, so that files are read and parsed once.
import { sql } from 'kysely';
import type { Relation } from '../audit.ts';
import type { Workspace } from '../connector.ts';
import { relationRef } from '../sql.ts';

export async function copyToScratch(workspace: Workspace, from: Relation, name: string): Promise<Relation> {
  const copy = { catalog: workspace.scratch, schema: 'main', table: name };
  await sql`create table ${relationRef(copy)} as select * from ${relationRef(from)}`.execute(workspace.db);
  return copy;
}

export async function countRows(workspace: Workspace, relation: Relation): Promise<number> {
  const result = await sql<{ rows: number }>`select count(*) as "rows" from ${relationRef(relation)}`.execute(
    workspace.db,
  );
  return Number(result.rows[0]?.rows ?? 0);
}

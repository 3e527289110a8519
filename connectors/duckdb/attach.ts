// Databases beside the main one of a workspace: free names for them, and the attaching itself.
import { sql } from 'kysely';
import type { Database } from '../../core/audit.ts';

/** `base`, or `base_2`, `base_3`, … when a database of the workspace has that name already. */
export async function freeDatabaseName(db: Database, base: string): Promise<string> {
  const { rows } = await sql<{ name: string }>`select database_name as "name" from duckdb_databases()`.execute(db);
  const taken = new Set(rows.map(({ name }) => name.toLowerCase()));
  if (!taken.has(base.toLowerCase())) return base;
  for (let i = 2; ; i++) {
    const name = `${base}_${i}`;
    if (!taken.has(name.toLowerCase())) return name;
  }
}

/** Attaches an empty database in memory and returns its name. */
export async function attachMemory(db: Database, base: string): Promise<string> {
  const name = await freeDatabaseName(db, base);
  await sql`attach ':memory:' as ${sql.id(name)} (read_write)`.execute(db);
  return name;
}

export async function detach(db: Database, name: string): Promise<void> {
  await sql`detach ${sql.id(name)}`.execute(db);
}

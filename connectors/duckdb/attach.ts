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

/** Attaches an empty database, in memory or in a file that does not exist yet, and returns its name. */
export async function attachEmpty(db: Database, base: string, file = ':memory:'): Promise<string> {
  const name = await freeDatabaseName(db, base);
  await sql`attach ${sql.lit(file)} as ${sql.id(name)} (read_write)`.execute(db);
  return name;
}

export async function detach(db: Database, name: string): Promise<void> {
  await sql`detach ${sql.id(name)}`.execute(db);
}

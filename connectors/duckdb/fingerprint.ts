// A short text that changes when a table's schema or any of its rows change, and not with the order of rows or threads.
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Database, Relation } from '../../core/audit.ts';
import type { TableSchema } from '../../core/schema.ts';
import { columnList, relationRef } from '../../core/sql.ts';

/** Count, sum and exclusive or of the rows' 64-bit hashes: exact integers, so the same for any number of threads. */
export async function tableFingerprint(db: Database, relation: Relation, table: TableSchema): Promise<string> {
  const row = sql`hash(${columnList(table.columns.map(({ name }) => name))})`;
  const { rows } = await sql<{ count: string; sum: string; xor: string }>`
    select cast(count(*) as varchar) as "count", cast(sum(cast(h as hugeint)) as varchar) as "sum",
      cast(bit_xor(h) as varchar) as "xor"
    from (select ${row} as h from ${relationRef(relation)})`.execute(db);
  return digest([schemaText(table), JSON.stringify(rows[0])]);
}

/** All that the schema says, as text. */
export function schemaText(table: TableSchema): string {
  const { columns, primaryKey, uniques, foreignKeys } = table;
  const plain = columns.map(({ name, sqlType, nullable }) => [name, sqlType, nullable]);
  return JSON.stringify([plain, primaryKey, uniques, foreignKeys]);
}

export function digest(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex').slice(0, 32);
}

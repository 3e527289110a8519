// Counting rows that repeat a combination which should occur once.
import { type RawBuilder, sql } from 'kysely';
import type { Database, Relation } from '../../core/audit.ts';
import { columnList, columnRef, relationRef } from '../../core/sql.ts';
import { numberOf } from '../frame.ts';

/** `a IS NOT NULL AND b IS NOT NULL`: as in SQL, a key with a NULL part equals no other. */
export function allPresent(columns: readonly string[], alias?: string): RawBuilder<unknown> {
  const present = columns.map((name) => sql`${columnRef(name, alias)} IS NOT NULL`);
  return sql`(${sql.join(present, sql` AND `)})`;
}

/** Rows beyond the first of each combination without NULLs. */
export function duplicateRows(db: Database, relation: Relation, columns: readonly string[]): Promise<number> {
  return numberOf(
    db,
    sql`SELECT CAST(coalesce(sum(m - 1), 0) AS DOUBLE) AS n FROM (
      SELECT count(*) AS m FROM ${relationRef(relation)} WHERE ${allPresent(columns)} GROUP BY ${columnList(columns)}
    ) AS groups`,
  );
}

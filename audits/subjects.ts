// Whose row it is: people are what leaks, so that attacks and group sizes count them, not their rows.
import { type RawBuilder, sql } from 'kysely';
import type { AuditInput, Relation } from '../core/audit.ts';
import { columnRef } from '../core/sql.ts';
import { columnNames } from './frame.ts';

/**
 * An expression that is equal for rows of one subject, made of the names of `target.subject`; undefined when the table has no
 * subject or the relation lacks its columns: then each row counts as a person. A row whose subject is NULL has none.
 */
export async function subjectOf(input: AuditInput, relation: Relation): Promise<RawBuilder<unknown> | undefined> {
  const names = input.target.subject ?? [];
  if (names.length === 0) return undefined;
  const present = await columnNames(input.db, relation);
  if (!names.every((name) => present.has(name))) return undefined;
  // Text, as the two sides of a comparison may spell one type differently.
  return sql`hash(${sql.join(names.map((name) => sql`CAST(${columnRef(name)} AS VARCHAR)`))})`;
}

/** Rows of whole subjects per side that are looked at: shares of cells are then known to .1 % or better. */
const mostRows = 200_000;
export const subjectParts: number = 2 ** 30;

/** Subjects whose hash, divided by {@link subjectParts}, leaves less than this are looked at: all of them, or about 200,000 rows. */
export function subjectShare(rows: number): number {
  return Math.ceil(Math.min(1, mostRows / Math.max(1, rows)) * subjectParts);
}

// How many rows have each combination of codes, for many combinations of columns at once.
import { sql } from 'kysely';
import type { Database, Relation } from '../core/audit.ts';
import { relationRef } from '../core/sql.ts';
import { type Cell, type TotalVariation, totalVariation } from './statistics/tvd.ts';

/** Codes are below this: 10 bins or 15 categories, the others, NULL. */
const base = 32;
const groupsPerQuery = 32;

/** Rows per combination of codes, the codes packed into one number. */
export type CodeCounts = ReadonlyMap<number, number>;

/** One map per group of columns (names in the coded table). One to three columns a group. */
export async function countCodes(
  db: Database,
  codes: Relation,
  groups: readonly (readonly string[])[],
): Promise<readonly CodeCounts[]> {
  const counts = groups.map(() => new Map<number, number>());
  for (let from = 0; from < groups.length; from += groupsPerQuery) {
    const selects = groups.slice(from, from + groupsPerQuery).map((group, k) => {
      const columns = group.map((name) => sql.id(name));
      const cell = sql.join(
        columns.map((column, i) => sql`CAST(${column} AS INTEGER) * ${sql.lit(base ** (group.length - 1 - i))}`),
        sql` + `,
      );
      return sql`SELECT ${sql.lit(from + k)} AS item, ${cell} AS cell, CAST(count(*) AS DOUBLE) AS m
        FROM ${relationRef(codes)} GROUP BY ${sql.join(columns)}`;
    });
    const union = sql<{ item: number; cell: number; m: number }>`${sql.join(selects, sql` UNION ALL `)}`;
    for (const { item, cell, m } of (await union.execute(db)).rows) counts[Number(item)]?.set(Number(cell), m);
  }
  return counts;
}

/** The cells of two sides side by side; none when a side was not counted. */
export function cellsOf(a: CodeCounts | undefined, b: CodeCounts | undefined): readonly Cell[] {
  if (a === undefined || b === undefined) return [];
  return [...new Set([...a.keys(), ...b.keys()])].map((cell) => ({ a: a.get(cell) ?? 0, b: b.get(cell) ?? 0 }));
}

/**
 * Total variation distance of two sides; undefined when one has no rows or was not counted. `worth`: the share of rows that
 * counts for its noise, less than 1 for rows that come in clusters.
 */
export function compareCounts(
  a: CodeCounts | undefined,
  b: CodeCounts | undefined,
  worth: number,
): TotalVariation | undefined {
  return totalVariation(cellsOf(a, b), { a: worth, b: worth });
}

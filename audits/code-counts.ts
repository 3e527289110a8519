// How many rows have each combination of codes, for many combinations of columns at once.
import { sql } from 'kysely';
import type { Database, Relation } from '../core/audit.ts';
import { relationRef } from '../core/sql.ts';
import { coverPairs } from './code-cover.ts';
import { type Cell, type TotalVariation, totalVariation } from './statistics/tvd.ts';

/** Codes are below this: 10 bins or 15 categories, the others, NULL. */
export const codeBase = 32;
const groupsPerQuery = 32;
/** Fewer pairs are not worth another step. */
const leastPairs = 6;

/** Rows per combination of codes, the codes packed into one number. */
export type CodeCounts = ReadonlyMap<number, number>;

/** One map per group of columns (names in the coded table). One to three columns a group. */
export async function countCodes(
  db: Database,
  codes: Relation,
  groups: readonly (readonly string[])[],
): Promise<readonly CodeCounts[]> {
  const isPair = (group: readonly string[]): group is readonly [string, string] => group.length === 2;
  if (groups.length >= leastPairs && groups.every(isPair)) return countPairs(db, codes, groups);
  const counts = groups.map(() => new Map<number, number>());
  for (let from = 0; from < groups.length; from += groupsPerQuery) {
    const selects = groups.slice(from, from + groupsPerQuery).map((group, k) => {
      const columns = group.map((name) => sql.id(name));
      const cell = sql.join(
        columns.map((column, i) => sql`CAST(${column} AS INTEGER) * ${sql.lit(codeBase ** (group.length - 1 - i))}`),
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

interface PairCell {
  readonly item: number;
  /** NULL for the column that was added up. */
  readonly a: number | null;
  readonly b: number | null;
  readonly c: number | null;
  readonly m: number;
}

/** Counts groups of three columns, a third as many, and adds their cells up to those of pairs. */
async function countPairs(
  db: Database,
  codes: Relation,
  pairs: readonly (readonly [string, string])[],
): Promise<readonly CodeCounts[]> {
  const counts = pairs.map(() => new Map<number, number>());
  const groups = coverPairs(pairs);
  for (let from = 0; from < groups.length; from += groupsPerQuery) {
    const selects = groups.slice(from, from + groupsPerQuery).map(({ columns: [a, b, c] }, k) => {
      return sql`SELECT ${sql.lit(from + k)} AS item, ${sql.id(a)} AS a, ${sql.id(b)} AS b, ${sql.id(c)} AS c, count(*) AS m
        FROM ${relationRef(codes)} GROUP BY ${sql.id(a)}, ${sql.id(b)}, ${sql.id(c)}`;
    });
    const { rows } = await sql<PairCell>`
      WITH cells AS MATERIALIZED (${sql.join(selects, sql` UNION ALL `)})
      SELECT item, a, b, c, CAST(sum(m) AS DOUBLE) AS m FROM cells
      GROUP BY GROUPING SETS ((item, a, b), (item, a, c), (item, b, c))`.execute(db);
    for (const { item, a, b, c, m } of rows) {
      const group = groups[Number(item)];
      const without = a === null ? 0 : b === null ? 1 : 2;
      const [x, y] = [a ?? b ?? 0, c ?? b ?? 0];
      for (const { pair, without: other } of group?.pairs ?? []) {
        if (other !== without) continue;
        // The pair may name its columns the other way round.
        const inOrder = pairs[pair]?.[0] === group?.columns[without === 0 ? 1 : 0];
        counts[pair]?.set(inOrder ? x * codeBase + y : y * codeBase + x, m);
      }
    }
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

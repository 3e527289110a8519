// How much rows tell that come in clusters: rows of one subject resemble each other, so that they are worth fewer independent ones.
import { sql } from 'kysely';
import type { Database, Relation } from '../core/audit.ts';
import { columnRef, relationRef } from '../core/sql.ts';
import { minimumPooledCount } from './statistics/tvd.ts';

/** Columns that a coded table of clustered rows carries: whose row it is (a hash), and how many rows that one has. */
export const SUBJECT = 'synth_subject';
export const SIZE = 'synth_size';
export const carriedColumns: readonly string[] = [SUBJECT, SIZE];

const groupsPerQuery = 32;
/** Rows of whole subjects that are enough to see how alike they are. */
const mostRows = 30_000;
const parts = 2 ** 20;

/**
 * Per group of code columns, the share of rows that counts for the noise of its cells' shares, in (0, 1]: the mean standard
 * deviation of a share under independent rows over that under independent subjects, squared (the inverse design effect, Kish
 * 1965). A cell's count has the variance Σ (m − p s)² over subjects with s rows, m of them in the cell.
 */
export async function worthOf(
  db: Database,
  codes: Relation,
  rows: number,
  groups: readonly (readonly string[])[],
): Promise<readonly number[]> {
  const share = Math.min(1, mostRows / Math.max(1, rows));
  const picked = sql`${relationRef(codes)} WHERE ${columnRef(SUBJECT)} % ${sql.lit(parts)} < ${sql.lit(Math.ceil(share * parts))}`;
  const totals = await sql<{ n: number; squares: number }>`
    SELECT CAST(count(*) AS DOUBLE) AS n, CAST(sum(${columnRef(SIZE)}) AS DOUBLE) AS squares FROM ${picked}`.execute(
    db,
  );
  const { n = 0, squares = 0 } = totals.rows[0] ?? {};
  const sums = groups.map(() => ({ independent: 0, clustered: 0 }));
  for (let from = 0; from < groups.length; from += groupsPerQuery) {
    const selects = groups.slice(from, from + groupsPerQuery).map((group, i) => {
      const columns = sql.join(group.map((name) => sql.id(name)));
      return sql`SELECT ${sql.lit(from + i)} AS item, CAST(sum(m) AS DOUBLE) AS m, CAST(sum(m * m) AS DOUBLE) AS mm,
          CAST(sum(m * s) AS DOUBLE) AS ms
        FROM (SELECT ${columns}, count(*) AS m, any_value(${columnRef(SIZE)}) AS s FROM ${picked}
          GROUP BY ${columnRef(SUBJECT)}, ${columns}) AS cells GROUP BY ${columns}`;
    });
    const union = sql<{ item: number; m: number; mm: number; ms: number }>`${sql.join(selects, sql` UNION ALL `)}`;
    const { rows: cells } = await union.execute(db);
    // Cells arrive in the engine's order: sorted, the sums do not depend on it.
    cells.sort((x, y) => x.m - y.m || x.mm - y.mm || x.ms - y.ms);
    for (const { item, m, mm, ms } of cells) {
      const sum = sums[Number(item)];
      if (sum === undefined || m < minimumPooledCount) continue;
      const p = m / n;
      sum.independent += Math.sqrt(n * p * (1 - p));
      sum.clustered += Math.sqrt(Math.max(0, mm - 2 * p * ms + p * p * squares));
    }
  }
  return sums.map(({ independent, clustered }) => (clustered > independent ? (independent / clustered) ** 2 : 1));
}

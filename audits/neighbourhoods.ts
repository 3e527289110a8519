// Which rows of large tables are looked at, so that rows which are near each other are still in the sample together.
import { type RawBuilder, sql } from 'kysely';
import { relationRef } from '../core/sql.ts';
import type { Frame } from './frame.ts';

/** Rows of a side up to which all of them are looked at. */
export const neighbourhoodRows = 40_000;

/** A condition on the columns of the frame's tables, and a name for it. */
export interface Neighbourhoods {
  readonly key: string;
  readonly condition: RawBuilder<unknown>;
}

/**
 * Picking single rows of a million by hash would part a copy from its original nearly always. So whole combinations of
 * categories are picked, by a hash of them, until they hold about `limit` real rows: the same for all sides, since they
 * depend on values alone. A jittered number leaves no combination. Undefined when no side has more rows than that, or no column
 * is a category.
 */
export async function neighbourhoodsOf(frame: Frame, limit: number, seed: number): Promise<Neighbourhoods | undefined> {
  const { n, columns } = frame;
  const categories = columns.filter(({ kind }) => kind === 'category').sort((a, b) => (a.name < b.name ? -1 : 1));
  const largest = Math.max(n.real, n.synthetic, n.holdout);
  if (largest <= limit || categories.length === 0 || n.real === 0) return undefined;
  const key = `neighbourhoods:${limit}:${seed}`;
  const cell = sql`hash(${sql.lit(seed)}, ${sql.join(categories.map(({ value }) => sql.id(value)))})`;
  const real = Math.max(1, Math.floor((limit * n.real) / largest));
  const { real: rows } = await frame.sides();
  return frame.memo(key, async () => {
    const picked = await frame.temporary(sql`
      SELECT cell FROM (
        SELECT cell, sum(rows_of) OVER (ORDER BY cell) - rows_of AS before FROM (
          SELECT ${cell} AS cell, count(*) AS rows_of FROM ${relationRef(rows)} GROUP BY cell) AS counted) AS summed
      WHERE before < ${sql.lit(real)}`);
    return { key, condition: sql`${cell} IN (SELECT cell FROM ${relationRef(picked)})` };
  });
}

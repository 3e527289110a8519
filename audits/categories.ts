// How often each value of a column occurs on each side: counted once, for all audits of categories.
import { type RawBuilder, sql } from 'kysely';
import type { Database, Relation } from '../core/audit.ts';
import { relationRef } from '../core/sql.ts';
import type { Frame, FrameColumn } from './frame.ts';

/** `times` values have `real`, `synthetic` and `holdout` rows: small even for a million categories, and no value is in it. */
export interface CategoryCount {
  readonly real: number;
  readonly synthetic: number;
  readonly holdout: number;
  readonly times: number;
  /** NULL: never pooled with others, and never a category that can be lost. */
  readonly missing: boolean;
}

export function categoryCounts(db: Database, frame: Frame, column: FrameColumn): Promise<readonly CategoryCount[]> {
  return frame.memo(`categories:${column.value}`, () => query(db, frame, column));
}

async function query(db: Database, frame: Frame, column: FrameColumn): Promise<readonly CategoryCount[]> {
  const v = sql.id(column.value);
  const { real, synthetic, holdout } = frame.sides;
  const side = (relation: Relation, number: RawBuilder<unknown>): RawBuilder<unknown> =>
    sql`SELECT ${v} AS v, ${number} AS side, count(*) AS c FROM ${relationRef(relation)} GROUP BY ${v}`;
  const union = [side(real, sql`0`), side(synthetic, sql`1`)];
  if (holdout !== undefined) union.push(side(holdout, sql`2`));
  const { rows } = await sql<CategoryCount>`
    SELECT CAST(r AS DOUBLE) AS real, CAST(s AS DOUBLE) AS synthetic, CAST(h AS DOUBLE) AS holdout,
      CAST(count(*) AS DOUBLE) AS times, v IS NULL AS missing
    FROM (SELECT v, coalesce(sum(c) FILTER (side = 0), 0) AS r, coalesce(sum(c) FILTER (side = 1), 0) AS s,
        coalesce(sum(c) FILTER (side = 2), 0) AS h
      FROM (${sql.join(union, sql` UNION ALL `)}) AS sides GROUP BY v) AS categories
    GROUP BY r, s, h, v IS NULL ORDER BY ALL`.execute(db);
  return rows;
}

/** Sum of `weight` over all values. */
export function sumOf(counts: readonly CategoryCount[], weight: (count: CategoryCount) => number): number {
  return counts.reduce((sum, count) => sum + count.times * weight(count), 0);
}

// How often each value of a column occurs on each side: counted once, for all audits of categories.
import { type RawBuilder, sql } from 'kysely';
import type { AuditInput, Relation } from '../core/audit.ts';
import { relationRef } from '../core/sql.ts';
import type { Frame, FrameColumn } from './frame.ts';
import { type MemoryColumn, memoryOf } from './memory/table.ts';

/** `times` values have `real`, `synthetic` and `holdout` rows: small even for a million categories, and no value is in it. */
export interface CategoryCount {
  readonly real: number;
  readonly synthetic: number;
  readonly holdout: number;
  readonly times: number;
  /** NULL: never pooled with others, and never a category that can be lost. */
  readonly missing: boolean;
}

export function categoryCounts(
  input: AuditInput,
  frame: Frame,
  column: FrameColumn,
): Promise<readonly CategoryCount[]> {
  return frame.memo(`categories:${column.value}`, async () => {
    const memory = (await memoryOf(input, frame))?.columns.find((other) => other.column.value === column.value);
    return memory === undefined ? queryCategories(input, frame, column) : countCategories(memory);
  });
}

/** In memory, as {@link queryCategories} counts in the engine. */
export function countCategories({
  levels,
  counts: { real, synthetic, holdout },
}: MemoryColumn): readonly CategoryCount[] {
  const found = new Map<string, { -readonly [Key in keyof CategoryCount]: CategoryCount[Key] }>();
  for (let level = 0; level <= levels; level++) {
    const [r, s, h] = [real[level] as number, synthetic[level] as number, holdout[level] as number];
    // Only NULL may be a level that no row has.
    if (r + s + h === 0) continue;
    const key = `${r} ${s} ${h} ${level === 0}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, { real: r, synthetic: s, holdout: h, times: 1, missing: level === 0 });
    else known.times++;
  }
  return [...found.values()].sort(
    (a, b) =>
      a.real - b.real ||
      a.synthetic - b.synthetic ||
      a.holdout - b.holdout ||
      a.times - b.times ||
      Number(a.missing) - Number(b.missing),
  );
}

export async function queryCategories(
  { db }: Pick<AuditInput, 'db'>,
  frame: Frame,
  column: FrameColumn,
): Promise<readonly CategoryCount[]> {
  const v = sql.id(column.value);
  const { real, synthetic, holdout } = await frame.sides();
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

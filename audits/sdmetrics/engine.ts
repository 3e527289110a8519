// The parts of SDMetrics' score (score.ts) by queries, for tables that are not read into memory.
import { type RawBuilder, sql } from 'kysely';
import type { AuditInput, Database, Relation } from '../../core/audit.ts';
import { relationRef } from '../../core/sql.ts';
import type { Frame, FrameColumn, Sides } from '../frame.ts';
import { type Coded, codedOf } from './coded.ts';
import type { Contingency, ScoreParts } from './score.ts';

export async function queryParts(input: AuditInput, frame: Frame): Promise<ScoreParts> {
  const { db } = input;
  const coded = await codedOf(input, frame);
  return {
    shapes: await numberShapes(db, frame.columns, await frame.sides()),
    correlations: await correlations(db, frame, coded),
    contingencies: await contingencies(db, frame, coded),
  };
}

async function numberShapes(db: Database, columns: readonly FrameColumn[], sides: Sides): Promise<readonly number[]> {
  const selects = columns
    .filter(({ kind }) => kind === 'number')
    .map(({ value }) => {
      const v = sql.id(value);
      const side = (relation: Relation, number: 0 | 1): RawBuilder<unknown> =>
        sql`SELECT round(${v}, 14) AS v, CAST(count(*) AS DOUBLE) AS c, ${sql.lit(number)} AS side
          FROM ${relationRef(relation)} WHERE NOT isnan(${v}) GROUP BY 1`;
      return sql`SELECT 1 - max(abs(fr - fs)) AS shape FROM (
        SELECT coalesce(sum(c) FILTER (side = 0) OVER w, 0) / sum(c) FILTER (side = 0) OVER () AS fr,
          coalesce(sum(c) FILTER (side = 1) OVER w, 0) / sum(c) FILTER (side = 1) OVER () AS fs
        FROM (${side(sides.real, 0)} UNION ALL ${side(sides.synthetic, 1)}) AS counts
        WINDOW w AS (ORDER BY v RANGE UNBOUNDED PRECEDING)) AS steps`;
    });
  if (selects.length === 0) return [];
  const { rows } = await sql<{ shape: number | null }>`${sql.join(selects, sql` UNION ALL `)}`.execute(db);
  return rows.flatMap(({ shape }) => shape ?? []);
}

async function correlations(db: Database, frame: Frame, { table, varied }: Coded): Promise<ScoreParts['correlations']> {
  const numbers = frame.columns.map(({ value }) => value).filter((value) => varied.has(value));
  const pairs = numbers.flatMap((a, i) => numbers.slice(i + 1).map((b) => [a, b] as const));
  if (pairs.length === 0) return [];
  const of = (side: 0 | 1): RawBuilder<unknown>[] =>
    pairs.map(
      ([a, b], k) =>
        sql`corr(${sql.id(`x${a}`)}, ${sql.id(`x${b}`)}) FILTER (side = ${sql.lit(side)}) AS ${sql.id(`${side ? 's' : 'r'}${k}`)}`,
    );
  const query = sql<Record<string, number | null>>`SELECT ${sql.join([...of(0), ...of(1)])} FROM ${relationRef(table)}`;
  const row = (await query.execute(db)).rows[0] ?? {};
  return pairs.map((_, k) => ({ real: row[`r${k}`] ?? Number.NaN, synthetic: row[`s${k}`] ?? Number.NaN }));
}

async function contingencies(db: Database, frame: Frame, { table, ranged }: Coded): Promise<readonly Contingency[]> {
  const usable = frame.columns.filter(({ value, kind }) => kind === 'category' || ranged.has(value));
  const pairs = usable.flatMap((a, i) =>
    usable
      .slice(i + 1)
      .flatMap((b) => (a.kind === 'number' && b.kind === 'number' ? [] : [[a.value, b.value] as const])),
  );
  if (pairs.length === 0) return [];
  const cells = pairs.map(
    ([a, b], k) => sql`SELECT ${sql.lit(k)} AS pair, ${sql.id(a)} AS a, ${sql.id(b)} AS b, side,
      CAST(count(*) AS DOUBLE) AS c FROM ${relationRef(table)} GROUP BY side, ${sql.id(a)}, ${sql.id(b)}`,
  );
  const { rows } = await sql<Contingency>`
    WITH cells AS (${sql.join(cells, sql` UNION ALL `)}),
      sides AS (SELECT CAST(count(*) FILTER (side = 0) AS DOUBLE) AS n, CAST(count(*) FILTER (side = 1) AS DOUBLE) AS m
        FROM ${relationRef(table)}),
      counts AS (SELECT pair, a, b, coalesce(sum(c) FILTER (side = 0), 0) AS r, coalesce(sum(c) FILTER (side = 1), 0) AS s
        FROM cells GROUP BY ALL),
      totals AS (SELECT pair, a, b, r, s, sum(r) OVER (PARTITION BY pair, a) AS ra, sum(r) OVER (PARTITION BY pair, b) AS rb
        FROM counts)
    SELECT sum(abs(r / n - s / m)) / 2 AS apart, sum(r * r / (ra * rb)) FILTER (r > 0) AS together,
      CAST(least(count(DISTINCT a) FILTER (r > 0), count(DISTINCT b) FILTER (r > 0)) AS DOUBLE) AS "least"
    FROM totals, sides GROUP BY pair ORDER BY pair`.execute(db);
  return rows;
}

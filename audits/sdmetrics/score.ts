// The quality score of SDMetrics' QualityReport (0.27 and later), its binning and its choice of pairs included.
import { type RawBuilder, sql } from 'kysely';
import type { AuditInput, Database, Relation } from '../../core/audit.ts';
import { relationRef } from '../../core/sql.ts';
import { categoryCounts, sumOf } from '../categories.ts';
import type { Frame, FrameColumn } from '../frame.ts';
import { type Coded, codedOf } from './coded.ts';

/** Pairs count when the real table has more than this of Pearson's correlation, or of Cramér's V. */
const leastCorrelation = 0.5;
const leastAssociation = 0.3;

export interface SdmetricsScore {
  /** Mean over columns of 1 − KS distance or 1 − total variation distance; null when no column has one. */
  readonly shapes: number | null;
  /** Mean over the pairs that count of 1 − half the difference of correlations, or 1 − total variation distance. */
  readonly trends: number | null;
  readonly pairs: { readonly counted: number; readonly all: number };
}

/**
 * As the report computes it: missing values are left out of single columns; each side's numbers are binned on its OWN ten
 * equal-width edges where they meet categories; categories that only the mirror has count 1e-6 real rows. Where it samples
 * 50,000 rows by chance, some 50,000 picked by hash are taken.
 */
export async function sdmetricsScore(input: AuditInput, frame: Frame): Promise<SdmetricsScore> {
  const { db } = input;
  const shapes = [...(await numberShapes(db, frame))];
  for (const column of frame.columns.filter(({ kind }) => kind === 'category')) {
    const shape = await categoryShape(db, frame, column);
    if (shape !== undefined) shapes.push(shape);
  }
  const coded = await codedOf(input, frame);
  const trends = [...(await correlations(db, frame, coded)), ...(await contingencies(db, frame, coded))];
  const { length: width } = frame.columns;
  return {
    shapes: meanOf(shapes),
    trends: meanOf(trends),
    pairs: { counted: trends.length, all: (width * (width - 1)) / 2 },
  };
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** 1 − KS distance of each number with values on both sides, rounded to 14 decimals. */
async function numberShapes(db: Database, { columns, sides }: Frame): Promise<readonly number[]> {
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

async function categoryShape(db: Database, frame: Frame, column: FrameColumn): Promise<number | undefined> {
  const counts = (await categoryCounts(db, frame, column)).filter(({ missing }) => !missing);
  const invented = sumOf(counts, ({ real, synthetic }) => (real === 0 && synthetic > 0 ? 1e-6 : 0));
  const n = sumOf(counts, ({ real }) => real);
  const m = sumOf(counts, ({ synthetic }) => synthetic);
  if (n === 0 || m === 0) return undefined;
  const apart = sumOf(counts, ({ real, synthetic }) => {
    if (real === 0 && synthetic === 0) return 0;
    return Math.abs(synthetic / m - (real === 0 ? 1e-6 : real) / (n + invented));
  });
  return 1 - apart / 2;
}

/** 1 − half the difference of Pearson's correlation, of every two numbers that the real table relates. */
async function correlations(db: Database, frame: Frame, { table, varied }: Coded): Promise<readonly number[]> {
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
  return pairs.flatMap((_, k) => {
    const [real, synthetic] = [row[`r${k}`] ?? Number.NaN, row[`s${k}`] ?? Number.NaN];
    return Math.abs(real) > leastCorrelation && !Number.isNaN(synthetic) ? 1 - Math.abs(real - synthetic) / 2 : [];
  });
}

interface Contingency {
  readonly apart: number;
  /** Σ r² / (row total · column total): one more than χ² / n. */
  readonly together: number;
  readonly least: number;
}

/** 1 − total variation distance, of every two columns, one a category, that the real table relates. */
async function contingencies(db: Database, frame: Frame, { table, ranged }: Coded): Promise<readonly number[]> {
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
  return rows.flatMap(({ apart, together, least }) => {
    // A side without rows has no shares.
    if (least < 2 || !Number.isFinite(apart)) return [];
    const association = Math.sqrt(Math.max(0, together - 1) / (least - 1));
    return association > leastAssociation ? 1 - apart : [];
  });
}

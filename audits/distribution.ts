// All that audits ask of one numeric column: one window query over the value counts of all sides.
import { type RawBuilder, sql } from 'kysely';
import type { AuditInput, Relation } from '../core/audit.ts';
import { relationRef } from '../core/sql.ts';
import type { Frame, FrameColumn } from './frame.ts';
import { distributionOfCounts } from './memory/distribution.ts';
import { memoryOf } from './memory/table.ts';
import type { Sizes } from './noise.ts';

/** Moments and rows of the finite values of one side. Moments are in units of `Distribution.deviation`'s. */
export interface Moments {
  readonly n: number;
  readonly variance: number | null;
  /** Fourth central moment over the squared variance; null for a constant. */
  readonly kurtosis: number | null;
}

/** Rows of each side beyond a quantile of the real values. */
export type TailRows = Sizes;

export interface Distribution {
  /** Rows with a value. */
  readonly n: Sizes;
  /** Different real values. */
  readonly distinct: number;
  /** Largest distance of the distribution functions, real against mirror and against holdout; null when a side is empty. */
  readonly ks: { readonly synthetic: number | null; readonly holdout: number | null };
  /** ∫ |F − G| dx over the finite values, and √(H(1−H)) integrated, H being both samples' pooled distribution function. */
  readonly w1: { readonly synthetic: number | null; readonly holdout: number | null; readonly spread: number | null };
  /** Standard deviation of the finite real values, in the same unit as `w1`. */
  readonly deviation: number | null;
  readonly moments: { readonly real: Moments; readonly synthetic: Moments; readonly holdout: Moments };
  /** Mirror rows outside the range of all real rows; NaN and ±Infinity have no place in a range: each may occur when real. */
  readonly outside: number;
  /** Extremes of the mirror that equal a real extreme which fewer than k real rows hold. */
  readonly heldExtremes: number;
  /** Finite values below the real .01 quantile and above the real .99 quantile. */
  readonly tails: { readonly low: TailRows; readonly high: TailRows };
  /** Ends of the k-th least to k-th greatest real value, of the mirror, and of 99 of 100 samples of the mirror's size. */
  readonly reach: { readonly real: Reach; readonly synthetic: Reach; readonly null: Reach } | null;
}

export interface Reach {
  readonly low: number;
  readonly high: number;
}

/** Computed once per column, for all audits of numbers. */
export function distributionOf(input: AuditInput, frame: Frame, column: FrameColumn): Promise<Distribution> {
  return frame.memo(`distribution:${column.value}`, async () => {
    const memory = (await memoryOf(input, frame))?.columns.find((other) => other.column.value === column.value);
    if (memory === undefined) return queryDistribution(input, frame, column);
    return distributionOfCounts(memory, input.target.k);
  });
}

/** As {@link distributionOfCounts} computes it of counts in memory. */
export async function queryDistribution(input: AuditInput, frame: Frame, column: FrameColumn): Promise<Distribution> {
  return read(await query(input, frame, column));
}

type Row = Readonly<Record<string, number | null>>;

async function query({ db, target }: AuditInput, frame: Frame, column: FrameColumn): Promise<Row> {
  const v = sql.id(column.value);
  const { real, synthetic, holdout } = await frame.sides();
  const side = (relation: Relation, number: RawBuilder<unknown>): RawBuilder<unknown> =>
    sql`SELECT ${v} AS v, ${number} AS side FROM ${relationRef(relation)} WHERE ${v} IS NOT NULL`;
  const union = [side(real, sql`0`), side(synthetic, sql`1`)];
  if (holdout !== undefined) union.push(side(holdout, sql`2`));
  const k = sql.lit(target.k);
  // A tail of u is missed by all rows of a mirror with probability (1 − u)^n: .005 on each side.
  const { rows } = await sql<Row>`
    WITH counts AS MATERIALIZED (
      SELECT v, count(*) FILTER (side = 0) AS r, count(*) FILTER (side = 1) AS s, count(*) FILTER (side = 2) AS h
      FROM (${sql.join(union, sql` UNION ALL `)}) AS sides GROUP BY v),
    extent AS (
      -- Values are divided by the greatest real magnitude, or sums of squares near 1e308 would overflow.
      SELECT CASE WHEN max(abs(v)) > 0 THEN max(abs(v)) ELSE 1 END AS scale FROM counts WHERE isfinite(v) AND r > 0),
    totals AS (
      SELECT CAST(sum(r) AS DOUBLE) AS nr, CAST(sum(s) AS DOUBLE) AS ns, CAST(sum(h) AS DOUBLE) AS nh,
        coalesce(sum(r) FILTER (isfinite(v)), 0)::DOUBLE AS fnr, coalesce(sum(s) FILTER (isfinite(v)), 0)::DOUBLE AS fns,
        coalesce(sum(h) FILTER (isfinite(v)), 0)::DOUBLE AS fnh, coalesce(sum(r) FILTER (v = '-inf'::DOUBLE), 0) AS bottoms,
        min(v) FILTER (isfinite(v) AND r + h > 0) AS lo, max(v) FILTER (isfinite(v) AND r + h > 0) AS hi,
        min(v) FILTER (isfinite(v) AND s > 0) AS mirror_lo, max(v) FILTER (isfinite(v) AND s > 0) AS mirror_hi,
        sum(r * (v / scale)) FILTER (isfinite(v)) / nullif(fnr, 0) AS mean_r,
        sum(s * (v / scale)) FILTER (isfinite(v)) / nullif(fns, 0) AS mean_s,
        sum(h * (v / scale)) FILTER (isfinite(v)) / nullif(fnh, 0) AS mean_h,
        1 - power(0.005, 1 / greatest(1, fns)) AS missed
      FROM counts, extent),
    steps AS (
      SELECT v, r, s, h, sum(r) OVER w - bottoms AS cr, CAST(sum(r) OVER w AS DOUBLE) / nullif(nr, 0) AS fr,
        CAST(sum(s) OVER w AS DOUBLE) / nullif(ns, 0) AS fs, CAST(sum(h) OVER w AS DOUBLE) / nullif(nh, 0) AS fh,
        CAST(sum(r + s) OVER w AS DOUBLE) / nullif(nr + ns, 0) AS fp,
        lead(v) OVER (ORDER BY v) / scale - v / scale AS gap, v / scale AS x, isfinite(v) AS finite
      FROM counts, totals, extent WINDOW w AS (ORDER BY v ROWS UNBOUNDED PRECEDING))
    SELECT max(abs(fr - fs)) AS ks, max(abs(fr - fh)) AS ks_h,
      sum(abs(fr - fs) * gap) FILTER (isfinite(gap)) AS w1, sum(abs(fr - fh) * gap) FILTER (isfinite(gap)) AS w1_h,
      sum(sqrt(greatest(0, fp * (1 - fp))) * gap) FILTER (isfinite(gap)) AS spread,
      any_value(nr) AS n_r, any_value(ns) AS n_s, any_value(nh) AS n_h, CAST(count(*) FILTER (r > 0) AS DOUBLE) AS "distinct",
      any_value(fnr) AS finite_r, any_value(fns) AS finite_s, any_value(fnh) AS finite_h,
      ${sql.join(
        ['r', 's', 'h'].map((name) => {
          const [weight, mean] = [sql.id(name), sql.id(`mean_${name}`)];
          return sql`sum(${weight} * power(x - ${mean}, 2)) FILTER (finite AND ${weight} > 0) AS ${sql.id(`square_${name}`)},
            sum(${weight} * power(x - ${mean}, 4)) FILTER (finite AND ${weight} > 0) AS ${sql.id(`fourth_${name}`)},
            CAST(sum(${weight}) FILTER (finite AND cr < 0.01 * fnr) AS DOUBLE) AS ${sql.id(`low_${name}`)},
            CAST(sum(${weight}) FILTER (finite AND cr - r >= 0.99 * fnr) AS DOUBLE) AS ${sql.id(`high_${name}`)}`;
        }),
      )},
      CAST(sum(s) FILTER (CASE WHEN finite THEN lo IS NULL OR v < lo OR v > hi ELSE r + h = 0 END) AS DOUBLE) AS outside,
      CAST(count(*) FILTER (r + h < ${k} AND ((v = lo AND v = mirror_lo) OR (v = hi AND v = mirror_hi))) AS DOUBLE) AS held,
      min(x) FILTER (finite AND cr >= ${k}) AS reach_low, max(x) FILTER (finite AND fnr - cr + r >= ${k}) AS reach_high,
      min(x) FILTER (finite AND cr >= missed * fnr) AS null_low,
      max(x) FILTER (finite AND fnr - cr + r >= missed * fnr AND r > 0) AS null_high,
      min(x) FILTER (finite AND s > 0) AS mirror_low, max(x) FILTER (finite AND s > 0) AS mirror_high
    FROM steps, totals`.execute(db);
  return rows[0] ?? {};
}

function read(row: Row): Distribution {
  const count = (name: string): number => Number(row[name] ?? 0);
  const sizes = (name: string): Sizes => ({
    real: count(`${name}_r`),
    synthetic: count(`${name}_s`),
    holdout: count(`${name}_h`),
  });
  const n = sizes('n');
  const empty = n.real === 0 || n.synthetic === 0;
  const noHoldout = n.real === 0 || n.holdout === 0;
  const moments = { real: momentsOf(row, 'r'), synthetic: momentsOf(row, 's'), holdout: momentsOf(row, 'h') };
  return {
    n,
    distinct: count('distinct'),
    ks: { synthetic: empty ? null : count('ks'), holdout: noHoldout ? null : count('ks_h') },
    w1: {
      synthetic: empty ? null : count('w1'),
      holdout: noHoldout ? null : count('w1_h'),
      spread: row.spread ?? null,
    },
    deviation: moments.real.variance === null ? null : Math.sqrt(moments.real.variance),
    moments,
    outside: count('outside'),
    heldExtremes: count('held'),
    tails: { low: sizes('low'), high: sizes('high') },
    reach: reachOf(row),
  };
}

function momentsOf(row: Row, side: string): Moments {
  const n = Number(row[`finite_${side}`] ?? 0);
  const square = row[`square_${side}`] ?? null;
  const fourth = row[`fourth_${side}`] ?? null;
  if (n === 0 || square === null || fourth === null) return { n, variance: null, kurtosis: null };
  const variance = square / n;
  return { n, variance, kurtosis: variance > 0 ? fourth / n / (variance * variance) : null };
}

function reachOf(row: Row): Distribution['reach'] {
  const { reach_low, reach_high, mirror_low, mirror_high, null_low, null_high } = row;
  const ends = [reach_low, reach_high, mirror_low, mirror_high, null_low, null_high];
  if (ends.some((end) => end === null || end === undefined)) return null;
  const reach = (low: unknown, high: unknown): Reach => ({ low: Number(low), high: Number(high) });
  return {
    real: reach(reach_low, reach_high),
    synthetic: reach(mirror_low, mirror_high),
    null: reach(null_low, null_high),
  };
}

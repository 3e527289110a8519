// Exact KS and Wasserstein distances of one numeric column: one window query over the union of all sides.
import { type RawBuilder, sql } from 'kysely';
import type { Database, Relation } from '../core/audit.ts';
import { relationRef } from '../core/sql.ts';
import type { Frame, FrameColumn } from './frame.ts';
import type { Sizes } from './noise.ts';

export interface Distribution {
  /** Rows with a value. */
  readonly n: Sizes;
  /** Largest distance of the distribution functions, real against mirror and against holdout; null when a side is empty. */
  readonly ks: { readonly synthetic: number | null; readonly holdout: number | null };
  /** ∫ |F − G| dx over the finite values, and √(H(1−H)) integrated, H being both samples' pooled distribution function. */
  readonly w1: { readonly synthetic: number | null; readonly holdout: number | null; readonly spread: number | null };
  /** Standard deviation of the finite real values, in the same unit as `w1`. */
  readonly deviation: number | null;
}

/** Computed once per column, for both fid.ks and fid.w1. */
export function distributionOf(db: Database, frame: Frame, column: FrameColumn): Promise<Distribution> {
  return frame.memo(`distribution:${column.value}`, () => query(db, frame, column));
}

async function query(db: Database, frame: Frame, column: FrameColumn): Promise<Distribution> {
  const v = sql.id(column.value);
  const { real, synthetic, holdout } = frame.sides;
  const side = (relation: Relation, number: RawBuilder<unknown>): RawBuilder<unknown> =>
    sql`SELECT ${v} AS v, ${number} AS side FROM ${relationRef(relation)} WHERE ${v} IS NOT NULL`;
  const union = [side(real, sql`0`), side(synthetic, sql`1`)];
  if (holdout !== undefined) union.push(side(holdout, sql`2`));
  // Values are divided by the greatest real magnitude, or sums of squares near 1e308 would overflow.
  const { rows } = await sql<Record<string, number | null>>`
    WITH extent AS (
      SELECT CASE WHEN max(abs(${v})) > 0 THEN max(abs(${v})) ELSE 1 END AS scale
      FROM ${relationRef(real)} WHERE isfinite(${v})),
    counts AS (
      SELECT v, count(*) FILTER (side = 0) AS r, count(*) FILTER (side = 1) AS s, count(*) FILTER (side = 2) AS h
      FROM (${sql.join(union, sql` UNION ALL `)}) AS sides GROUP BY v),
    totals AS (
      SELECT CAST(sum(r) AS DOUBLE) AS nr, CAST(sum(s) AS DOUBLE) AS ns, CAST(sum(h) AS DOUBLE) AS nh FROM counts),
    steps AS (
      SELECT CAST(sum(r) OVER w AS DOUBLE) / nullif(nr, 0) AS fr, CAST(sum(s) OVER w AS DOUBLE) / nullif(ns, 0) AS fs,
        CAST(sum(h) OVER w AS DOUBLE) / nullif(nh, 0) AS fh,
        CAST(sum(r + s) OVER w AS DOUBLE) / nullif(nr + ns, 0) AS fp,
        lead(v) OVER (ORDER BY v) / scale - v / scale AS gap
      FROM counts, totals, extent WINDOW w AS (ORDER BY v ROWS UNBOUNDED PRECEDING))
    SELECT max(abs(fr - fs)) AS ks, max(abs(fr - fh)) AS ks_holdout,
      sum(abs(fr - fs) * gap) FILTER (isfinite(gap)) AS w1, sum(abs(fr - fh) * gap) FILTER (isfinite(gap)) AS w1_holdout,
      sum(sqrt(greatest(0, fp * (1 - fp))) * gap) FILTER (isfinite(gap)) AS spread,
      any_value(nr) AS nr, any_value(ns) AS ns, any_value(nh) AS nh,
      (SELECT stddev_pop(${v} / scale) FROM ${relationRef(real)}, extent WHERE isfinite(${v})) AS deviation
    FROM steps, totals`.execute(db);
  const row = rows[0] ?? {};
  const empty = Number(row.nr ?? 0) === 0 || Number(row.ns ?? 0) === 0;
  const noHoldout = Number(row.nr ?? 0) === 0 || Number(row.nh ?? 0) === 0;
  return {
    n: { real: Number(row.nr ?? 0), synthetic: Number(row.ns ?? 0), holdout: Number(row.nh ?? 0) },
    ks: { synthetic: empty ? null : Number(row.ks), holdout: noHoldout ? null : Number(row.ks_holdout) },
    w1: {
      synthetic: empty ? null : Number(row.w1 ?? 0),
      holdout: noHoldout ? null : Number(row.w1_holdout ?? 0),
      spread: row.spread ?? null,
    },
    deviation: row.deviation ?? null,
  };
}

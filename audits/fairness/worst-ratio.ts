// The group whose share in the mirror is furthest from its share in the real table, noise considered.
import type { Measurement } from '../../core/audit.ts';
import type { Sizes } from '../noise.ts';
import { chiSquareQuantile, chiSquareTail } from '../statistics/chi-square.ts';
import { Z975 } from '../statistics/normal.ts';
import { scaledToSize } from '../statistics/proportion.ts';

/** `hits` of `rows` on each side. */
export interface SharePair {
  readonly hits: Sizes;
  readonly rows: Sizes;
}

/** Fewer real hits make a ratio of nothing. */
const leastHits = 10;

/** The z that the largest of `tests` |z| exceeds in one case of 100, at most. */
export function worstOf(tests: number): number {
  return Math.sqrt(chiSquareQuantile(0.01 / Math.max(1, tests), 1));
}

/**
 * The chance that the largest of `tests` |z| is as far out as `distance`, by the union bound: .01 at `reach`, which is where
 * {@link worstOf} puts it, for noise that the holdout showed to be wider too.
 */
export function worstP(distance: number, reach: number, tests: number): number {
  if (distance <= 0) return 1;
  if (!Number.isFinite(distance) || reach === 0) return 0;
  const z = (worstOf(tests) * distance) / reach;
  return Math.min(1, tests * chiSquareTail(z * z, 1));
}

/**
 * `value`: the mirror's share over the real one. Its logarithm has variance (1 − p)/p (1/n + 1/m) under "same share" (delta
 * method); the noise is that of the worst of so many groups, widened to what the holdout differs by.
 */
export function worstRatio(
  pairs: readonly SharePair[],
  about: (pair: SharePair) => string,
): Pick<Measurement, 'value' | 'reason' | 'null' | 'p' | 'ci'> | undefined {
  const z = worstOf(pairs.length);
  let worst: { pair: SharePair; log: number; reach: number; error: number; excess: number } | undefined;
  for (const pair of pairs) {
    const { hits, rows } = pair;
    if (hits.real < leastHits || rows.synthetic === 0) continue;
    const log = logRatio(hits.synthetic / rows.synthetic, hits.real / rows.real);
    const pooled = (hits.real + hits.synthetic) / (rows.real + rows.synthetic);
    const deviation = Math.sqrt(((1 - pooled) / pooled) * (1 / rows.real + 1 / rows.synthetic));
    const observed =
      rows.holdout === 0 || hits.holdout === 0
        ? 0
        : Math.abs(logRatio(hits.holdout / rows.holdout, hits.real / rows.real));
    const seen = rows.holdout === 0 ? 0 : scaledToSize(observed, rows.real, rows.synthetic, rows.holdout);
    const reach = Math.max(z * deviation, seen);
    const error = Math.sqrt(
      1 / hits.real - 1 / rows.real + 1 / Math.max(1, hits.synthetic) - 1 / Math.max(rows.synthetic, hits.synthetic, 1),
    );
    const excess = Math.abs(log) - reach;
    if (worst === undefined || excess > worst.excess) worst = { pair, log, reach, error, excess };
  }
  if (worst === undefined) return undefined;
  const { log, reach, error } = worst;
  const floor = { q50: 1, q99: Math.exp(reach), q01: Math.exp(-reach) };
  const ci = {
    low: Math.exp(log - Z975 * error),
    high: Math.exp(log + Z975 * error),
    method: 'delta, of the logarithm',
  };
  const p = worstP(Math.abs(log), reach, pairs.length);
  return { value: Math.exp(log), reason: about(worst.pair), null: floor, p, ...(Number.isFinite(log) ? { ci } : {}) };
}

function logRatio(a: number, b: number): number {
  return Math.log(a) - Math.log(b);
}

/** `12 %`, for reasons: groups are told by their size, never by their name. */
export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}

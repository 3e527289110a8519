// Intervals and nulls of shares.
import { ABS_Z50, ABS_Z99, Z975 } from './normal.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Centre and half width of Wilson's 95 % score interval of a share (Wilson 1927). `hits` may be a fraction. */
export function scoreInterval(hits: number, n: number): { readonly centre: number; readonly half: number } {
  const z2 = Z975 * Z975;
  const share = hits / n;
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n);
  return { centre, half: (Z975 / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n)) };
}

/** Wilson's 95 % score interval of a share (Wilson 1927). */
export function wilson(hits: number, n: number): Interval {
  const { centre, half } = scoreInterval(hits, n);
  return { low: hits === 0 ? 0 : Math.max(0, centre - half), high: hits === n ? 1 : Math.min(1, centre + half) };
}

/** 95 % interval of p_a − p_b: Newcombe's hybrid score interval (Newcombe 1998, method 10). */
export function difference(hitsA: number, nA: number, hitsB: number, nB: number): Interval {
  const a = wilson(hitsA, nA);
  const b = wilson(hitsB, nB);
  const pA = hitsA / nA;
  const pB = hitsB / nB;
  return {
    low: pA - pB - Math.hypot(pA - a.low, b.high - pB),
    high: pA - pB + Math.hypot(a.high - pA, pB - b.low),
  };
}

/** 95 % interval of |p_a − p_b|, from that of the difference. */
export function absoluteDifference(hitsA: number, nA: number, hitsB: number, nB: number): Interval {
  const { low, high } = difference(hitsA, nA, hitsB, nB);
  const nearest = low > 0 ? low : high < 0 ? -high : 0;
  return { low: nearest, high: Math.max(Math.abs(low), Math.abs(high)) };
}

/** Null of |p_a − p_b|: half-normal with variance p(1−p)(1/n_a + 1/n_b), p the pooled share. */
export function differenceNull(hitsA: number, nA: number, hitsB: number, nB: number): { q50: number; q99: number } {
  const pooled = (hitsA + hitsB) / (nA + nB);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / nA + 1 / nB));
  return { q50: ABS_Z50 * deviation, q99: ABS_Z99 * deviation };
}

/**
 * What a statistic seen between train and holdout would be between train and a mirror of another size: statistics of
 * two samples shrink with √(1/n + 1/m).
 */
export function scaledToSize(observed: number, real: number, synthetic: number, holdout: number): number {
  return observed * Math.sqrt((1 / real + 1 / synthetic) / (1 / real + 1 / holdout));
}

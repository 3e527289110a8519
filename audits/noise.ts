// The noise floor of a measurement: the analytic null, raised to what train and holdout were seen to differ by.
import { scaledToSize } from './statistics/proportion.ts';

export interface Sizes {
  readonly real: number;
  readonly synthetic: number;
  readonly holdout: number;
}

/**
 * `q99` is the analytic one or, if greater, the observed train–holdout statistic scaled to the mirror's size: rows of one
 * subject resemble each other, so that samples by subject differ more than independent rows would.
 */
export function noiseFloor(
  analytic: { readonly q50: number; readonly q99: number },
  observed: number | null | undefined,
  n: Sizes,
): { readonly q50: number; readonly q99: number } {
  if (observed === null || observed === undefined || n.holdout === 0 || !Number.isFinite(observed)) {
    return { q50: analytic.q50, q99: analytic.q99 };
  }
  return { q50: analytic.q50, q99: Math.max(analytic.q99, scaledToSize(observed, n.real, n.synthetic, n.holdout)) };
}

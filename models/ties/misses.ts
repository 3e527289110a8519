// How far off predictions are: the distribution of what held-back rows missed by, as evenly spaced quantiles.
import { countBelow } from '../sorted.ts';

const mostQuantiles = 65;

/** @param k rows between two neighbours, at least, and beyond the first and the last */
export function quantilesOf(misses: Float64Array, k: number): Float64Array {
  const sorted = misses.slice().sort();
  const inner = Math.max(0, sorted.length - 2 * k);
  const steps = Math.max(1, Math.min(mostQuantiles - 1, Math.floor(inner / k)));
  const first = Math.min(k, Math.floor((sorted.length - 1) / 2));
  const last = Math.max(first, sorted.length - 1 - first);
  return Float64Array.from(
    { length: steps + 1 },
    (_, i) => sorted[Math.round(first + ((last - first) * i) / steps)] as number,
  );
}

/** The share of misses below `value`. */
export function shareBelow(misses: Float64Array, value: number): number {
  const after = countBelow(misses, value);
  if (after === 0) return 0;
  if (after === misses.length) return 1;
  const [left, right] = [misses[after - 1] as number, misses[after] as number];
  return (after - 1 + (value - left) / (right - left)) / (misses.length - 1);
}

/** The miss of which `share` are below. */
export function missAt(misses: Float64Array, share: number): number {
  const place = share * (misses.length - 1);
  const left = Math.min(misses.length - 1, Math.floor(place));
  const right = Math.min(misses.length - 1, left + 1);
  const low = misses[left] as number;
  return low + (place - left) * ((misses[right] as number) - low);
}

/**
 * A value in [low, high) as likely as its distance from the prediction.
 * @param share a draw in [0, 1)
 */
export function drawWithin(
  misses: Float64Array,
  predicted: number,
  { low, high }: { readonly low: number; readonly high: number },
  share: number,
): number {
  const below = shareBelow(misses, low - predicted);
  const above = shareBelow(misses, high - predicted);
  // No such distance was seen: the nearer end.
  if (above <= below) return predicted < low ? low : high;
  return Math.max(low, Math.min(high, predicted + missAt(misses, below + share * (above - below))));
}

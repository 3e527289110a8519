// How many of a column's values the mirror still has, and how many a fresh sample of its size would have.
import type { CategoryCount } from '../categories.ts';

export interface Survival {
  /** Real values that were looked for; 0 when none qualifies. */
  readonly wanted: number;
  readonly share: number;
  readonly null: { readonly q50: number; readonly q99: number };
}

/**
 * Share of the real values with `least` to `most` rows that the mirror has. A fresh sample of m rows misses a value with
 * c of n real rows with probability (1 + m/n)^−c (Poisson draws, the value's rate unknown but for its count); the number
 * of misses is Poisson, and the null's .99 quantile allows for as many.
 */
export function survivalOf(
  counts: readonly CategoryCount[],
  rows: { readonly real: number; readonly synthetic: number },
  least: number,
  most: number = Number.POSITIVE_INFINITY,
): Survival {
  let wanted = 0;
  let found = 0;
  let misses = 0;
  for (const { real, synthetic, times, missing } of counts) {
    if (missing || real < least || real > most) continue;
    wanted += times;
    if (synthetic > 0) found += times;
    misses += times * (1 + rows.synthetic / rows.real) ** -real;
  }
  if (wanted === 0) return { wanted, share: 1, null: { q50: 1, q99: 1 } };
  const allowed = (level: number): number => Math.max(0, 1 - poissonQuantile(misses, level) / wanted);
  return { wanted, share: found / wanted, null: { q50: allowed(0.5), q99: allowed(0.99) } };
}

function poissonQuantile(mean: number, level: number): number {
  // Far beyond any list of values that a table would be published without: the normal limit.
  if (mean > 500) return Math.ceil(mean + 2.33 * Math.sqrt(mean));
  let term = Math.exp(-mean);
  let sum = term;
  let quantile = 0;
  while (sum < level && term > 0) {
    quantile++;
    term *= mean / quantile;
    sum += term;
  }
  return quantile;
}

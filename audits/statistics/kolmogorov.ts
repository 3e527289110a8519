// What the Kolmogorov–Smirnov distance of two samples is when both come from one distribution.

/** Median and .99 quantile of Kolmogorov's limiting distribution (Smirnov 1948, table). */
const MEDIAN = 0.8275735551899077;
const Q99 = 1.62762361151895;

/**
 * Null of the two-sample KS distance: Kolmogorov's limit times √(1/n + 1/m). Exact for continuous columns in the limit,
 * too large (hence cautious about blaming) for columns with ties.
 */
export function kolmogorovNull(nA: number, nB: number): { readonly q50: number; readonly q99: number } {
  const scale = Math.sqrt(1 / nA + 1 / nB);
  return { q50: Math.min(1, MEDIAN * scale), q99: Math.min(1, Q99 * scale) };
}

/** KS distance of two histograms over numbers, each `value → count`. Undefined when one is empty. */
export function ksOfHistograms(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): number | undefined {
  const total = (counts: ReadonlyMap<number, number>): number => [...counts.values()].reduce((sum, n) => sum + n, 0);
  const nA = total(a);
  const nB = total(b);
  if (nA === 0 || nB === 0) return undefined;
  let below = 0;
  let belowB = 0;
  let worst = 0;
  for (const value of [...new Set([...a.keys(), ...b.keys()])].sort((x, y) => x - y)) {
    below += a.get(value) ?? 0;
    belowB += b.get(value) ?? 0;
    worst = Math.max(worst, Math.abs(below / nA - belowB / nB));
  }
  return worst;
}

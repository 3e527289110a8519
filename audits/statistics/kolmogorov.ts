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

/**
 * The chance of a greater distance: Kolmogorov's limiting distribution, 2 Σ (−1)^(j−1) exp(−2 j² λ²). `inflation`: how many
 * times noisier the samples are known to be than independent rows.
 */
export function kolmogorovP(distance: number, nA: number, nB: number, inflation = 1): number {
  const lambda = distance / inflation / Math.sqrt(1 / nA + 1 / nB);
  // Below .3 it is 1 to eight digits, and the alternating series would need many terms.
  if (lambda < 0.3) return 1;
  let sum = 0;
  for (let j = 1; j <= 100; j++) {
    const term = Math.exp(-2 * j * j * lambda * lambda);
    sum += j % 2 === 1 ? term : -term;
    if (term < 1e-16 * sum) break;
  }
  return Math.min(1, 2 * sum);
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

// Total variation distance of two count tables, and what it is when both are samples of one distribution.
import { gammaQ99 } from './normal.ts';

export interface Cell {
  readonly a: number;
  readonly b: number;
  /** How many cells have these counts; 1 when left out. */
  readonly times?: number;
}

export interface TotalVariation {
  /** ½ Σ |a/n_a − b/n_b|, 0 to 1. */
  readonly value: number;
  readonly null: NoiseFloor;
}

export interface NoiseFloor {
  readonly mean: number;
  readonly q50: number;
  readonly q99: number;
}

/** Cells with fewer rows than this on both sides together are compared as one. */
export const minimumPooledCount = 10;

/**
 * Cells with fewer than 10 rows on both sides together merged into one: chosen by the pooled count, which under "same
 * distribution" tells nothing of how the rows divide, so that merging has no bias.
 */
export function pooledCells(cells: Iterable<Cell>): {
  readonly kept: readonly Required<Cell>[];
  readonly nA: number;
  readonly nB: number;
} {
  const kept: Required<Cell>[] = [];
  const rest = { a: 0, b: 0, times: 1 };
  let nA = 0;
  let nB = 0;
  for (const { a, b, times = 1 } of cells) {
    nA += a * times;
    nB += b * times;
    if (a + b >= minimumPooledCount) kept.push({ a, b, times });
    else {
      rest.a += a * times;
      rest.b += b * times;
    }
  }
  if (rest.a + rest.b > 0) kept.push(rest);
  // Cells arrive in the engine's order: sorted, the sums do not depend on it.
  kept.sort((x, y) => x.a - y.a || x.b - y.b || x.times - y.times);
  return { kept, nA, nB };
}

/**
 * Total variation distance of two samples, rare cells merged. Rows that come in clusters tell less than their number:
 * `worth` is the share of rows that counts for the noise floor, 1 for independent rows.
 */
export function totalVariation(
  cells: Iterable<Cell>,
  worth: { readonly a: number; readonly b: number } = { a: 1, b: 1 },
): TotalVariation | undefined {
  const { kept, nA, nB } = pooledCells(cells);
  if (nA === 0 || nB === 0) return undefined;
  let value = 0;
  for (const { a, b, times } of kept) value += times * Math.abs(a / nA - b / nB);
  const shares = kept.map(({ a, b }) => (a + b) / (nA + nB));
  return {
    value: value / 2,
    null: totalVariationNull(
      shares,
      nA * worth.a,
      nB * worth.b,
      kept.map(({ times }) => times),
    ),
  };
}

/**
 * The noise floor of a total variation distance: two multinomial samples of sizes nA and nB with the same `shares`.
 * Each difference is normal with variance σ² = p(1−p)(1/nA + 1/nB), so the mean is ½ Σ σ √(2/π) (the "accuracy ceiling").
 * Variance: ¼ [Σ σ²(1 − 2/π) + Σ_{i≠j} cov], where the covariance of two half-normals with correlation ρ is
 * (2/π)(√(1−ρ²) + ρ asin ρ − 1) σ_i σ_j ≈ ρ² σ_i σ_j / π and ρ² = p_i p_j / ((1−p_i)(1−p_j)).
 */
export function totalVariationNull(
  shares: readonly number[],
  nA: number,
  nB: number,
  times: readonly number[] = [],
): NoiseFloor {
  const size = 1 / nA + 1 / nB;
  let deviations = 0;
  let variances = 0;
  let cross = 0;
  let crossSelf = 0;
  shares.forEach((p, i) => {
    const m = times[i] ?? 1;
    if (p <= 0 || p >= 1) return;
    deviations += m * Math.sqrt(p * (1 - p));
    variances += m * p * (1 - p);
    cross += m * (p ** 1.5 / Math.sqrt(1 - p));
    crossSelf += (m * p ** 3) / (1 - p);
  });
  const mean = 0.5 * Math.sqrt((2 / Math.PI) * size) * deviations;
  const variance = 0.25 * size * (variances * (1 - 2 / Math.PI) + (cross * cross - crossSelf) / Math.PI);
  return { mean, q50: mean, q99: Math.min(1, gammaQ99(mean, variance)) };
}

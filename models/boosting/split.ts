// Chooses the question of one level of an oblivious tree: the feature and threshold that gain most over all its leaves.
import type { GradientTable } from './logit.ts';

export interface Split {
  readonly feature: number;
  /** Codes at or above it go right. */
  readonly threshold: number;
  /** Gain over not splitting: the sum of G² / (H + ridge) after less before, in squared gradients per hessian. */
  readonly gain: number;
}

/** Reused between calls. */
const gains = new Float64Array(129);

/**
 * @param sums histograms as in addRows
 * @param bins number of codes of each feature
 * @param logCells a leaf's histogram has 2^logCells cells
 */
export function bestSplit(
  sums: Float64Array,
  bins: Uint8Array,
  featureCells: number,
  logCells: number,
  leaves: number,
  table: GradientTable,
  ridge: number,
): Split | undefined {
  const { base, gradientScale, hessianScale } = table;
  const inverse = 1 / base;
  const lambda = ridge * hessianScale;
  let best: { feature: number; threshold: number } | undefined;
  let bestGain = 0;
  let before = 0;
  for (let feature = 0; feature < bins.length; feature++) {
    const codes = bins[feature] as number;
    if (codes < 2) continue;
    gains.fill(0, 0, codes);
    before = 0;
    for (let leaf = 0; leaf < leaves; leaf++) {
      const start = feature * featureCells + (leaf << logCells);
      let total = 0;
      for (let code = 0; code < codes; code++) total += sums[start + code] as number;
      if (total === 0) continue;
      const totalGradient = Math.floor(total * inverse);
      const totalHessian = total - totalGradient * base;
      const whole = (totalGradient * totalGradient) / (totalHessian + lambda);
      before += whole;
      let left = 0;
      let gain = whole;
      for (let code = 1; code < codes; code++) {
        const cell = sums[start + code - 1] as number;
        if (cell !== 0) {
          left += cell;
          const gradient = Math.floor(left * inverse);
          const hessian = left - gradient * base;
          const otherGradient = totalGradient - gradient;
          gain =
            (gradient * gradient) / (hessian + lambda) +
            (otherGradient * otherGradient) / (totalHessian - hessian + lambda);
        }
        gains[code] = (gains[code] as number) + gain;
      }
    }
    for (let code = 1; code < codes; code++) {
      const gain = (gains[code] as number) - before;
      if (gain > bestGain) {
        bestGain = gain;
        best = { feature, threshold: code };
      }
    }
  }
  if (best === undefined) return undefined;
  return { ...best, gain: (bestGain * hessianScale) / (gradientScale * gradientScale) };
}

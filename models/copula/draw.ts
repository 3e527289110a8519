// Draws code columns from a Gaussian copula, given any of them.
import { countUpTo } from '../sorted.ts';
import { choleskyFactor } from './cholesky.ts';
import type { Copula } from './fit.ts';
import { normalBelow, normalQuantile } from './normal.ts';
import type { StepMargin } from './steps.ts';

/** Probabilities this near to 0 and 1 are moved inwards: their quantiles would be infinite. */
const leastTail = 1e-12;

/**
 * Fills the code columns that are not fixed. Fixed ones come first in the factor, so that the others are drawn given them: each
 * fixed variable is drawn inside the interval of its code, given those before it (Geweke, Hajivassiliou and Keane's recursion).
 * @param fixed codes that are given, one entry per column; undefined where the column is drawn
 * @param uniforms one column of draws in [0, 1) each; receives where inside its code each row lies
 * @returns one code column per margin
 */
export function drawCopula(
  { margins, correlations }: Copula,
  fixed: readonly (Uint16Array | undefined)[],
  uniforms: readonly Float64Array[],
): Uint16Array[] {
  const order = [...margins.keys()].sort((a, b) => Number(fixed[a] === undefined) - Number(fixed[b] === undefined));
  const factor = choleskyFactor(correlations, order);
  const size = order.length;
  const rows = uniforms[0]?.length ?? 0;
  const places = margins.map(codePlaces);
  const codes = margins.map((_, c) => fixed[c] ?? new Uint16Array(rows));
  const normals = new Float64Array(size);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < size; i++) {
      const column = order[i] as number;
      const { order: levels, cumulative } = margins[column] as StepMargin;
      let mean = 0;
      for (let j = 0; j < i; j++) mean += (factor[i * size + j] as number) * (normals[j] as number);
      const spread = factor[i * size + i] as number;
      const inside = uniforms[column] as Float64Array;
      const uniform = inside[row] as number;
      const known = fixed[column];
      if (known !== undefined) {
        const place = (places[column] as Uint16Array)[known[row] as number] as number;
        const low = below(cumulative[place] as number, mean, spread);
        const high = below(cumulative[place + 1] as number, mean, spread);
        // A code that is never drawn (pooled levels) tells nothing: its variable is drawn freely.
        normals[i] = quantile(high > low ? low + uniform * (high - low) : uniform);
        continue;
      }
      normals[i] = quantile(uniform);
      const probability = normalBelow(mean + spread * (normals[i] as number));
      const place = lastAtMost(cumulative, probability);
      const [low, high] = [cumulative[place] as number, cumulative[place + 1] as number];
      (codes[column] as Uint16Array)[row] = levels[place] as number;
      inside[row] = Math.min(1 - 2 ** -32, Math.max(0, (probability - low) / (high - low)));
    }
  }
  return codes;
}

function codePlaces({ order }: StepMargin): Uint16Array {
  const places = new Uint16Array(order.length);
  for (let i = 0; i < order.length; i++) places[order[i] as number] = i;
  return places;
}

function below(probability: number, mean: number, spread: number): number {
  return normalBelow((normalQuantile(probability) - mean) / spread);
}

function quantile(probability: number): number {
  return normalQuantile(Math.min(1 - leastTail, Math.max(leastTail, probability)));
}

/** The interval that holds a probability; never one without width, except where there is no other. */
function lastAtMost(cumulative: Float64Array, probability: number): number {
  // The first edge above the probability ends its interval.
  const above = countUpTo(cumulative, probability);
  if (above < cumulative.length) return Math.max(0, above - 1);
  let last = cumulative.length - 2;
  while (last > 0 && cumulative[last] === cumulative[last + 1]) last--;
  return last;
}

// Fits a Gaussian copula to code columns: each column is a stepped normal variable, pairs have correlations.
import { scaleCategories } from './scaling.ts';
import { codeScores, hermiteCoefficients, latentCorrelation, type StepMargin, stepMargin } from './steps.ts';

export interface Copula {
  readonly margins: readonly StepMargin[];
  /** Square, row after row, in the order of the margins. */
  readonly correlations: Float64Array;
}

/**
 * @param columns codes of the rows, one column each, equally long
 * @param counts per column: rows of each code that may be drawn; 0 for a code that may not
 */
export function fitCopula(
  columns: readonly Uint16Array[],
  counts: readonly Float64Array[],
  isCategory: readonly boolean[],
): Copula {
  const orders = scaleCategories(
    columns,
    counts.map(({ length }) => length),
    isCategory,
  );
  const margins = orders.map((order, c) => stepMargin(order, counts[c] as Float64Array));
  const scores = margins.map(codeScores);
  const series = margins.map((margin, c) => hermiteCoefficients(margin, scores[c] as Float64Array));
  const size = columns.length;
  const correlations = new Float64Array(size * size);
  const scored = columns.map((codes, c) => scoreRows(codes, scores[c] as Float64Array));
  for (let a = 0; a < size; a++) {
    correlations[a * size + a] = 1;
    for (let b = 0; b < a; b++) {
      const covariance = meanProduct(scored[a] as Float64Array, scored[b] as Float64Array);
      const found = latentCorrelation(covariance, series[a] as Float64Array, series[b] as Float64Array);
      // Constants say nothing of each other.
      const correlation = varies(series[a]) && varies(series[b]) ? found : 0;
      correlations[a * size + b] = correlation;
      correlations[b * size + a] = correlation;
    }
  }
  return { margins, correlations };
}

function scoreRows(codes: Uint16Array, scores: Float64Array): Float64Array {
  const values = new Float64Array(codes.length);
  let sum = 0;
  for (let row = 0; row < codes.length; row++) {
    values[row] = scores[codes[row] as number] as number;
    sum += values[row] as number;
  }
  const mean = sum / Math.max(1, codes.length);
  for (let row = 0; row < codes.length; row++) values[row] = (values[row] as number) - mean;
  return values;
}

function meanProduct(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < a.length; row++) sum += (a[row] as number) * (b[row] as number);
  return sum / Math.max(1, a.length);
}

function varies(series: Float64Array | undefined): boolean {
  return (series ?? []).some((coefficient) => Math.abs(coefficient) > 1e-9);
}

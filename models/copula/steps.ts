// Codes as intervals of a standard normal variable: the scores of a code, and what a correlation becomes when it is coded.
import { normalDensity, normalQuantile } from './normal.ts';

/** How the codes of one column lie along a normal variable. */
export interface StepMargin {
  /** Codes in the order in which they lie. */
  readonly order: Uint16Array;
  /** Code `order[i]` covers the probabilities from `cumulative[i]` to `cumulative[i + 1]`. */
  readonly cumulative: Float64Array;
}

/** @param counts rows of each code; codes without any cover nothing */
export function stepMargin(order: Uint16Array, counts: Float64Array): StepMargin {
  const cumulative = new Float64Array(order.length + 1);
  for (let i = 0; i < order.length; i++) {
    cumulative[i + 1] = (cumulative[i] as number) + (counts[order[i] as number] as number);
  }
  const total = cumulative[order.length] as number;
  for (let i = 0; i <= order.length; i++)
    cumulative[i] = total > 0 ? (cumulative[i] as number) / total : i / order.length;
  return { order, cumulative };
}

/** The mean of the normal variable inside each code, by code; 0 for codes that cover nothing. */
export function codeScores({ order, cumulative }: StepMargin): Float64Array {
  const scores = new Float64Array(order.length);
  for (let i = 0; i < order.length; i++) {
    const [low, high] = [cumulative[i] as number, cumulative[i + 1] as number];
    if (high <= low) continue;
    const mass = densityAt(low) - densityAt(high);
    scores[order[i] as number] = mass / (high - low);
  }
  return scores;
}

function densityAt(p: number): number {
  return p <= 0 || p >= 1 ? 0 : normalDensity(normalQuantile(p));
}

/** Terms of the Hermite series; later ones hardly count below correlations of .95. */
const terms = 24;

/**
 * Hermite coefficients of the scores as a function of the normal variable z: cov(s(z1), s(z2)) = Σ ρⁿ aₙ bₙ (Mehler).
 * Entry n - 1 is aₙ.
 */
export function hermiteCoefficients(margin: StepMargin, scores: Float64Array): Float64Array {
  const { order, cumulative } = margin;
  const coefficients = new Float64Array(terms);
  for (let i = 0; i < order.length; i++) {
    const [low, high] = [cumulative[i] as number, cumulative[i + 1] as number];
    const score = scores[order[i] as number] as number;
    if (high <= low || score === 0) continue;
    addEdge(low, score, coefficients);
    addEdge(high, -score, coefficients);
  }
  return coefficients;
}

/** ∫ over [edge, ∞) of heₙ φ is heₙ₋₁(edge) φ(edge) / √n, with he the normalised Hermite polynomials. */
function addEdge(p: number, score: number, into: Float64Array): void {
  if (p <= 0 || p >= 1) return;
  const z = normalQuantile(p);
  const density = normalDensity(z);
  let [before, here] = [0, 1];
  for (let n = 1; n <= terms; n++) {
    into[n - 1] = (into[n - 1] as number) + (score * here * density) / Math.sqrt(n);
    [before, here] = [here, (z * here - Math.sqrt(n - 1) * before) / Math.sqrt(n)];
  }
}

/** The correlation whose coded scores have this covariance, between -`most` and `most`. */
export function latentCorrelation(covariance: number, a: Float64Array, b: Float64Array, most = 0.98): number {
  let [low, high] = [-most, most];
  // The covariance rises with the correlation.
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (series(middle, a, b) < covariance) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function series(correlation: number, a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let n = a.length - 1; n >= 0; n--) sum = correlation * (sum + (a[n] as number) * (b[n] as number));
  return sum;
}

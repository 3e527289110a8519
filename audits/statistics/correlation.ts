// Pearson's correlation, ranks for Spearman's, and how much a correlation varies from sample to sample.

export interface Correlation {
  readonly r: number;
  /** Rows with both values. */
  readonly n: number;
  /** Asymptotic variance of √n (r − ρ). */
  readonly variance: number;
}

/**
 * Correlation over the rows in which neither value is NaN; undefined for fewer than three such rows or a constant.
 * The variance is the delta method's, E[(xy − r(x² + y²)/2)²] with x and y standardised, which needs no normality
 * (van der Vaart, Asymptotic Statistics, example 3.6).
 */
export function correlate(x: Float64Array, y: Float64Array): Correlation | undefined {
  const [mx, sx, n] = moments(x, y);
  const [my, sy] = moments(y, x);
  if (n < 3 || !(sx > 0) || !(sy > 0)) return undefined;
  let product = 0;
  let xy2 = 0;
  let fourth = 0;
  let mixed = 0;
  for (let i = 0; i < x.length; i++) {
    const a = ((x[i] as number) - mx) / sx;
    const b = ((y[i] as number) - my) / sy;
    const ab = a * b;
    if (Number.isNaN(ab)) continue;
    const squares = a * a + b * b;
    product += ab;
    xy2 += ab * ab;
    mixed += ab * squares;
    fourth += squares * squares;
  }
  const r = Math.max(-1, Math.min(1, product / n));
  return { r, n, variance: Math.max(0, (xy2 - r * mixed + (r * r * fourth) / 4) / n) };
}

/** Mean, standard deviation and count of `x` where both are numbers; scaled so that squares do not overflow. */
function moments(x: Float64Array, other: Float64Array): [number, number, number] {
  let scale = 0;
  let n = 0;
  for (let i = 0; i < x.length; i++) {
    const value = Math.abs(x[i] as number);
    if (Number.isNaN(value) || Number.isNaN(other[i])) continue;
    n++;
    if (value > scale) scale = value;
  }
  if (n === 0 || scale === 0) return [0, 0, n];
  let sum = 0;
  for (let i = 0; i < x.length; i++)
    if (!Number.isNaN(x[i]) && !Number.isNaN(other[i])) sum += (x[i] as number) / scale;
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < x.length; i++) {
    if (!Number.isNaN(x[i]) && !Number.isNaN(other[i])) squares += ((x[i] as number) / scale - mean) ** 2;
  }
  const deviation = Math.sqrt(squares / n);
  // Below this a column is constant up to rounding of its mean.
  return [mean * scale, deviation < 1e-14 ? 0 : deviation * scale, n];
}

/** Ranks from 1, ties sharing their mean rank; NaN keeps NaN. */
export function midRanks(values: Float64Array): Float64Array {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const rank = new Map<number, number>();
  for (let i = 0; i < sorted.length; ) {
    let j = i;
    while (j < sorted.length && sorted[j] === sorted[i]) j++;
    rank.set(sorted[i] as number, (i + 1 + j) / 2);
    i = j;
  }
  return values.map((value) => rank.get(value) ?? Number.NaN);
}

// Pearson's correlation, ranks for Spearman's, and how much a correlation varies from sample to sample.

export interface Correlation {
  readonly r: number;
  /** Rows with both values. */
  readonly n: number;
  /** Asymptotic variance of √n (r − ρ). */
  readonly variance: number;
}

/** A column made ready for correlating: NaN is a missing value. */
export interface Standardised {
  readonly values: Float64Array;
  /** Mean 0 and deviation 1 over the rows with a value; undefined when it is constant or has fewer than three. */
  readonly scores: Float64Array | undefined;
  readonly complete: boolean;
}

export function standardise(values: Float64Array): Standardised {
  let complete = true;
  for (let i = 0; i < values.length && complete; i++) complete = !Number.isNaN(values[i]);
  return { values, scores: scoresOf(values), complete };
}

/**
 * Correlation over the rows that have both values; undefined for fewer than three such rows or a constant.
 * The variance is the delta method's, E[(xy − r(x² + y²)/2)²] with x and y standardised, which needs no normality
 * (van der Vaart, Asymptotic Statistics, example 3.6).
 */
export function correlate(x: Standardised, y: Standardised): Correlation | undefined {
  if (x.complete && y.complete) return ofScores(x.scores, y.scores);
  const { values: a } = x;
  const { values: b } = y;
  const [ofA, ofB] = [new Float64Array(a.length), new Float64Array(a.length)];
  let n = 0;
  for (let i = 0; i < a.length; i++) {
    const [u, v] = [a[i] as number, b[i] as number];
    if (Number.isNaN(u) || Number.isNaN(v)) continue;
    ofA[n] = u;
    ofB[n++] = v;
  }
  return ofScores(scoresOf(ofA.subarray(0, n)), scoresOf(ofB.subarray(0, n)));
}

function ofScores(x: Float64Array | undefined, y: Float64Array | undefined): Correlation | undefined {
  if (x === undefined || y === undefined) return undefined;
  const n = x.length;
  let product = 0;
  let squared = 0;
  let mixed = 0;
  let fourth = 0;
  for (let i = 0; i < n; i++) {
    const a = x[i] as number;
    const b = y[i] as number;
    const ab = a * b;
    const squares = a * a + b * b;
    product += ab;
    squared += ab * ab;
    mixed += ab * squares;
    fourth += squares * squares;
  }
  const r = Math.max(-1, Math.min(1, product / n));
  return { r, n, variance: Math.max(0, (squared - r * mixed + (r * r * fourth) / 4) / n) };
}

/** Values are divided by the greatest magnitude first, or squares near 1e308 would overflow. */
function scoresOf(values: Float64Array): Float64Array | undefined {
  let scale = 0;
  let n = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isNaN(value)) continue;
    n++;
    scale = Math.max(scale, Math.abs(value));
  }
  if (n < 3 || scale === 0) return undefined;
  let sum = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i])) sum += (values[i] as number) / scale;
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isNaN(value)) continue;
    // A power costs ten products.
    const apart = value / scale - mean;
    squares += apart * apart;
  }
  const deviation = Math.sqrt(squares / n);
  // Below this the column is constant up to the rounding of its mean.
  if (deviation < 1e-14) return undefined;
  const scores = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) scores[i] = ((values[i] as number) / scale - mean) / deviation;
  return scores;
}

/** A column's values as numbers 0 to `distinct` − 1 in their order, not all of them used; −1 is missing. */
export interface DenseRanks {
  readonly codes: Int32Array;
  readonly distinct: number;
}

/** NaN is missing. O(n log n). */
export function denseRanks(values: Float64Array): DenseRanks {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  let distinct = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (i > 0 && sorted[i] === sorted[i - 1]) continue;
    sorted[distinct++] = sorted[i] as number;
  }
  const codes = new Int32Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number;
    if (Number.isNaN(value)) {
      codes[row] = -1;
      continue;
    }
    let low = 0;
    let high = distinct - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sorted[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    codes[row] = low;
  }
  return { codes, distinct };
}

/** Ranks from 1, ties sharing their mean rank; NaN keeps NaN. */
export function midRanks(values: Float64Array): Float64Array {
  return ranksAmong(denseRanks(values));
}

/** Ranks from 1 among the rows that are not missing in `other` either, ties sharing their mean rank; else NaN. O(n). */
export function ranksAmong({ codes, distinct }: DenseRanks, other?: DenseRanks): Float64Array {
  const isThere = (row: number): boolean => (codes[row] as number) >= 0 && (other?.codes[row] ?? 0) >= 0;
  const counts = new Float64Array(distinct);
  for (let row = 0; row < codes.length; row++) {
    if (!isThere(row)) continue;
    const code = codes[row] as number;
    counts[code] = (counts[code] as number) + 1;
  }
  let before = 0;
  for (let code = 0; code < distinct; code++) {
    const count = counts[code] as number;
    counts[code] = before + (count + 1) / 2;
    before += count;
  }
  const ranks = new Float64Array(codes.length).fill(Number.NaN);
  for (let row = 0; row < codes.length; row++) {
    if (isThere(row)) ranks[row] = counts[codes[row] as number] as number;
  }
  return ranks;
}

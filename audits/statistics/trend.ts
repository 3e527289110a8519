// Whether a short series rises: the exact Mann–Kendall test, ties included, and Sen's slope.

/** `later` is above `earlier` in so many pairs less than below. */
function kendallScore(values: readonly number[]): number {
  let score = 0;
  for (const [j, later] of values.entries()) {
    for (let i = 0; i < j; i++) score += Math.sign(later - (values[i] as number));
  }
  return score;
}

export interface MannKendall {
  /** Pairs that rise less pairs that fall. */
  readonly score: number;
  /** Chance of this score or a greater one when all orders of the values are equally likely. Exact. */
  readonly p: number;
}

/**
 * One-sided test for a rising series (H. Mann 1945, M. Kendall 1938). Values in any order have a number of inversions whose
 * distribution is a product of Gaussian binomial coefficients, one per group of equal values: exact for any ties, where
 * scipy.stats.kendalltau falls back to a normal approximation.
 */
export function mannKendall(values: readonly number[]): MannKendall {
  const score = kendallScore(values);
  const groups = [...countsOf(values).values()];
  const n = values.length;
  const comparable = (n * (n - 1)) / 2 - groups.reduce((sum, t) => sum + (t * (t - 1)) / 2, 0);
  const inversions = (comparable - score) / 2;
  let shares: readonly number[] = [1];
  let placed = 0;
  for (const size of groups) {
    placed += size;
    shares = product(shares, gaussianShares(placed, size));
  }
  const p = shares.slice(0, inversions + 1).reduce((sum, share) => sum + share, 0);
  return { score, p: Math.min(1, p) };
}

/** Median of the slopes between all pairs of values, per step (P. K. Sen 1968); 0 for fewer than two values. */
export function senSlope(values: readonly number[]): number {
  const slopes: number[] = [];
  for (const [j, later] of values.entries()) {
    for (let i = 0; i < j; i++) slopes.push((later - (values[i] as number)) / (j - i));
  }
  if (slopes.length === 0) return 0;
  slopes.sort((a, b) => a - b);
  const middle = slopes.length >> 1;
  const upper = slopes[middle] as number;
  return slopes.length % 2 === 1 ? upper : ((slopes[middle - 1] as number) + upper) / 2;
}

function countsOf(values: readonly number[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** Coefficients of the Gaussian binomial [n choose k], divided by their sum: by Pascal's rule, which only ever adds. */
function gaussianShares(n: number, k: number): readonly number[] {
  // Row m holds [m choose j] for all j; dividing by the binomial on the way keeps long series within doubles.
  let row: number[][] = [[1]];
  for (let m = 1; m <= n; m++) {
    row = Array.from({ length: Math.min(m, k) + 1 }, (_, j) => {
      // [m, j] = [m−1, j−1] + q^j [m−1, j], as shares: weights j/m and (m−j)/m.
      const shares = new Array<number>(j * (m - j) + 1).fill(0);
      if (j > 0) for (const [at, share] of (row[j - 1] as number[]).entries()) shares[at] = (share * j) / m;
      if (j < m) {
        for (const [at, share] of (row[j] as number[]).entries()) {
          shares[at + j] = (shares[at + j] as number) + (share * (m - j)) / m;
        }
      }
      return shares;
    });
  }
  return row[k] as number[];
}

function product(a: readonly number[], b: readonly number[]): readonly number[] {
  const result = new Array<number>(a.length + b.length - 1).fill(0);
  for (const [i, x] of a.entries()) for (const [j, y] of b.entries()) result[i + j] = (result[i + j] as number) + x * y;
  return result;
}

// Precision, recall, density and coverage of one sample among the neighbours of another (Kynkäänniemi 2019, Naeem 2020).
import { kNearest, neighbourTree, type Points, rowsWithin, type Space } from './neighbours.ts';
import { distanceWithin } from './space.ts';

export interface ManifoldScore {
  readonly value: number;
  /** Its mean if both samples were drawn from one table. */
  readonly expected: number;
  /** Standard deviation of a draw of that, roughly. */
  readonly deviation: number;
  /** The same about the value. */
  readonly error: number;
}

export type ManifoldName = 'precision' | 'recall' | 'density' | 'coverage';

/** Distances that differ by less are equal: they are sums of single-precision numbers. */
const tie = 1e-9;

/**
 * A real row's ball reaches to its k-th nearest other real row.
 * - precision: share of rows of `other` inside a real ball; recall: share of real rows inside a ball of `other`.
 * - density: real balls that a row of `other` is in, over k. coverage: share of real balls with a row of `other`.
 *
 * Rows of one distance come in an order of chance, and density and coverage are the means over it: then, if both samples are
 * from one table, whatever its ties, a ball is left out with probability Π (N − i)/(M + N − i), i = 1 … k, for N real and M other
 * rows, and density is 1 in the mean. What precision and recall would be depends on the table; each real row among
 * the balls of the others tells.
 * @param other as many rows as `real`, or recall has no expected value
 */
export function manifoldScores(
  space: Space,
  real: Points,
  other: Points,
  k: number,
): Readonly<Record<ManifoldName, ManifoldScore>> {
  const [realTree, otherTree] = [neighbourTree(space, real), neighbourTree(space, other)];
  const radii = radiiOf(kNearest(realTree, real, k + 1), k);
  const precise = new Uint8Array(other.count);
  const among = new Float64Array(other.count);
  const alike = new Uint8Array(real.count);
  let covered = 0;
  for (let row = 0; row < real.count; row++) {
    const radius = radii[row] as number;
    let [nearer, level] = [0, 0];
    rowsWithin(realTree, real, row, radius + tie, (at) => {
      if (at === row) return;
      alike[at] = 1;
      if (distanceWithin(space, real, row, real, at, Number.POSITIVE_INFINITY) < radius - tie) nearer++;
      else level++;
    });
    // Of the `level` real rows at the ball's rim, so many are among the k nearest.
    const places = k - nearer;
    let [inside, atRim] = [0, 0];
    rowsWithin(otherTree, real, row, radius + tie, (at) => {
      precise[at] = 1;
      const within = distanceWithin(space, real, row, other, at, Number.POSITIVE_INFINITY) < radius - tie;
      among[at] = (among[at] as number) + (within ? 1 : places / (level + 1));
      if (within) inside++;
      else atRim++;
    });
    covered += inside > 0 ? 1 : 1 - uncovered(places, level, atRim);
  }
  const recalled = new Uint8Array(real.count);
  const otherRadii = radiiOf(kNearest(otherTree, other, k + 1), k);
  for (let row = 0; row < other.count; row++) {
    rowsWithin(realTree, other, row, (otherRadii[row] as number) + tie, (at) => {
      recalled[at] = 1;
    });
  }
  const share = (marks: Uint8Array): number => marks.reduce((sum, mark) => sum + mark, 0) / marks.length;
  const [n, m] = [real.count, other.count];
  const density = among.map((balls) => balls / k);
  const mean = density.reduce((sum, value) => sum + value, 0) / m;
  const spread = density.reduce((sum, value) => sum + (value - mean) ** 2, 0) / m;
  const sizes = 1 / n + 1 / m;
  const binomial = (p: number): number => Math.sqrt(p * (1 - p) * sizes);
  const shareOf = (value: number, expected: number): ManifoldScore => ({
    value,
    expected,
    deviation: binomial(expected),
    error: binomial(value),
  });
  const usual = share(alike);
  const counted = Math.sqrt(spread * sizes);
  return {
    precision: shareOf(share(precise), usual),
    recall: shareOf(share(recalled), usual),
    density: { value: mean, expected: 1, deviation: counted, error: counted },
    coverage: shareOf(covered / n, expectedCoverage(n, m, k)),
  };
}

/** Mean coverage if both samples are from one table: of the k + … nearest of a real row not all k first ones are real. */
export function expectedCoverage(real: number, other: number, k: number): number {
  return 1 - uncovered(k, real - 1, other);
}

/** The chance that, in a random order of `own` and `other` rows, the first `places` are all own. */
function uncovered(places: number, own: number, other: number): number {
  let chance = 1;
  for (let i = 0; i < places; i++) chance *= Math.max(0, own - i) / (own + other - i);
  return chance;
}

/** The k-th of k + 1 distances of each row, the first of which is its own. */
function radiiOf(distances: Float64Array, k: number): Float64Array {
  return Float64Array.from({ length: distances.length / (k + 1) }, (_, row) => distances[row * (k + 1) + k] as number);
}

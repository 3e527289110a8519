// Exponential tilting: the weights nearest to equal ones (least Kullback–Leibler divergence) under which features have mean 0,
// and rows picked by them. Csiszár 1975; calibration by swaps brings the picked rows onto the target. Pure.
import { sequence } from '../../random.ts';

export interface Tilt {
  /** One per feature: a row's weight is exp(Σ lambda · feature), up to a factor. */
  readonly lambda: Float64Array;
  /** Of the rows, summing to 1. */
  readonly weights: Float64Array;
  /** Kish's effective number of rows: (Σ w)² / Σ w². */
  readonly effective: number;
}

const mostSteps = 60;

/**
 * Newton's method on the dual, with a backtracking step.
 * @param features one array per feature, of the order of 1; entry i is of row i
 * @returns undefined when no weights bring all means to 0: the demand lies outside what the rows hold
 */
export function solveTilt(features: readonly Float64Array[], rows: number): Tilt | undefined {
  const k = features.length;
  const lambda = new Float64Array(k);
  let state = weigh(features, rows, lambda);
  for (let step = 0; step < mostSteps; step++) {
    const { gradient, hessian } = moments(features, rows, state.weights);
    if (Math.max(0, ...gradient.map(Math.abs)) < 1e-7) return finish(lambda, state.weights);
    const move = solve(hessian, gradient);
    let length = 1;
    for (; length > 1e-6; length /= 2) {
      const next = lambda.map((value, i) => value - length * (move[i] as number));
      const tried = weigh(features, rows, next);
      if (tried.logSum <= state.logSum - 1e-12 * length || length < 1e-5) {
        lambda.set(next);
        state = tried;
        break;
      }
    }
    if (lambda.some((value) => !Number.isFinite(value) || Math.abs(value) > 1e4)) return undefined;
  }
  const { gradient } = moments(features, rows, state.weights);
  return Math.max(0, ...gradient.map(Math.abs)) < 1e-3 ? finish(lambda, state.weights) : undefined;
}

function finish(lambda: Float64Array, weights: Float64Array): Tilt {
  let squares = 0;
  for (const weight of weights) squares += weight * weight;
  return { lambda, weights, effective: 1 / squares };
}

function weigh(
  features: readonly Float64Array[],
  rows: number,
  lambda: Float64Array,
): { weights: Float64Array; logSum: number } {
  const weights = new Float64Array(rows);
  for (const [j, feature] of features.entries()) {
    const factor = lambda[j] as number;
    if (factor !== 0)
      for (let i = 0; i < rows; i++) weights[i] = (weights[i] as number) + factor * (feature[i] as number);
  }
  let most = Number.NEGATIVE_INFINITY;
  for (const score of weights) if (score > most) most = score;
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += weights[i] = Math.exp((weights[i] as number) - most);
  for (let i = 0; i < rows; i++) weights[i] = (weights[i] as number) / sum;
  return { weights, logSum: most + Math.log(sum) };
}

function moments(
  features: readonly Float64Array[],
  rows: number,
  weights: Float64Array,
): { gradient: number[]; hessian: number[][] } {
  const gradient = features.map((feature) => {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += (weights[i] as number) * (feature[i] as number);
    return sum;
  });
  const hessian = features.map((a, r) =>
    features.map((b, c) => {
      if (c > r) return 0;
      let sum = 0;
      for (let i = 0; i < rows; i++) sum += (weights[i] as number) * (a[i] as number) * (b[i] as number);
      return sum - (gradient[r] as number) * (gradient[c] as number);
    }),
  );
  for (let r = 0; r < features.length; r++) {
    for (let c = r + 1; c < features.length; c++) (hessian[r] as number[])[c] = (hessian[c] as number[])[r] as number;
    // Features that say the same (all levels of a column) leave directions in which nothing changes.
    (hessian[r] as number[])[r] = ((hessian[r] as number[])[r] as number) + 1e-9;
  }
  return { gradient, hessian };
}

/** Gaussian elimination with pivots; `matrix` is used up. */
function solve(matrix: number[][], right: readonly number[]): number[] {
  const n = right.length;
  const x = [...right];
  for (let c = 0; c < n; c++) {
    let pivot = c;
    for (let r = c + 1; r < n; r++) if (Math.abs(at(matrix, r, c)) > Math.abs(at(matrix, pivot, c))) pivot = r;
    [matrix[c], matrix[pivot]] = [matrix[pivot] as number[], matrix[c] as number[]];
    [x[c], x[pivot]] = [x[pivot] as number, x[c] as number];
    for (let r = c + 1; r < n; r++) {
      const factor = at(matrix, r, c) / at(matrix, c, c);
      if (factor === 0) continue;
      for (let j = c; j < n; j++) (matrix[r] as number[])[j] = at(matrix, r, j) - factor * at(matrix, c, j);
      x[r] = (x[r] as number) - factor * (x[c] as number);
    }
  }
  for (let r = n - 1; r >= 0; r--) {
    let sum = x[r] as number;
    for (let j = r + 1; j < n; j++) sum -= at(matrix, r, j) * (x[j] as number);
    x[r] = sum / at(matrix, r, r);
  }
  return x;
}

function at(matrix: number[][], row: number, column: number): number {
  return (matrix[row] as number[])[column] as number;
}

/**
 * `count` different rows: by systematic sampling along the rows sorted by weight, so that the picked ones are spread as the
 * weights are; then single rows are swapped for others of about the same weight while that brings the means nearer to 0.
 * @returns ascending positions
 */
export function pickRows(
  features: readonly Float64Array[],
  weights: Float64Array,
  count: number,
  seed: number,
): Uint32Array {
  const rows = weights.length;
  const next = sequence(seed, 'tilt');
  const order = Uint32Array.from(weights.keys()).sort(
    (a, b) => (weights[a] as number) - (weights[b] as number) || a - b,
  );
  const factor = factorFor(weights, order, count);
  const isPicked = new Uint8Array(rows);
  let sum = next();
  let picked = 0;
  for (const row of order) {
    sum += Math.min(1, factor * (weights[row] as number));
    if (sum < 1 || picked === count) continue;
    sum -= 1;
    isPicked[row] = 1;
    picked += 1;
  }
  // Rounding may leave one row out.
  for (let i = rows - 1; picked < count && i >= 0; i--) {
    const row = order[i] as number;
    if (isPicked[row] === 1) continue;
    isPicked[row] = 1;
    picked += 1;
  }
  swap(features, order, isPicked, count, next);
  const ids = new Uint32Array(count);
  for (let row = 0, i = 0; row < rows; row++) if (isPicked[row] === 1) ids[i++] = row;
  return ids;
}

/** The factor at which capped chances min(1, factor · weight) add up to `count`. */
function factorFor(weights: Float64Array, ascending: Uint32Array, count: number): number {
  let below = 1;
  for (let capped = 0; capped < count; capped++) {
    const factor = (count - capped) / below;
    const most = weights[ascending[ascending.length - 1 - capped] as number] as number;
    if (factor * most <= 1 + 1e-12) return factor;
    below -= most;
  }
  return Number.MAX_VALUE;
}

function swap(
  features: readonly Float64Array[],
  order: Uint32Array,
  isPicked: Uint8Array,
  count: number,
  next: () => number,
): void {
  const off = features.map((feature) => {
    let sum = 0;
    for (let i = 0; i < isPicked.length; i++) sum += (isPicked[i] as number) * (feature[i] as number);
    return sum;
  });
  const near = Math.max(50, order.length >> 6);
  const tries = Math.min(400_000, 40 * count);
  for (let t = 0; t < tries; t++) {
    if (off.every((sum) => Math.abs(sum) < 0.0005 * count)) return;
    const a = Math.floor(next() * order.length);
    const b = Math.min(order.length - 1, Math.max(0, a + Math.floor((next() - 0.5) * 2 * near)));
    const [one, other] = [order[a] as number, order[b] as number];
    if (isPicked[one] === isPicked[other]) continue;
    const [out, into] = isPicked[one] === 1 ? [one, other] : [other, one];
    let gain = 0;
    for (const [j, feature] of features.entries()) {
      const sum = off[j] as number;
      const changed = sum - (feature[out] as number) + (feature[into] as number);
      gain += sum * sum - changed * changed;
    }
    if (gain <= 0) continue;
    isPicked[out] = 0;
    isPicked[into] = 1;
    for (const [j, feature] of features.entries()) {
      off[j] = (off[j] as number) - (feature[out] as number) + (feature[into] as number);
    }
  }
}

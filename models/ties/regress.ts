// Least squares on few rows: which functions tell most about a number, and the coefficients of their polynomial.

/** A function that the ones before explain to so small a part of its square adds nothing. */
const leastOwnPart = 1e-4;

/** What is left of a square when nothing is left to tell. */
const leastLeft = 1e-7;

/**
 * Orthogonal matching pursuit (Pati, Rezaiifar and Krishnaprasad 1993): the function that tells most about what is left, again
 * and again.
 * @param candidates values of each candidate at the rows
 * @param leastGain least share of what is left that a candidate must explain, times the rows
 * @returns positions of at most `most` candidates, the most telling first
 */
export function choose(
  candidates: readonly Float64Array[],
  wanted: Float64Array,
  most: number,
  leastGain: number,
): readonly number[] {
  const left = centred(wanted);
  const own = candidates.map(centred);
  const squares = own.map((values) => dot(values, values));
  const chosen: number[] = [];
  const least = leastLeft * dot(left, left);
  while (chosen.length < most) {
    let best = -1;
    let [greatest, length] = [0, 0];
    for (const [c, values] of own.entries()) {
      if (chosen.includes(c)) continue;
      const square = dot(values, values);
      if (square <= leastOwnPart * (squares[c] as number)) continue;
      const gain = dot(values, left) ** 2 / square;
      if (gain > greatest) [best, greatest, length] = [c, gain, square];
    }
    const rest = dot(left, left);
    if (best < 0 || rest <= least || greatest * left.length < leastGain * rest) break;
    chosen.push(best);
    const direction = own[best] as Float64Array;
    for (const [c, values] of own.entries())
      if (!chosen.includes(c)) subtract(values, direction, dot(values, direction) / length);
    subtract(left, direction, dot(left, direction) / length);
  }
  return chosen;
}

function centred(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  return values.map((value) => value - mean);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function subtract(from: Float64Array, direction: Float64Array, times: number): void {
  for (let i = 0; i < from.length; i++) from[i] = (from[i] as number) - times * (direction[i] as number);
}

/** A ridge regression's coefficients, the constant first: `ridge` is in shares of each term's own square. */
export function regress(terms: readonly Float64Array[], wanted: Float64Array, ridge: number): Float64Array {
  const rows = wanted.length;
  const means = terms.map((values) => values.reduce((sum, value) => sum + value, 0) / rows);
  const mean = wanted.reduce((sum, value) => sum + value, 0) / rows;
  const own = terms.map(centred);
  const left = centred(wanted);
  const size = terms.length;
  const gram = new Float64Array(size * size);
  const right = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const a = own[i] as Float64Array;
    right[i] = dot(a, left);
    for (let j = 0; j <= i; j++) gram[i * size + j] = dot(a, own[j] as Float64Array);
    gram[i * size + i] = (gram[i * size + i] as number) * (1 + ridge) + 1e-9 * rows;
  }
  const solved = solveLower(gram, right, size);
  let constant = mean;
  for (let i = 0; i < size; i++) constant -= (solved[i] as number) * (means[i] as number);
  return Float64Array.from([constant, ...solved]);
}

/** Solves by Cholesky's factor of the lower triangle, which is overwritten. */
function solveLower(lower: Float64Array, right: Float64Array, size: number): Float64Array {
  const at = (i: number, j: number): number => lower[i * size + j] as number;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = at(i, j);
      for (let l = 0; l < j; l++) sum -= at(i, l) * at(j, l);
      lower[i * size + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / at(j, j);
    }
  }
  const x = Float64Array.from(right);
  for (let i = 0; i < size; i++) {
    for (let l = 0; l < i; l++) x[i] = (x[i] as number) - at(i, l) * (x[l] as number);
    x[i] = (x[i] as number) / at(i, i);
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let l = i + 1; l < size; l++) x[i] = (x[i] as number) - at(l, i) * (x[l] as number);
    x[i] = (x[i] as number) / at(i, i);
  }
  return x;
}

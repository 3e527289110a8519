// How many rows and how many children: requested sizes as exact numbers. Pure.
import { SynthError } from '../errors.ts';
import { scatter } from './degrees.ts';

/** A request for rows: a number, a factor of the source's (`2x`, `50%`), or as many as `usual`. */
export function requestedRows(
  label: string,
  rows: number | string | undefined,
  sourceRows: number,
  usual: number,
): number {
  if (rows === undefined) return Math.round(usual);
  if (typeof rows === 'number') {
    if (Number.isSafeInteger(rows) && rows >= 0) return rows;
  } else {
    const match = /^\s*(\d+(?:\.\d+)?)\s*(x|%)\s*$/.exec(rows);
    if (match !== null) return Math.round(sourceRows * Number(match[1]) * (match[2] === '%' ? 0.01 : 1));
  }
  throw new SynthError('plan.rows', `The rows of ${label} are neither a whole number nor a factor.`, {
    hint: "Write a number of rows, or a factor such as '2x' or '50%'.",
  });
}

/**
 * Counts that sum to `target`. Small differences are closed by taking some parents' other draws, which keeps the counts'
 * distribution; large ones by a common factor; what is left by one child more or less for parents that have children.
 */
export function adjustCounts(drawn: Uint32Array, others: Uint32Array, target: number, seed: number): Uint32Array {
  const counts = drawn.slice();
  const order = scatter(counts.length, seed);
  let sum = 0;
  for (const count of counts) sum += count;
  for (const parent of order) {
    if (sum === target) break;
    const change = (others[parent] as number) - (counts[parent] as number);
    if (change === 0 || Math.abs(target - sum - change) >= Math.abs(target - sum)) continue;
    counts[parent] = others[parent] as number;
    sum += change;
  }
  if (counts.length === 0) return counts;
  if (sum === 0 && target > 0) {
    counts.fill(1);
    sum = counts.length;
  }
  if (Math.abs(sum - target) > 0.02 * sum) sum = scaleCounts(counts, target / sum, order);
  while (sum !== target) {
    const step = sum < target ? 1 : -1;
    for (const parent of order) {
      if (sum === target) break;
      const count = counts[parent] as number;
      if (count === 0) continue;
      counts[parent] = count + step;
      sum += step;
    }
    if (step < 0 && sum === 0) break;
  }
  return counts;
}

/** Multiplies by a factor, carrying fractions over to the next parent in a shuffled order. */
function scaleCounts(counts: Uint32Array, factor: number, order: Uint32Array): number {
  let carry = 0;
  let sum = 0;
  for (const parent of order) {
    const count = counts[parent] as number;
    if (count === 0) continue;
    carry += count * factor;
    const scaled = Math.floor(carry + 1e-9);
    carry -= scaled;
    counts[parent] = scaled;
    sum += scaled;
  }
  if (sum === 0) {
    counts[order[0] as number] = 1;
    sum = 1;
  }
  return sum;
}

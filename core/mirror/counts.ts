// How many rows and how many children: requested sizes as exact numbers. Pure.
import { SynthError } from '../errors.ts';
import { mix32 } from '../random.ts';
import { scatter } from './degrees.ts';

/** A request for rows: a number, a factor of the source's (`2x`, `50%`), or as many as `usual`. */
export function requestedRows(
  label: string,
  rows: number | string | readonly { readonly count: number }[] | undefined,
  sourceRows: number,
  usual: number,
): number {
  if (rows === undefined) return Math.round(usual);
  if (typeof rows === 'object') return rows.reduce((sum, { count }) => sum + count, 0);
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

/** How many children parents get. */
export interface FamilySizes {
  readonly counts: Uint32Array;
  /** Of tables that are made smaller or larger than usual: what the children are drawn as. */
  readonly usual?: {
    /** Children per parent as learnt. */
    readonly counts: Uint32Array;
    /** Per child, its place (1, 2, …) among that many siblings. */
    readonly places: Uint32Array;
  };
}

/**
 * Counts that sum to `target`. Small differences are closed by taking some parents' other draws, which keeps the counts'
 * distribution. A smaller table is a random part of the children, as if rows had been picked from a table of the usual
 * size; a larger one has all counts multiplied. What is left is closed by one child more or less for parents with children.
 */
export function adjustCounts(drawn: Uint32Array, others: Uint32Array, target: number, seed: number): FamilySizes {
  const counts = drawn.slice();
  const order = scatter(counts.length, seed);
  let sum = total(counts);
  for (const parent of order) {
    if (sum === target) break;
    const change = (others[parent] as number) - (counts[parent] as number);
    if (change === 0 || Math.abs(target - sum - change) >= Math.abs(target - sum)) continue;
    counts[parent] = others[parent] as number;
    sum += change;
  }
  if (counts.length === 0) return { counts };
  if (sum === 0 && target > 0) {
    counts.fill(1);
    sum = counts.length;
  }
  if (target < 0.98 * sum) {
    const kept = thinCounts(counts, target, seed);
    return { counts: kept.counts, usual: { counts, places: kept.places } };
  }
  if (target <= 1.02 * sum) {
    closeGap(counts, sum, target, order);
    return { counts };
  }
  const larger = counts.slice();
  closeGap(larger, scaleCounts(larger, target / sum, order), target, order);
  return { counts: larger, usual: { counts, places: stretchedPlaces(counts, larger) } };
}

/** Picks `target` of all children, each with the same chance. */
export function thinCounts(
  counts: Uint32Array,
  target: number,
  seed: number,
): { readonly counts: Uint32Array; readonly places: Uint32Array } {
  const kept = new Uint32Array(counts.length);
  const places = new Uint32Array(target);
  let left = total(counts);
  let at = 0;
  let word = mix32(seed ^ 0x2545f491);
  for (const [parent, count] of counts.entries()) {
    for (let place = 1; place <= count; place++, left--) {
      word = mix32((word + left) >>> 0);
      if ((word / 4294967296) * left >= target - at) continue;
      places[at++] = place;
      kept[parent] = (kept[parent] as number) + 1;
    }
  }
  return { counts: kept, places };
}

function stretchedPlaces(counts: Uint32Array, larger: Uint32Array): Uint32Array {
  const places = new Uint32Array(total(larger));
  let at = 0;
  for (const [parent, count] of larger.entries()) {
    const usual = counts[parent] as number;
    for (let child = 0; child < count; child++) places[at++] = 1 + Math.floor((child * usual) / count);
  }
  return places;
}

function closeGap(counts: Uint32Array, from: number, target: number, order: Uint32Array): void {
  let sum = from;
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
  return sum;
}

function total(counts: Uint32Array): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}

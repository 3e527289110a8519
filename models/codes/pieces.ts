// Cuts the sorted values of a column into pieces of at least k rows: atoms and intervals.

export interface Pieces {
  readonly edges: Float64Array;
  readonly atoms: Float64Array;
  readonly counts: Float64Array;
}

interface Distinct {
  readonly values: Float64Array;
  readonly counts: Float64Array;
}

/**
 * @param sorted at least k finite values in rising order, in units of the grid
 * @param whole whether units are whole numbers
 * @param intervalRows about how many rows an interval holds; never fewer than k
 */
export function cutPieces(sorted: Float64Array, k: number, whole: boolean, intervalRows: number): Pieces {
  const { values, counts } = distinct(sorted);
  const starts: number[] = [];
  const isAtom: boolean[] = [];
  const pieceCounts: number[] = [];
  const push = (start: number, count: number, atom: boolean): void => {
    starts.push(start);
    pieceCounts.push(count);
    isAtom.push(atom);
  };
  // Rows of a run too thin to stand alone, waiting for the atom after them when there is none before.
  let waiting = 0;
  for (let i = 0; i < values.length; ) {
    const count = counts[i] as number;
    if (count >= k) {
      push(i, count + waiting, true);
      waiting = 0;
      i++;
      continue;
    }
    let end = i;
    let total = 0;
    while (end < values.length && (counts[end] as number) < k) total += counts[end++] as number;
    if (total >= k) cutRun(i, end, total, counts, Math.max(k, intervalRows), push);
    else if (pieceCounts.length > 0) {
      pieceCounts[pieceCounts.length - 1] = (pieceCounts[pieceCounts.length - 1] as number) + total;
    } else waiting = total;
    i = end;
  }
  return layEdges({ values, counts }, sorted, k, whole, starts, isAtom, pieceCounts);
}

function distinct(sorted: Float64Array): Distinct {
  const values = new Float64Array(sorted.length);
  const counts = new Float64Array(sorted.length);
  let last = -1;
  for (let i = 0; i < sorted.length; i++) {
    const value = sorted[i] as number;
    if (last < 0 || value !== values[last]) values[++last] = value;
    counts[last] = (counts[last] as number) + 1;
  }
  return { values: values.subarray(0, last + 1), counts: counts.subarray(0, last + 1) };
}

/** Cuts distinct values [from, to) into intervals of nearly equal counts, none below `least` unless the run itself is. */
function cutRun(
  from: number,
  to: number,
  total: number,
  counts: Float64Array,
  least: number,
  push: (start: number, count: number, atom: boolean) => void,
): void {
  let start = from;
  let count = 0;
  let left = total;
  for (let i = from; i < to; i++) {
    count += counts[i] as number;
    if (count >= least && left - count >= least) {
      push(start, count, false);
      left -= count;
      start = i + 1;
      count = 0;
    }
  }
  push(start, count, false);
}

function layEdges(
  { values }: Distinct,
  sorted: Float64Array,
  k: number,
  whole: boolean,
  starts: readonly number[],
  isAtom: readonly boolean[],
  pieceCounts: readonly number[],
): Pieces {
  const pieces = starts.length;
  const edges = new Float64Array(pieces + 1);
  const atoms = new Float64Array(pieces).fill(Number.NaN);
  const low = sorted[k - 1] as number;
  const high = sorted[sorted.length - k] as number;
  for (let p = 0; p < pieces; p++) {
    const start = starts[p] as number;
    if (isAtom[p]) atoms[p] = values[start] as number;
    edges[p] = p === 0 ? low : between(values[start - 1] as number, values[start] as number, whole);
  }
  edges[pieces] = whole ? high + 1 : high;
  // The k-th smallest may be above the k-th largest when there are fewer than 2k rows: one value is left then.
  for (let p = 1; p <= pieces; p++) edges[p] = Math.max(edges[p] as number, edges[p - 1] as number);
  return { edges, atoms, counts: Float64Array.from(pieceCounts) };
}

/** The first value that belongs to the right of two neighbours: above `left`, at most `right`. */
function between(left: number, right: number, whole: boolean): number {
  if (whole) return Math.min(right, Math.floor(left + (right - left) / 2) + 1);
  const middle = left + (right - left) / 2;
  return middle > left ? middle : right;
}

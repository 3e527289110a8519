// How far values follow predictions where they are close to each other: what distances from predictions say of all rows need not
// hold within a code, where places are drawn.
import { countUpTo } from '../sorted.ts';
import { drawWithin } from './misses.ts';

/** Runs of neighbouring values within which the order is compared: about what codes are. */
const runs = 128;

/**
 * The share of rows to be placed by their prediction, the others anywhere: Kendall's tau of values and predictions within runs of
 * near values, of held-back rows, over that of values drawn by the distances.
 * @param learnt other values, sorted, whose quantiles are where runs begin
 * @param unit what values are multiples of; 0: of nothing
 */
export function followShare(
  judged: Float64Array,
  predicted: Float64Array,
  learnt: Float64Array,
  misses: Float64Array,
  unit: number,
): number {
  const rounded = (value: number): number => (unit === 0 ? value : Math.round(value / unit));
  const edges = Float64Array.from(
    { length: runs - 1 },
    (_, i) => learnt[Math.floor(((i + 1) * learnt.length) / runs)] as number,
  );
  const byRun = new Map<number, number[]>();
  for (const [i, value] of judged.entries()) {
    const run = countUpTo(edges, value);
    byRun.set(run, [...(byRun.get(run) ?? []), i]);
  }
  let [seen, expected] = [0, 0];
  for (const [run, rows] of byRun) {
    if (run === 0 || run === runs - 1) continue;
    const range = { low: edges[run - 1] as number, high: edges[run] as number };
    // As evenly spread as draws are on average, and without any chance of their own.
    const drawn = rows.map((i, n) => rounded(drawWithin(misses, predicted[i] as number, range, (n * 0.618034) % 1)));
    seen += concordance(rows, (n) => judged[rows[n] as number] as number, predicted);
    expected += concordance(rows, (n) => drawn[n] as number, predicted);
  }
  return expected <= 0 ? 0 : Math.max(0, Math.min(1, seen / expected));
}

/** Pairs in the same order less those in the other. */
function concordance(rows: readonly number[], valueAt: (n: number) => number, predicted: Float64Array): number {
  let sum = 0;
  for (let a = 0; a < rows.length; a++) {
    for (let b = 0; b < a; b++) {
      const other = (predicted[rows[a] as number] as number) - (predicted[rows[b] as number] as number);
      sum += Math.sign(other) * Math.sign(valueAt(a) - valueAt(b));
    }
  }
  return sum;
}

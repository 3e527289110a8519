// Judges a tie by rows that it did not learn from.
import { countBelow, countUpTo } from '../sorted.ts';
import { predict } from './predict.ts';
import type { Tie, TieColumn } from './types.ts';

/** @param columns of the sample; `rows` are positions in it */
export function predictRows(tie: Tie, columns: readonly TieColumn[], rows: Uint32Array): Float64Array {
  const gathered = columns.map((column, at): TieColumn | undefined => {
    if (!tie.functions.some((f) => f.column === at)) return undefined;
    return column.kind === 'number'
      ? { ...column, values: Float64Array.from(rows, (row) => column.values[row] as number) }
      : { ...column, codes: Uint16Array.from(rows, (row) => column.codes[row] as number) };
  });
  const into = new Float64Array(rows.length);
  predict(tie, gathered, into);
  return into;
}

/** The rank of the sorted value that is nearest: the middle of those that are equal. */
function rankOf(sorted: Float64Array): (value: number) => number {
  return (value) => {
    const after = countBelow(sorted, value);
    const [left, right] = [sorted[Math.max(0, after - 1)], sorted[Math.min(sorted.length - 1, after)]] as [
      number,
      number,
    ];
    const nearest = value - left < right - value ? left : right;
    return (countBelow(sorted, nearest) + countUpTo(sorted, nearest)) / 2;
  };
}

/**
 * Share of the variance of ranks that predictions explain.
 * @param learnt what ranks are among, sorted
 */
export function explainedRanks(wanted: Float64Array, predicted: Float64Array, learnt: Float64Array): number {
  const rank = rankOf(learnt);
  const ranks = wanted.map(rank);
  const mean = ranks.reduce((sum, value) => sum + value, 0) / ranks.length;
  let [left, all] = [0, 0];
  for (let i = 0; i < ranks.length; i++) {
    left += ((ranks[i] as number) - rank(predicted[i] as number)) ** 2;
    all += ((ranks[i] as number) - mean) ** 2;
  }
  return all > 0 ? 1 - left / all : 0;
}

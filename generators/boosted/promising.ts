// Of many predictors, those that tell most about the way that the rows of one node go, each taken alone.
import type { Predictor } from './fit-part.ts';
import { countCodes } from './pairs.ts';

const rows = new Uint32Array(65_536);
const rights = new Uint32Array(65_536);

/**
 * Positions of the `most` predictors with the greatest chi-square at a node, in rising order; all when there are no more.
 * @param columns code columns, predictors first
 * @param isRight 0 or 1 per row of `rowsHere`
 */
export function promisingPredictors(
  predictors: readonly Predictor[],
  columns: readonly Uint16Array[],
  rowsHere: Uint32Array,
  isRight: Uint8Array,
  most: number,
): readonly number[] {
  const all = [...predictors.keys()];
  if (all.length <= most) return all;
  const gains = predictors.map(({ codeCount, isCategory }, p) => {
    const [counts, ones] = [rows.subarray(0, codeCount).fill(0), rights.subarray(0, codeCount).fill(0)];
    countCodes(columns[p] as Uint16Array, rowsHere, isRight, counts, ones);
    return isCategory ? levelsGain(counts, ones) : thresholdGain(counts, ones);
  });
  return all
    .sort((a, b) => (gains[b] as number) - (gains[a] as number) || a - b)
    .slice(0, most)
    .sort((a, b) => a - b);
}

/** Chi-square of levels against the way taken, less its expectation: many levels are no merit. */
function levelsGain(counts: Uint32Array, ones: Uint32Array): number {
  const { share, variance } = shareOf(counts, ones);
  let gain = 0;
  for (let code = 0; code < counts.length; code++) {
    const count = counts[code] as number;
    if (count > 0) gain += ((ones[code] as number) - count * share) ** 2 / (count * variance) - 1;
  }
  return gain;
}

/** The greatest chi-square of a cut of the codes in two. */
function thresholdGain(counts: Uint32Array, ones: Uint32Array): number {
  const { share, variance, total } = shareOf(counts, ones);
  let [below, excess, most] = [0, 0, 0];
  for (let code = 0; code < counts.length; code++) {
    below += counts[code] as number;
    excess += (ones[code] as number) - (counts[code] as number) * share;
    if (below > 0 && below < total) most = Math.max(most, (excess * excess * total) / (below * (total - below)));
  }
  return most / variance - 1;
}

function shareOf(counts: Uint32Array, ones: Uint32Array): { share: number; variance: number; total: number } {
  let [total, right] = [0, 0];
  for (let code = 0; code < counts.length; code++) {
    total += counts[code] as number;
    right += ones[code] as number;
  }
  const share = right / Math.max(1, total);
  // A node all of whose rows go one way has nothing to tell: no predictor does better than another.
  return { share, variance: Math.max(1e-9, share * (1 - share)), total };
}

// How well scores put rows of one class before others: the area under the ROC curve, and its mean over classes.
import type { Scorer } from './types.ts';

/**
 * The chance that a row of class 1 scores above one of class 0, ties half (Mann and Whitney 1947). Null for one class.
 * @param scores one per row, whose order alone counts
 * @param isPositive of a row
 */
export function aucScorer(scores: Float64Array, isPositive: (row: number) => boolean): Scorer {
  const n = scores.length;
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort(
    (a, b) => (scores[a] as number) - (scores[b] as number),
  );
  const positive = Uint8Array.from(order, (row) => (isPositive(row) ? 1 : 0));
  // 1: the row ends a run of equal scores.
  const ends = Uint8Array.from(order, (row, i) => (scores[row] === scores[order[i + 1] as number] ? 0 : 1));
  return (counts) => {
    let [below, here] = [0, 0];
    let [positives, positivesHere] = [0, 0];
    let won = 0;
    for (let i = 0; i < n; i++) {
      const count = counts === undefined ? 1 : (counts[order[i] as number] as number);
      if (positive[i] === 1) positivesHere += count;
      else here += count;
      if (ends[i] === 0) continue;
      won += positivesHere * (below + here / 2);
      positives += positivesHere;
      below += here;
      here = 0;
      positivesHere = 0;
    }
    return positives === 0 || below === 0 ? null : won / (positives * below);
  };
}

/** @param predicted the probability of 1; `target` is 0 or 1 */
export function binaryAuc(predicted: Float64Array, target: Float64Array): Scorer {
  return aucScorer(predicted, (row) => target[row] === 1);
}

/**
 * Mean over classes of the AUC of each against all others (Provost and Domingos 2000, unweighted). Classes that no row of the
 * target has are left out; null when fewer than two are there.
 * @param predicted rows × classes, or the probability of 1 alone
 */
export function macroAuc(predicted: Float64Array, target: Float64Array): Scorer {
  const n = target.length;
  const classes = n === 0 ? 1 : predicted.length / n;
  if (classes === 1) return binaryAuc(predicted, target);
  const scorers = Array.from({ length: classes }, (_, c) => {
    const own = Float64Array.from({ length: n }, (_, row) => predicted[row * classes + c] as number);
    return aucScorer(own, (row) => target[row] === c);
  });
  return (counts) => {
    const found = scorers.flatMap((score) => score(counts) ?? []);
    return found.length === 0 ? null : found.reduce((sum, auc) => sum + auc, 0) / found.length;
  };
}

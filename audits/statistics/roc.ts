// What a score that knows nothing shows, and how certain a score's success is: AUC, and the true-positive rate at a low
// false-positive rate.
import { fisherCritical, fisherGreater } from './fisher.ts';
import { Z975 } from './normal.ts';
import { type Interval, wilson } from './proportion.ts';

/** Standard deviation of the AUC of a score that knows nothing (Mann and Whitney 1947); with ties it is less. */
export function nullAucDeviation(positives: number, negatives: number): number {
  return Math.sqrt((positives + negatives + 1) / (12 * positives * negatives));
}

/** 95 % interval of an AUC (J. Hanley and B. McNeil 1982). */
export function aucInterval(auc: number, positives: number, negatives: number): Interval {
  const both = auc / (2 - auc);
  const twice = (2 * auc * auc) / (1 + auc);
  const variance =
    (auc * (1 - auc) + (positives - 1) * (both - auc * auc) + (negatives - 1) * (twice - auc * auc)) /
    (positives * negatives);
  const half = Z975 * Math.sqrt(Math.max(0, variance));
  return { low: Math.max(0, auc - half), high: Math.min(1, auc + half) };
}

/** Positives found when `falsePositives` negatives may be taken for positives. */
export interface Detection {
  readonly found: number;
  readonly positives: number;
  readonly negatives: number;
  readonly falsePositives: number;
}

/**
 * How many positives score above the negative that would be one too many. Within a run of equal scores they count in
 * proportion to the negatives that are still allowed, as along the straight line of an ROC curve.
 */
export function detect(
  scores: Float64Array,
  isPositive: (row: number) => boolean,
  falsePositiveRate: number,
): Detection {
  const order = Uint32Array.from(scores, (_, i) => i).sort((a, b) => (scores[b] as number) - (scores[a] as number));
  let positives = 0;
  for (let row = 0; row < scores.length; row++) if (isPositive(row)) positives++;
  const negatives = scores.length - positives;
  const falsePositives = Math.floor(falsePositiveRate * negatives);
  let allowed = falsePositives;
  let found = 0;
  for (let from = 0, to = 0; from < order.length; from = to) {
    const tied = [0, 0];
    for (; to < order.length && scores[order[to] as number] === scores[order[from] as number]; to++) {
      const side = isPositive(order[to] as number) ? 1 : 0;
      tied[side] = (tied[side] as number) + 1;
    }
    const [wrong, right] = tied as [number, number];
    if (wrong > allowed) {
      found += (right * allowed) / wrong;
      break;
    }
    found += right;
    allowed -= wrong;
  }
  return { found, positives, negatives, falsePositives };
}

/**
 * The chance that a score that knows nothing finds as many: among the first `found + falsePositives` of all rows in a random
 * order at least `found` are positives, a hypergeometric tail. Exact without ties.
 */
export function detectionP({ found, positives, negatives, falsePositives }: Detection): number {
  return fisherGreater(Math.floor(found), positives, falsePositives, negatives);
}

/** The greatest rate that is no evidence at level `alpha`. */
export function detectionCritical({ positives, negatives, falsePositives }: Detection, alpha: number): number {
  return Math.min(1, fisherCritical(positives, falsePositives, negatives, alpha) / positives);
}

/** 95 % interval of the rate: Wilson's, for as many rows as leave it uncertain by the positives and the threshold together. */
export function detectionInterval({ found, positives, negatives }: Detection): Interval {
  const rows = (positives * negatives) / (positives + negatives);
  return wilson((found / positives) * rows, rows);
}

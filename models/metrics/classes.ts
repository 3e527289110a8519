// How often, and how surely, the right class is predicted: accuracy and log loss.
import { meanScorer } from './mean.ts';
import type { Scorer } from './types.ts';

const leastShare = 1e-15;

/** @param predicted the probability of 1, or rows × classes probabilities */
export function accuracy(predicted: Float64Array, target: Float64Array): Scorer {
  const classes = predicted.length / target.length;
  const at = (i: number): number => predicted[i] as number;
  return meanScorer(target, (value, row) => {
    if (classes === 1) return at(row) > 0.5 === (value === 1) ? 1 : 0;
    let best = 0;
    for (let c = 1; c < classes; c++) if (at(row * classes + c) > at(row * classes + best)) best = c;
    return best === value ? 1 : 0;
  });
}

/** Mean −ln of the probability of the right class. @param predicted as for {@link accuracy} */
export function logloss(predicted: Float64Array, target: Float64Array): Scorer {
  const classes = predicted.length / target.length;
  return meanScorer(target, (value, row) => {
    const own = predicted[classes > 1 ? row * classes + value : row] as number;
    return -Math.log(Math.max(leastShare, classes > 1 || value === 1 ? own : 1 - own));
  });
}

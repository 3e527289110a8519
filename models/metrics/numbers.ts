// How near predicted numbers are: root mean squared error, mean absolute error and R².
import { meanScorer, weightedMean } from './mean.ts';
import type { Scorer } from './types.ts';

export function rmse(predicted: Float64Array, target: Float64Array): Scorer {
  const mean = squares(predicted, target);
  return (counts) => {
    const square = mean(counts);
    return square === null ? null : Math.sqrt(square);
  };
}

export function mae(predicted: Float64Array, target: Float64Array): Scorer {
  return meanScorer(target, (value, row) => Math.abs(value - (predicted[row] as number)));
}

/** 1 − squared error / squared deviation from the target's mean; null for a target that does not vary, or one row. */
export function r2(predicted: Float64Array, target: Float64Array): Scorer {
  const mean = squares(predicted, target);
  return (counts) => {
    const middle = target.length < 2 ? null : weightedMean(target, counts);
    const left = mean(counts);
    if (middle === null || left === null) return null;
    const total =
      weightedMean(
        target.map((value) => (value - middle) ** 2),
        counts,
      ) ?? 0;
    return total === 0 ? null : 1 - left / total;
  };
}

function squares(predicted: Float64Array, target: Float64Array): Scorer {
  return meanScorer(target, (value, row) => (value - (predicted[row] as number)) ** 2);
}

// How well predictions fit: the metrics that `uses` may name.
import type { DownstreamTask, MetricName } from '../../core/downstream.ts';

export interface Metric {
  readonly tasks: readonly DownstreamTask['kind'][];
  readonly better: 'more' | 'less';
  /**
   * @param predicted as `Predict` gives it
   * @returns null where it is not defined, as the AUC of one class
   */
  score(predicted: Float64Array, target: Float64Array): number | null;
}

const least = 1e-15;

export const metrics: Readonly<Record<MetricName, Metric>> = {
  auc: { tasks: ['binary'], better: 'more', score: auc },
  accuracy: { tasks: ['binary', 'multiclass'], better: 'more', score: accuracy },
  logloss: { tasks: ['binary', 'multiclass'], better: 'less', score: logloss },
  rmse: {
    tasks: ['regression'],
    better: 'less',
    score: (p, y) => (y.length === 0 ? null : Math.sqrt(mean(y, (v, i) => (v - at(p, i)) ** 2))),
  },
  mae: {
    tasks: ['regression'],
    better: 'less',
    score: (p, y) => (y.length === 0 ? null : mean(y, (v, i) => Math.abs(v - at(p, i)))),
  },
  r2: { tasks: ['regression'], better: 'more', score: r2 },
};

const at = (values: Float64Array, i: number): number => values[i] as number;

function mean(y: Float64Array, of: (value: number, i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < y.length; i++) sum += of(at(y, i), i);
  return sum / y.length;
}

/** The chance that a row of class 1 scores above one of class 0, ties half (Mann and Whitney 1947). */
function auc(predicted: Float64Array, target: Float64Array): number | null {
  const order = Uint32Array.from({ length: target.length }, (_, i) => i).sort(
    (a, b) => at(predicted, a) - at(predicted, b),
  );
  let ranks = 0;
  let positives = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && at(predicted, order[to] as number) === at(predicted, order[from] as number)) to++;
    for (let i = from; i < to; i++) {
      if (at(target, order[i] as number) !== 1) continue;
      positives++;
      ranks += (from + 1 + to) / 2;
    }
    from = to;
  }
  const negatives = target.length - positives;
  if (positives === 0 || negatives === 0) return null;
  return (ranks - (positives * (positives + 1)) / 2) / (positives * negatives);
}

function accuracy(predicted: Float64Array, target: Float64Array): number | null {
  if (target.length === 0) return null;
  const classes = predicted.length / target.length;
  return mean(target, (value, i) => {
    if (classes === 1) return at(predicted, i) > 0.5 === (value === 1) ? 1 : 0;
    let best = 0;
    for (let c = 1; c < classes; c++) if (at(predicted, i * classes + c) > at(predicted, i * classes + best)) best = c;
    return best === value ? 1 : 0;
  });
}

function logloss(predicted: Float64Array, target: Float64Array): number | null {
  if (target.length === 0) return null;
  const classes = predicted.length / target.length;
  return mean(target, (value, i) => {
    const p = classes > 1 ? at(predicted, i * classes + value) : value === 1 ? at(predicted, i) : 1 - at(predicted, i);
    return -Math.log(Math.max(least, p));
  });
}

function r2(predicted: Float64Array, target: Float64Array): number | null {
  if (target.length < 2) return null;
  const middle = mean(target, (value) => value);
  const total = mean(target, (value) => (value - middle) ** 2);
  return total === 0 ? null : 1 - mean(target, (value, i) => (value - at(predicted, i)) ** 2) / total;
}

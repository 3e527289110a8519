// A paired bootstrap over the rows of a test set: how sure it is that one set of predictions is better than another.
import type { MetricName } from '../../core/downstream.ts';
import { sequence } from '../../core/random.ts';
import { metrics } from './metrics.ts';

export interface Paired {
  /** How much better `b` is than `a`: in units of the metric, positive is better whichever way it points. */
  readonly gain: number;
  /** The 1 % and 99 % quantiles of the gain over resampled test sets (Efron and Tibshirani 1993, chapter 13). */
  readonly low: number;
  readonly high: number;
}

/** Null when the metric is not defined on these rows. The same rows of both are drawn each time. */
export function pairedBootstrap(
  metric: MetricName,
  a: Float64Array,
  b: Float64Array,
  target: Float64Array,
  seed: number,
  draws = 200,
): Paired | null {
  const { better, scorer } = metrics[metric];
  const [scoreA, scoreB] = [scorer(a, target), scorer(b, target)];
  const gainOf = (counts?: Uint32Array): number | null => {
    const [before, after] = [scoreA(counts), scoreB(counts)];
    if (before === null || after === null) return null;
    return better === 'more' ? after - before : before - after;
  };
  const gain = gainOf();
  if (gain === null) return null;
  const n = target.length;
  const next = sequence(seed, 'paired bootstrap');
  const counts = new Uint32Array(n);
  const gains: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    counts.fill(0);
    for (let i = 0; i < n; i++) {
      const row = Math.floor(next() * n);
      counts[row] = (counts[row] as number) + 1;
    }
    const found = gainOf(counts);
    if (found !== null) gains.push(found);
  }
  gains.sort((x, y) => x - y);
  const quantile = (q: number): number => gains[Math.round(q * (gains.length - 1))] ?? gain;
  return { gain, low: quantile(0.01), high: quantile(0.99) };
}

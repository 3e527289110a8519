// Which columns a model goes by: how much worse it predicts when one of them is shuffled (Breiman 2001).
import type { DownstreamColumn, MetricName, Predict } from '../../core/downstream.ts';
import { sequence } from '../../core/random.ts';
import { metrics } from '../metrics/index.ts';
import { type LabelledRows, pickRows } from './target.ts';

/**
 * The loss in the metric per column, in the metric's units, averaged over `repeats` shuffles; null when the metric is not
 * defined on these rows. The same seed shuffles alike for every model.
 */
export function permutationImportances(
  predict: Predict,
  { features, target }: LabelledRows,
  metric: MetricName,
  seed: number,
  repeats = 3,
): Float64Array | null {
  const { better, scorer } = metrics[metric];
  const sign = better === 'more' ? 1 : -1;
  const whole = scorer(predict(features), target)();
  if (whole === null) return null;
  const losses = new Float64Array(features.columns.length);
  for (let repeat = 0; repeat < repeats; repeat++) {
    const shuffled = pickRows(features, shuffle(target.length, seed, repeat));
    for (const at of losses.keys()) {
      const columns = features.columns.map(
        (column, i) => (i === at ? shuffled.columns[i] : column) as DownstreamColumn,
      );
      const without = scorer(predict({ ...features, columns }), target)() ?? whole;
      losses[at] = (losses[at] as number) + (sign * (whole - without)) / repeats;
    }
  }
  return losses;
}

/** Fisher and Yates. */
function shuffle(n: number, seed: number, repeat: number): Uint32Array {
  const next = sequence(seed, `permutation ${repeat}`);
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}

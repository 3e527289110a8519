// The metrics that downstream models are judged by, by the names that `uses` give them.
import type { MetricName } from '../../core/downstream.ts';
import { accuracy, logloss } from './classes.ts';
import { mae, r2, rmse } from './numbers.ts';
import { binaryAuc, macroAuc } from './ranking.ts';
import type { Metric } from './types.ts';

export const metrics: Readonly<Record<MetricName, Metric>> = {
  auc: { tasks: ['binary'], better: 'more', scorer: binaryAuc },
  macro_auc: { tasks: ['binary', 'multiclass'], better: 'more', scorer: macroAuc },
  accuracy: { tasks: ['binary', 'multiclass'], better: 'more', scorer: accuracy },
  logloss: { tasks: ['binary', 'multiclass'], better: 'less', scorer: logloss },
  rmse: { tasks: ['regression'], better: 'less', scorer: rmse },
  mae: { tasks: ['regression'], better: 'less', scorer: mae },
  r2: { tasks: ['regression'], better: 'more', scorer: r2 },
};

/**
 * @param predicted as `Predict` gives it
 * @returns null where it is not defined, as the AUC of one class
 */
export function score(metric: MetricName, predicted: Float64Array, target: Float64Array): number | null {
  return metrics[metric].scorer(predicted, target)();
}

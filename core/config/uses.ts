// Checks `uses` of the config: what mirrors are for, each with a model of ours or a command of the user's.
import type { DownstreamModel, MetricName } from '../downstream.ts';
import { metricNames } from '../downstream.ts';
import type { LoadedUse } from './loaded.ts';
import { check, type Problem, pathOf, suggestion } from './problems.ts';
import { downstreamModelSchema, type UseShape, useSchema } from './schema/index.ts';

/** Metrics in units of the target have no margin that would do for all. */
const shares: readonly string[] = ['auc', 'macro_auc', 'accuracy', 'r2', 'logloss'];

export function checkUses(
  values: Readonly<Record<string, unknown>>,
  tables: readonly string[],
  problems: Problem[],
): readonly LoadedUse[] {
  return Object.entries(values).flatMap(([name, value]): readonly LoadedUse[] => {
    const where = pathOf('uses', name);
    const refuse = (key: string, message: string): readonly LoadedUse[] => {
      problems.push({ code: 'config.invalid-value', where: key === '' ? where : pathOf(where, key), message });
      return [];
    };
    if (!/^[\p{L}\p{N}_-]+$/u.test(name)) return refuse('', 'The name of a use must be letters, digits, _ and -.');
    const shape = check<UseShape>(useSchema, value, where, problems);
    if (shape === undefined) return [];
    const { table, target, metric, model, command, better, timeout, severity } = shape;
    if (!tables.includes(table))
      return refuse('table', `"${table}" is not a table of this config.${suggestion(table, tables)}`);
    const margin = shape.margin ?? (shares.includes(metric) ? 0.02 : undefined);
    if (margin === undefined)
      return refuse('margin', `A margin in units of ${metric} is needed: how much worse than before is too bad?`);
    const common = { name, table, metric, margin, severity };
    if (command !== undefined) {
      if (model !== undefined) return refuse('', 'A use has a model or a command, not both.');
      const direction = better ?? (['logloss', 'rmse', 'mae'].includes(metric) ? 'less' : 'more');
      const seconds = Number.parseInt(timeout, 10) * ({ s: 1, m: 60, h: 3600 }[timeout.slice(-1)] ?? 1);
      return [{ kind: 'command', ...common, command, better: direction, seconds, holdout: shape.holdout }];
    }
    if (!(metricNames as readonly string[]).includes(metric)) {
      return refuse('metric', `"${metric}" is not a metric.${suggestion(metric, metricNames)}`);
    }
    if (target === undefined) return refuse('target', 'The column that is predicted is missing.');
    if (!downstreamModelSchema.safeParse(model).success) {
      return refuse('model', 'This is not a downstream model: use boosting() or linear(), or a command.');
    }
    return [{ kind: 'model', ...common, metric: metric as MetricName, target, model: model as DownstreamModel }];
  });
}

// use.<name>: a model trained on the mirror predicts real rows as well as one that was trained on real rows.
import { z } from 'zod';
import type { Audit, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import type { DownstreamModel, MetricName } from '../../core/downstream.ts';
import { displayName } from '../../core/schema.ts';
import type { LabelledRows } from '../../models/downstream/index.ts';
import { metrics, pairedBootstrap, score } from '../../models/metrics/index.ts';
import { boundsShape } from '../options.ts';
import { labelledSides } from './sides.ts';

export interface Use {
  readonly name: string;
  readonly table: string;
  readonly target: string;
  readonly metric: MetricName;
  readonly model: DownstreamModel;
  /** How much worse than real rows the mirror may be, in units of the metric. */
  readonly margin: number;
  readonly severity: 'error' | 'warn';
}

/** Two audits: the loss against real rows, with the margin for its bound, and the metric itself, which is only reported. */
export function useAudits(use: Use): readonly Audit[] {
  const { name, table, target, metric, margin, severity } = use;
  const common = {
    tier: 'run',
    family: 'utility',
    scope: 'table',
    needs: ['rows', 'holdout'],
    severity,
    minRows: 50,
    applies: ({ table: schema, columns, reference }) =>
      !reference && displayName(schema.name) === table && columns.some((column) => column.name === target),
  } as const satisfies Partial<Audit>;
  const loss: Audit<Bounds> = {
    ...common,
    id: `use.${name}`,
    title: `A model for "${name}" learns from the mirror what it learns from real rows.`,
    unit: `${metric} lost`,
    direction: 'above',
    options: z.strictObject({
      ...boundsShape(null, margin),
    }),
    run: async (input, _, { seed }) => [(await scores(input, use, seed)).loss],
  };
  const value: Audit<Bounds> = {
    ...common,
    id: `use.${name}.${metric}`,
    title: `How well a model that was trained on the mirror does "${name}" on real rows.`,
    unit: metric,
    direction: metrics[metric].better === 'more' ? 'below' : 'above',
    options: z.strictObject({
      ...boundsShape(null, null),
    }),
    run: async (input, _, { seed }) => [(await scores(input, use, seed)).value],
  };
  return [loss, value] as unknown as readonly Audit[];
}

interface Scores {
  readonly loss: Measurement;
  readonly value: Measurement;
}

const memory = new WeakMap<AuditInput, Map<string, Promise<Scores>>>();

/** Once for both audits. */
function scores(input: AuditInput, use: Use, seed: number): Promise<Scores> {
  const known = memory.get(input) ?? new Map<string, Promise<Scores>>();
  memory.set(input, known);
  const found = known.get(use.name) ?? compute(input, use, seed);
  known.set(use.name, found);
  return found;
}

async function compute(input: AuditInput, use: Use, seed: number): Promise<Scores> {
  const found = await predictBySides(input, use, seed, true);
  const { target, metric } = use;
  const nothing = (reason: string): Scores => {
    const measurement = { columns: [target], n: { real: 0, synthetic: 0, holdout: 0 }, value: null, reason };
    return { loss: measurement, value: measurement };
  };
  if (!isPredicted(found)) return nothing(found);
  const { byReal, byMirror, n } = found;
  const about = { columns: [target], n };
  const paired = pairedBootstrap(metric, byMirror, byReal, found.target, seed);
  const reached = score(metric, byMirror, found.target);
  const reference = score(metric, byReal, found.target);
  if (paired === null || reached === null || reference === null) {
    return nothing(`${metric} is not defined on these rows.`);
  }
  const ci = { low: paired.low, high: paired.high, method: 'paired bootstrap of the held-out rows, 98 %' };
  return {
    loss: { ...about, value: paired.gain, ci },
    // What real rows reach beside it.
    value: { ...about, value: reached, null: { q50: reference, q99: reference } },
  };
}

export interface Predicted {
  /** Of the held-out rows, by a model that learnt from the mirror. */
  readonly byMirror: Float64Array;
  /** By one that learnt from real rows; empty when it was not asked for. */
  readonly byReal: Float64Array;
  readonly target: Float64Array;
  readonly n: Measurement['n'];
}

/** @returns why it cannot be done, as a sentence without a value of the data, when it cannot */
export async function predictBySides(
  input: AuditInput,
  { target, metric, model }: Pick<Use, 'target' | 'metric' | 'model'>,
  seed: number,
  withReal: boolean,
): Promise<Predicted | string> {
  const sides = await labelledSides(input, target, [metric], seed);
  if (typeof sides === 'string') return sides;
  const { real, mirror, test, task, n } = sides;
  const predict = (rows: LabelledRows): Float64Array =>
    model.learn(rows.features, rows.target, task, seed)(test.features);
  return { byMirror: predict(mirror), byReal: withReal ? predict(real) : new Float64Array(0), target: test.target, n };
}

export function isPredicted(found: Predicted | string): found is Predicted {
  return typeof found !== 'string';
}

// What the audits of a target share: the sides with enough rows of each class, and models trained on them once.
import { z } from 'zod';
import type { Audit, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import type { MetricName, Predict } from '../../core/downstream.ts';
import { sequence } from '../../core/random.ts';
import { boosting, type LabelledRows, pickLabelled } from '../../models/downstream/index.ts';
import { frameOf } from '../frame.ts';
import { boundsShape } from '../options.ts';
import { type LabelledSides, labelledSides } from './sides.ts';

/** The AUC, its mean over more than two classes, or R² of numbers. */
const targetMetrics: readonly MetricName[] = ['auc', 'macro_auc', 'r2'];

/** Rows of a class, on the real side and on the held-out one, below which a model's score says little. */
const leastOfClass = 200;
/** The same for a target of numbers. */
const leastOfNumbers = 400;

/** What audits of a target have in common. */
export const aboutTarget: Pick<Audit, 'family' | 'scope' | 'needs' | 'minRows' | 'applies'> = {
  family: 'utility',
  scope: 'table',
  needs: ['rows', 'holdout'],
  minRows: 400,
  applies: ({ target, reference }) => !reference && target !== undefined,
};

/** Bounds that are off unless the config sets them. */
export const reportedOnly: z.ZodType<Bounds> = z.strictObject({
  ...boundsShape(null, null),
});

/** @returns why it cannot be decided, as a sentence without a value of the data, when it cannot */
export async function learnableSides(input: AuditInput, seed: number): Promise<LabelledSides | string> {
  const { target = '', excluded } = input.target;
  if (excluded.includes(target)) return `${target} is a key or made by a rule, so a mirror says nothing of it.`;
  const frame = await frameOf(input);
  return frame.memo(`target:${seed}`, async () => {
    const sides = await labelledSides(input, target, targetMetrics, seed);
    if (typeof sides === 'string') return sides;
    if (sides.real.features.columns.length === 0) return 'There is no column to predict the target from.';
    for (const [side, rows] of Object.entries({ learnt: sides.real, 'held out': sides.test })) {
      if (sides.task.kind === 'regression') {
        if (rows.target.length >= leastOfNumbers) continue;
        return `At least ${leastOfNumbers} real rows with a target are needed among those ${side}.`;
      }
      if (classesWith(rows, leastOfClass) >= 2) continue;
      return `At least ${leastOfClass} real rows of two classes of the target are needed among those ${side}.`;
    }
    return sides;
  });
}

function classesWith({ target }: LabelledRows, least: number): number {
  const counts = new Map<number, number>();
  for (const label of target) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts.values()].filter((count) => count >= least).length;
}

export interface SideModels {
  readonly byReal: Predict;
  readonly byMirror: Predict;
  /** Pairs of models of disjoint halves of the real rows: they differ by chance alone. */
  readonly halves: readonly (readonly [Predict, Predict])[];
}

const pairs = 4;

/** Boosted trees of both sides, and of halves of the real one; trained once for all audits. */
export async function sideModels(
  input: AuditInput,
  { real, mirror, task }: LabelledSides,
  seed: number,
  signal: AbortSignal,
): Promise<SideModels> {
  const frame = await frameOf(input);
  return frame.memo(`models:${seed}`, async () => {
    const model = boosting();
    const learn = ({ features, target }: LabelledRows): Predict => {
      signal.throwIfAborted();
      return model.learn(features, target, task, seed);
    };
    const halves = Array.from({ length: pairs }, (_, i): readonly [Predict, Predict] => {
      const [one, other] = halvesOf(real, seed, i);
      return [learn(one), learn(other)];
    });
    return { byReal: learn(real), byMirror: learn(mirror), halves };
  });
}

/** Classes are dealt out alternately, or a half might lack one. */
function halvesOf(rows: LabelledRows, seed: number, pair: number): readonly [LabelledRows, LabelledRows] {
  const { target } = rows;
  const next = sequence(seed, `halves ${pair}`);
  const keys = Float64Array.from(target, () => next());
  const order = Array.from(target.keys()).sort(
    (a, b) => (target[a] as number) - (target[b] as number) || (keys[a] as number) - (keys[b] as number),
  );
  const half = (side: number): LabelledRows =>
    pickLabelled(rows, Uint32Array.from(order.filter((_, i) => i % 2 === side)).sort());
  return [half(0), half(1)];
}

export function undecided(input: AuditInput, reason: string, n: Measurement['n']): Measurement {
  return { columns: targetColumns(input), value: null, reason, n };
}

export function targetColumns({ target: { target } }: AuditInput): readonly string[] {
  return target === undefined ? [] : [target];
}

/** Of an input whose sides cannot be read as they should. */
export const noRows: Measurement['n'] = { real: 0, synthetic: 0, holdout: 0 };

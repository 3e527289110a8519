// Two learners that can go on from a synthetic table: boosted trees from its scores, linear models from its weights.
import type { DownstreamTask } from '../../core/downstream.ts';
import { sequence } from '../../core/random.ts';
import { fitBoosting, margins, predict } from '../gbdt/index.ts';
import { fitLinear, type Linear, predictLinear } from '../linear/index.ts';
import { metrics } from '../metrics/index.ts';
import { type LabelledRows, pickLabelled } from './target.ts';

export const learnerNames = ['boosting', 'linear'] as const;
export type LearnerName = (typeof learnerNames)[number];

export interface PretrainOptions {
  readonly synthetic: LabelledRows;
  readonly test: LabelledRows;
  readonly task: DownstreamTask;
  readonly seed: number;
}

/** Predictions of the test rows. Labels are of at least two classes, but for numbers. */
export interface Pretrained {
  /** By a model that knows these labels only. */
  alone(labels: LabelledRows): Float64Array;
  /** By one that learnt from the synthetic table first. */
  tuned(labels: LabelledRows): Float64Array;
  /** By one that learnt from the synthetic table only. */
  untuned(): Float64Array;
}

export const pretrain: Readonly<Record<LearnerName, (options: PretrainOptions) => Pretrained>> = {
  boosting: pretrainBoosting,
  linear: pretrainLinear,
};

function pretrainBoosting({ synthetic, test, task, seed }: PretrainOptions): Pretrained {
  const first = fitBoosting(synthetic.features, synthetic.target, task, { seed });
  const testMargin = margins(first, test.features);
  // Leaves of 20 rows are impossible with 30 labels.
  const leastRowsFor = (k: number): number => Math.max(2, Math.min(20, Math.floor(k / 10)));
  return {
    alone({ features, target }) {
      const leastRows = leastRowsFor(target.length);
      return predict(fitBoosting(features, target, task, { leastRows, seed }), test.features);
    },
    tuned({ features, target }) {
      const k = target.length;
      // Small steps, as many as rows set aside ask for: what k labels say is laid over what the synthetic table said.
      const stop = k < 200 ? { rounds: 5 } : { rounds: 400, patience: 10, validationShare: 0.2 };
      const maximalLeaves = Math.max(4, Math.min(31, Math.round(k / 200)));
      const margin = margins(first, features);
      const options = { ...stop, rate: 0.05, maximalLeaves, leastRows: leastRowsFor(k), seed, margin };
      return predict(fitBoosting(features, target, task, options), test.features, testMargin);
    },
    untuned: () => predict(first, test.features),
  };
}

/** How hard weights are held to those of the synthetic table: the more, the more labels it takes to move them. */
const ridges = [1, 10, 100, 1000];
const usualRidge = 100;
/** Fewer labels cannot say which is right; more than the second need not all be asked. */
const leastToChoose = 40;
const mostToChoose = 2000;

function pretrainLinear({ synthetic, test, task, seed }: PretrainOptions): Pretrained {
  const first = fitLinear(synthetic.features, synthetic.target, task);
  return {
    alone: ({ features, target }) => predictLinear(fitLinear(features, target, task), test.features),
    tuned(labels) {
      const ridge = chooseRidge(labels, first, seed);
      const tuned = fitLinear(labels.features, labels.target, task, { ridge, towards: first });
      return predictLinear(tuned, test.features);
    },
    untuned: () => predictLinear(first, test.features),
  };
}

/** The ridge whose models lose least on the fourth of the labels that they did not see. */
function chooseRidge(labels: LabelledRows, towards: Linear, seed: number): number {
  const n = Math.min(mostToChoose, labels.target.length);
  if (n < leastToChoose) return usualRidge;
  const next = sequence(seed, 'folds');
  const folds = Uint8Array.from({ length: n }, () => Math.floor(next() * 4));
  const { task } = towards;
  const { scorer } = metrics[task.kind === 'regression' ? 'rmse' : 'logloss'];
  const losses = ridges.map((ridge) => {
    let loss = 0;
    for (let fold = 0; fold < 4; fold++) {
      const side = (isIn: boolean): LabelledRows =>
        pickLabelled(
          labels,
          Uint32Array.from(folds.keys()).filter((row) => (folds[row] === fold) === isIn),
        );
      const [seen, others] = [side(false), side(true)];
      const model = fitLinear(seen.features, seen.target, task, { ridge, towards });
      loss += (scorer(predictLinear(model, others.features), others.target)() ?? 0) * others.target.length;
    }
    return loss;
  });
  return ridges[losses.indexOf(Math.min(...losses))] as number;
}

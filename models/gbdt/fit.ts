// Gradient boosting: round after round a tree for what is left of the loss (Friedman 2001; Chen & Guestrin 2016).
import { sequence } from '../../core/random.ts';
import type { FeatureTable, Task } from '../features.ts';
import { binnersOf } from './bins.ts';
import { checkFit } from './check.ts';
import { createGround } from './ground.ts';
import { type Grown, growTree } from './grow.ts';
import { releaseKernel } from './kernel.ts';
import { type Objective, objectiveOf } from './objective.ts';
import { addTree } from './predict.ts';
import { type Derivatives, toGrid } from './scale.ts';
import { defaultGbdt, type Gbdt, type GbdtOptions, type Tree } from './types.ts';

/** Leaves that are so certain already stay where they are. */
const leastDivisor = 1e-12;

/**
 * Learns to predict `target` (one number per row, read as `task` says) from columns with NULL and categories as they are.
 * The same input gives the same model to the last bit. Columns without information, and too few rows for a split, give the
 * constant that fits best.
 * @throws SynthError `gbdt.*` for input that nothing can be learnt from; it names columns and never values
 */
export function fitBoosting(
  features: FeatureTable,
  target: Float64Array,
  task: Task,
  options: Partial<GbdtOptions> = {},
): Gbdt {
  const chosen: GbdtOptions = { ...defaultGbdt, ...options };
  checkFit(features, target, task, chosen);
  const { rowCount } = features;
  const binners = binnersOf(features.columns, chosen.maximalBins);
  const objective = objectiveOf(task);
  const { outputs } = objective;
  const { learnt, aside } = divide(rowCount, chosen);
  const base = chosen.margin === undefined ? objective.start(target, chosen.weights, learnt) : undefined;
  const margins = chosen.margin?.slice() ?? repeated(base as Float64Array, rowCount);
  const predictions = new Float64Array(margins.length);
  const ground = createGround(binners, features, learnt.length);
  const { binned } = ground;
  const derivatives: Derivatives = { gradients: new Float64Array(rowCount), hessians: new Float64Array(rowCount) };
  const trees: Tree[] = [];
  let best = { loss: Number.POSITIVE_INFINITY, rounds: 0 };
  for (let round = 0; ; round++) {
    objective.link(margins, predictions);
    if (aside.length > 0) {
      const loss = lossOf(objective, predictions, target, aside, chosen.weights);
      if (loss < best.loss) best = { loss, rounds: round };
      else if (round - best.rounds >= chosen.patience) break;
    }
    if (round === chosen.rounds) break;
    let gained = false;
    for (let output = 0; output < outputs; output++) {
      derive(objective, predictions, target, output, learnt, chosen.weights, derivatives);
      const scale = toGrid(derivatives, learnt, ground.statistics);
      ground.rows.set(learnt);
      const grown = growTree(ground, scale, chosen);
      settleLeaves(grown, derivatives, ground.rows, chosen, margins, output, outputs);
      addTree(grown.tree, binned, aside, margins, output, outputs);
      trees.push(grown.tree);
      gained ||= grown.tree.features.length > 0;
    }
    // Rounds that ask nothing would only repeat themselves.
    if (!gained) break;
  }
  releaseKernel();
  const kept = aside.length > 0 ? trees.slice(0, best.rounds * outputs) : trees;
  return { task, binners, base, trees: kept };
}

function repeated(base: Float64Array, rowCount: number): Float64Array {
  const margins = new Float64Array(rowCount * base.length);
  for (let at = 0; at < margins.length; at += base.length) margins.set(base, at);
  return margins;
}

/** Rows with weight, and of these the ones that are set aside to know when to stop. */
function divide(
  rowCount: number,
  { weights, patience, validationShare, seed }: GbdtOptions,
): Record<'learnt' | 'aside', Int32Array> {
  const learnt: number[] = [];
  const aside: number[] = [];
  const draw = sequence(seed, 'validation');
  for (let row = 0; row < rowCount; row++) {
    if (weights?.[row] === 0) continue;
    (patience > 0 && draw() < validationShare ? aside : learnt).push(row);
  }
  return { learnt: Int32Array.from(learnt), aside: Int32Array.from(aside) };
}

function derive(
  { outputs, gradient, hessian }: Objective,
  predictions: Float64Array,
  target: Float64Array,
  output: number,
  rows: Int32Array,
  weights: Float64Array | undefined,
  { gradients, hessians }: Derivatives,
): void {
  for (const row of rows) {
    const weight = weights?.[row] ?? 1;
    const prediction = predictions[row * outputs + output] as number;
    gradients[row] = weight * gradient(prediction, target[row] as number, output);
    hessians[row] = weight * hessian(prediction);
  }
}

/** Gives leaves their values (Newton's step, from unrounded sums) and adds them to the scores of their rows. */
function settleLeaves(
  { tree, ranges }: Grown,
  { gradients, hessians }: Derivatives,
  rows: Int32Array,
  { rate, ridge }: GbdtOptions,
  margins: Float64Array,
  output: number,
  outputs: number,
): void {
  for (const [leaf, { from, to }] of ranges.entries()) {
    let gradient = 0;
    let hessian = ridge;
    for (let i = from; i < to; i++) {
      const row = rows[i] as number;
      gradient += gradients[row] as number;
      hessian += hessians[row] as number;
    }
    const value = hessian < leastDivisor ? 0 : (-rate * gradient) / hessian;
    tree.leaves[leaf] = value;
    for (let i = from; i < to; i++) {
      const at = (rows[i] as number) * outputs + output;
      margins[at] = (margins[at] as number) + value;
    }
  }
}

function lossOf(
  { outputs, loss }: Objective,
  predictions: Float64Array,
  target: Float64Array,
  rows: Int32Array,
  weights: Float64Array | undefined,
): number {
  let sum = 0;
  for (const row of rows) sum += (weights?.[row] ?? 1) * loss(predictions, row * outputs, target[row] as number);
  return sum;
}

// Logistic, multinomial and linear regression with a ridge, which may pull towards the weights of another model.
import { SynthError } from '../../core/errors.ts';
import { type FeatureTable, outputsOf, type Task } from '../features.ts';
import { addProducts, addTransposed, type Design, designOf, type Encoded, encode } from './design.ts';
import { minimise } from './minimise.ts';

export interface LinearOptions {
  /** The penalty is ridge / 2 times the sum of squares of the weights; scikit-learn's 1/C, or Ridge's alpha. Intercepts go free. */
  readonly ridge: number;
  /** A model of the same columns and task: weights and intercepts are shrunk to its instead of to 0, on its scales. */
  readonly towards?: Linear;
}

export interface Linear {
  readonly task: Task;
  readonly design: Design;
  /** Per output an intercept and `design.width` weights. In regression, of the target on its scale. */
  readonly weights: Float64Array;
  /** Target = centre + scale · score; 0 and 1 for classes. */
  readonly centre: number;
  readonly scale: number;
}

const defaults: LinearOptions = { ridge: 1 };

/**
 * Minimises the sum of log losses, or half the sum of squared errors of the standardised target, plus the penalty. NULL and
 * categories as `design.ts` says. The same input gives the same model.
 * @param target one number per row, read as `task` says
 * @throws SynthError `linear.*`; it names no values
 */
export function fitLinear(
  features: FeatureTable,
  target: Float64Array,
  task: Task,
  options: Partial<LinearOptions> = {},
): Linear {
  const { ridge, towards } = { ...defaults, ...options };
  check(features, target, task, ridge);
  const design = towards?.design ?? designOf(features);
  const rows = encode(design, features);
  const { centre, scale } = towards ?? (task.kind === 'regression' ? spread(target) : { centre: 0, scale: 1 });
  const outputs = outputsOf(task);
  const wide = design.width + 1;
  const prior = towards?.weights ?? new Float64Array(outputs * wide);
  const y = task.kind === 'regression' ? target.map((value) => (value - centre) / scale) : target;
  const scores = new Float64Array(outputs * rows.rowCount);
  const objective = (weights: Float64Array, gradient: Float64Array): number => {
    score(rows, weights, outputs, scores);
    let value = lossAndResiduals(scores, y, task);
    gradient.fill(0);
    for (let output = 0; output < outputs; output++) {
      const residuals = scores.subarray(output * rows.rowCount, (output + 1) * rows.rowCount);
      gradient[output * wide] = residuals.reduce((sum, residual) => sum + residual, 0);
      addTransposed(rows, residuals, gradient.subarray(output * wide + 1, (output + 1) * wide));
    }
    for (let i = 0; i < weights.length; i++) {
      // Only a model that another one knows better starts its intercept from there.
      if (i % wide === 0 && towards === undefined) continue;
      const away = (weights[i] as number) - (prior[i] as number);
      value += (ridge / 2) * away * away;
      gradient[i] = (gradient[i] as number) + ridge * away;
    }
    return value;
  };
  return { task, design, weights: minimise(objective, prior, 1e-7), centre, scale };
}

/** As `predict` of models/gbdt: probabilities of 1, rows × classes probabilities, or values. */
export function predictLinear({ task, design, weights, centre, scale }: Linear, features: FeatureTable): Float64Array {
  const { rowCount } = features;
  const outputs = outputsOf(task);
  const scores = new Float64Array(outputs * rowCount);
  score(encode(design, features), weights, outputs, scores);
  if (task.kind === 'regression') return scores.map((value) => centre + scale * value);
  if (task.kind === 'binary') return scores.map((value) => 1 / (1 + Math.exp(-value)));
  const shares = new Float64Array(scores.length);
  for (let row = 0; row < rowCount; row++) {
    const most = largestOf(scores, row, rowCount);
    let sum = 0;
    for (let k = 0; k < outputs; k++) sum += Math.exp((scores[k * rowCount + row] as number) - most);
    for (let k = 0; k < outputs; k++) {
      shares[row * outputs + k] = Math.exp((scores[k * rowCount + row] as number) - most) / sum;
    }
  }
  return shares;
}

/** Output after output, a score per row. */
function score(rows: Encoded, weights: Float64Array, outputs: number, scores: Float64Array): void {
  const wide = weights.length / outputs;
  for (let output = 0; output < outputs; output++) {
    const own = scores
      .subarray(output * rows.rowCount, (output + 1) * rows.rowCount)
      .fill(weights[output * wide] as number);
    addProducts(rows, weights.subarray(output * wide + 1, (output + 1) * wide), own);
  }
}

/** The loss; scores become its derivatives. */
function lossAndResiduals(scores: Float64Array, y: Float64Array, task: Task): number {
  const n = y.length;
  let loss = 0;
  if (task.kind === 'multiclass') {
    for (let row = 0; row < n; row++) {
      const most = largestOf(scores, row, n);
      let sum = 0;
      for (let k = 0; k < task.classes; k++) sum += Math.exp((scores[k * n + row] as number) - most);
      loss += most + Math.log(sum) - (scores[(y[row] as number) * n + row] as number);
      for (let k = 0; k < task.classes; k++) {
        const share = Math.exp((scores[k * n + row] as number) - most) / sum;
        scores[k * n + row] = share - (y[row] === k ? 1 : 0);
      }
    }
    return loss;
  }
  for (let row = 0; row < n; row++) {
    const [value, wanted] = [scores[row] as number, y[row] as number];
    if (task.kind === 'binary') {
      const far = Math.exp(-Math.abs(value));
      loss += Math.max(value, 0) - value * wanted + Math.log1p(far);
      scores[row] = (value >= 0 ? 1 : far) / (1 + far) - wanted;
    } else {
      loss += (value - wanted) ** 2 / 2;
      scores[row] = value - wanted;
    }
  }
  return loss;
}

/** @param scores output after output */
function largestOf(scores: Float64Array, row: number, rowCount: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let at = row; at < scores.length; at += rowCount) most = Math.max(most, scores[at] as number);
  return most;
}

function spread(target: Float64Array): { readonly centre: number; readonly scale: number } {
  const centre = target.reduce((sum, value) => sum + value, 0) / target.length;
  const variance = target.reduce((sum, value) => sum + (value - centre) ** 2, 0) / target.length;
  return { centre, scale: Math.sqrt(variance) || 1 };
}

function check({ rowCount }: FeatureTable, target: Float64Array, task: Task, ridge: number): void {
  const refuse = (code: string, message: string, hint: string): never => {
    throw new SynthError(code, message, { hint });
  };
  if (rowCount === 0 || target.length !== rowCount) {
    refuse(
      'linear.length',
      `There are ${rowCount} rows and ${target.length} targets.`,
      'Give at least one row, and a target for each.',
    );
  }
  if (!(ridge > 0 && Number.isFinite(ridge))) {
    refuse('linear.option', 'Option ridge is out of its range.', 'Set ridge to a number above 0.');
  }
  const classes = task.kind === 'binary' ? 2 : outputsOf(task);
  const isKnown = (value: number): boolean =>
    task.kind === 'regression' ? Number.isFinite(value) : Number.isInteger(value) && value >= 0 && value < classes;
  if (!target.every(isKnown)) {
    refuse(
      'linear.target',
      'The target is missing or no class in some rows.',
      'Leave out rows whose target is not known.',
    );
  }
}

// What boosting lowers: log loss of one or more classes, or squared error; its derivatives, start and link.
import { outputsOf, type Task } from '../features.ts';

/** Rows are those of `rows`; targets, weights and margins are indexed by row. Margins stand rows × outputs. */
export interface Objective {
  readonly outputs: number;
  /** The best constant score, per output. */
  start(target: Float64Array, weights: Float64Array | undefined, rows: Int32Array): Float64Array;
  /** What {@link derivative} reads, for all outputs of a round: probabilities or values, rows × outputs. */
  link(margins: Float64Array, into: Float64Array): void;
  /** Gradient of a row's loss by the score of an output; `prediction` is the linked score. */
  gradient(prediction: number, target: number, output: number): number;
  hessian(prediction: number): number;
  /** Loss of a row whose linked scores begin at `at`. */
  loss(predictions: Float64Array, at: number, target: number): number;
}

/** Keeps logarithms finite. */
const leastShare = 1e-15;
const safeLog = (share: number): number => Math.log(Math.max(share, leastShare));

const sigmoid = (score: number): number => 1 / (1 + Math.exp(-score));

function sumOver(rows: Int32Array, weights: Float64Array | undefined, term: (row: number) => number): number {
  let sum = 0;
  for (const row of rows) sum += (weights?.[row] ?? 1) * term(row);
  return sum;
}

const binary: Objective = {
  outputs: 1,
  start(target, weights, rows) {
    const share = sumOver(rows, weights, (row) => target[row] as number) / sumOver(rows, weights, () => 1);
    return Float64Array.of(Math.log(share / (1 - share)));
  },
  link(margins, into) {
    for (let i = 0; i < margins.length; i++) into[i] = sigmoid(margins[i] as number);
  },
  gradient: (prediction, target) => prediction - target,
  hessian: (prediction) => prediction * (1 - prediction),
  loss: (predictions, at, target) =>
    -safeLog(target === 1 ? (predictions[at] as number) : 1 - (predictions[at] as number)),
};

const regression: Objective = {
  outputs: 1,
  start(target, weights, rows) {
    return Float64Array.of(sumOver(rows, weights, (row) => target[row] as number) / sumOver(rows, weights, () => 1));
  },
  link(margins, into) {
    into.set(margins);
  },
  gradient: (prediction, target) => prediction - target,
  hessian: () => 1,
  loss: (predictions, at, target) => ((predictions[at] as number) - target) ** 2 / 2,
};

function multiclass(classes: number): Objective {
  return {
    outputs: classes,
    start(target, weights, rows) {
      const sums = new Float64Array(classes);
      for (const row of rows) {
        const label = target[row] as number;
        sums[label] = (sums[label] as number) + (weights?.[row] ?? 1);
      }
      const total = sums.reduce((a, b) => a + b, 0);
      // A class without rows starts at a share that is small but finite.
      return sums.map((sum) => Math.log(Math.max(sum / total, 1e-6)));
    },
    link(margins, into) {
      for (let at = 0; at < margins.length; at += classes) {
        let largest = Number.NEGATIVE_INFINITY;
        for (let k = 0; k < classes; k++) largest = Math.max(largest, margins[at + k] as number);
        let sum = 0;
        for (let k = 0; k < classes; k++) {
          const term = Math.exp((margins[at + k] as number) - largest);
          into[at + k] = term;
          sum += term;
        }
        for (let k = 0; k < classes; k++) into[at + k] = (into[at + k] as number) / sum;
      }
    },
    gradient: (prediction, target, output) => prediction - (target === output ? 1 : 0),
    hessian: (prediction) => prediction * (1 - prediction),
    loss: (predictions, at, target) => -safeLog(predictions[at + target] as number),
  };
}

export function objectiveOf(task: Task): Objective {
  if (task.kind === 'binary') return binary;
  return task.kind === 'regression' ? regression : multiclass(outputsOf(task));
}

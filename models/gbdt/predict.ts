// Scores, probabilities and values of rows under a fitted model.
import { SynthError } from '../../core/errors.ts';
import { type FeatureTable, outputsOf } from '../features.ts';
import { codeAt, encodeRows } from './bins.ts';
import { groupWidth } from './kernel.ts';
import { objectiveOf } from './objective.ts';
import type { BinnedRows, Gbdt, Tree } from './types.ts';

/**
 * Raw scores, rows × outputs: log-odds of 1 (binary), a logit per class (multiclass) or values (regression). What another
 * fit goes on from.
 * @param margin scores that the model's own trees add to; needed when, and only when, it was fitted with a margin
 */
export function margins(model: Gbdt, features: FeatureTable, margin?: Float64Array): Float64Array {
  const outputs = outputsOf(model.task);
  const { rowCount } = features;
  if (
    (margin === undefined) !== (model.base !== undefined) ||
    (margin?.length ?? rowCount * outputs) !== rowCount * outputs
  ) {
    throw new SynthError(
      'gbdt.margin',
      `The model needs ${model.base === undefined ? 'one margin per row and output' : 'no margin'}.`,
      {
        hint: 'Give predict a margin exactly when fitBoosting had one.',
      },
    );
  }
  const scores = margin?.slice() ?? new Float64Array(rowCount * outputs);
  const { base, trees } = model;
  if (base !== undefined) for (let at = 0; at < scores.length; at += outputs) scores.set(base, at);
  const binned = encodeRows(model.binners, features);
  const rows = Int32Array.from({ length: rowCount }, (_, row) => row);
  for (const [i, tree] of trees.entries()) addTree(tree, binned, rows, scores, i % outputs, outputs);
  return scores;
}

/**
 * Binary: the probability of 1, one per row. Multiclass: rows × classes probabilities. Regression: one value per row.
 * @param margin see {@link margins}
 */
export function predict(model: Gbdt, features: FeatureTable, margin?: Float64Array): Float64Array {
  const scores = margins(model, features, margin);
  objectiveOf(model.task).link(scores, scores);
  return scores;
}

/** Share of the saved loss that each column's questions saved; 0 throughout when no question was asked. */
export function importances({ binners, trees }: Gbdt): Float64Array {
  const gains = new Float64Array(binners.length);
  for (const tree of trees) {
    for (const [i, feature] of tree.features.entries()) {
      gains[feature] = (gains[feature] as number) + (tree.gains[i] as number);
    }
  }
  const total = gains.reduce((a, b) => a + b, 0);
  return total > 0 ? gains.map((gain) => gain / total) : gains;
}

/** Adds a tree's leaves to one output's scores of `rows`. */
export function addTree(
  { features, routes, children, leaves }: Tree,
  { codes, rowCount }: BinnedRows,
  rows: Int32Array,
  scores: Float64Array,
  output: number,
  outputs: number,
): void {
  const root = features.length === 0 ? -1 : 0;
  const places = Int32Array.from(features, (feature) => codeAt(feature, rowCount));
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    let node = root;
    while (node >= 0) {
      const code = codes[(places[node] as number) + groupWidth * row] as number;
      node = children[2 * node + (routes[256 * node + code] as number)] as number;
    }
    const at = row * outputs + output;
    scores[at] = (scores[at] as number) + (leaves[~node] as number);
  }
}

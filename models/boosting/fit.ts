// Fits a boosted forest of oblivious trees for a binary target. Deterministic: sums are of whole numbers.
import { mix32 } from '../../core/random.ts';
import type { Forest, Tree } from './forest.ts';
import { growTree, growth } from './grow.ts';
import { lossTable, probabilityTable, scoreIndex, scoreOf, scoreUnit } from './logit.ts';
import type { BoostingOptions } from './options.ts';
import { refitLeaves } from './refit.ts';
import { addTree, evenOffsets } from './score.ts';
import type { TrainingSpace } from './training-space.ts';

/** Rows to learn from, in the space of reserveTraining: `codes` is feature-major; codes are 0 to 127. */
export interface TrainingSet {
  readonly rows: number;
  readonly features: number;
  readonly space: TrainingSpace;
  /** Number of codes of each feature. */
  readonly bins: Uint8Array;
  /** 0 or 1 per row. */
  readonly target: Uint8Array;
  /** The last so many rows choose no question: they say when to stop. */
  readonly heldRows?: number;
}

export interface FittedForest {
  readonly forest: Forest;
  /** Scores of the training rows, valid until the next fit. */
  readonly scores: Int32Array;
}

/**
 * With rows held back, trees are added until `patience` of them in a row do not lower the loss there, and those are dropped;
 * the leaves of the others are then learnt anew from all rows.
 * @param seed chooses each tree's rows, where a tree does not see all
 */
export function fitForest(set: TrainingSet, options: BoostingOptions, seed: number): FittedForest {
  const { rows, target } = set;
  const { scores } = set.space;
  const offsets = evenOffsets(set.features, set.space.stride);
  let positives = 0;
  for (let i = 0; i < rows; i++) positives += target[i] as number;
  // Half a row of each kind: a node whose rows are all alike still has a finite score.
  const base = scoreOf((positives + 0.5) / (rows + 1));
  scores.fill(base);
  const trees: Tree[] = [];
  if (positives > 0 && positives < rows && set.features > 0) {
    const best = addTrees(set, options, seed, offsets, trees);
    if (set.heldRows !== undefined && set.heldRows > 0) {
      const kept = refitLeaves(set, trees.slice(0, best), options, base, offsets);
      trees.splice(0, trees.length, ...kept);
    }
  }
  return { forest: { base: base + centre(scores, rows, positives), trees }, scores };
}

/** Adds trees to `trees` and to the scores; returns how many of them to keep. */
function addTrees(
  set: TrainingSet,
  options: BoostingOptions,
  seed: number,
  offsets: Int32Array,
  trees: Tree[],
): number {
  const { rows, heldRows = 0 } = set;
  const learnt = { ...set, rows: rows - heldRows };
  const halvings = Math.ceil(Math.log2(Math.max(1, 1 / options.rowShare, learnt.rows / options.maximalRows)));
  set.space.target.values.set(set.target.subarray(0, rows));
  const shared = growth(learnt, options, halvings);
  let failures = 0;
  let best = 0;
  let bestLoss = heldRows === 0 ? 0 : lossOf(set, rows - heldRows);
  for (let round = 0; round < options.rounds && failures < (halvings === 0 ? 1 : 2); round++) {
    const tree = growTree(shared, mix32(seed + Math.imul(round, 0x9e3779b9)));
    if (tree === undefined) {
      failures++;
      continue;
    }
    failures = 0;
    trees.push(tree);
    addTree(tree, rows, offsets);
    const loss = heldRows === 0 ? 0 : lossOf(set, rows - heldRows);
    if (loss < bestLoss || heldRows === 0) {
      bestLoss = loss;
      best = trees.length;
    } else if (trees.length - best >= options.patience) break;
  }
  return best;
}

/** The logistic loss of the rows from `from` on, in nats. */
function lossOf({ rows, target, space }: TrainingSet, from: number): number {
  const { scores } = space;
  let loss = 0;
  for (let i = from; i < rows; i++) {
    const score = scores[i] as number;
    // The loss of a 1 at a score is that of a 0 at its negative.
    loss += lossTable[scoreIndex(target[i] === 1 ? -score : score)] as number;
  }
  return loss;
}

/** The shift of all scores at which the mean probability is the share of positives (two Newton steps). */
function centre(scores: Int32Array, rows: number, positives: number): number {
  if (positives === 0 || positives === rows) return 0;
  let shift = 0;
  for (let step = 0; step < 2; step++) {
    let expected = 0;
    let slope = 0;
    for (let i = 0; i < rows; i++) {
      const p = probabilityTable[scoreIndex((scores[i] as number) + shift)] as number;
      expected += p;
      slope += p * (1 - p);
    }
    if (slope < 0.5) break;
    shift += Math.round(Math.max(-1, Math.min(1, (positives - expected) / slope)) * scoreUnit);
  }
  return shift;
}

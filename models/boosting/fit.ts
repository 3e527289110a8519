// Fits a boosted forest of oblivious trees for a binary target. Deterministic: sums are of whole numbers.
import { mix32 } from '../../core/random.ts';
import { type Forest, leafPlanes, paddedDepth, type Tree } from './forest.ts';
import { addRows } from './histogram.ts';
import { type GradientTable, gradientTable, probabilityTable, scoreIndex, scoreOf, scoreUnit } from './logit.ts';
import type { BoostingOptions } from './options.ts';
import { type ScoringSpace, scoreTrees } from './score.ts';
import { bestSplit } from './split.ts';

/** Rows to learn from, in the space of reserveRows: `codes` is feature-major; codes are 0 to 127. */
export interface TrainingSet {
  readonly rows: number;
  readonly features: number;
  readonly space: ScoringSpace;
  /** Number of codes of each feature. */
  readonly bins: Uint8Array;
  /** 0 or 1 per row. */
  readonly target: Uint8Array;
}

export interface FittedForest {
  readonly forest: Forest;
  /** Scores of the training rows, valid until the next fit. */
  readonly scores: Int32Array;
}

/** Buffers that fits share, grown as needed: fits run one after the other in a thread. */
const buffers = {
  rows: new Uint32Array(0),
  leaf: new Uint8Array(0),
  gradients: new Float64Array(0),
  listRows: new Uint32Array(0),
  listCells: new Uint32Array(0),
  listGradients: new Float64Array(0),
  sums: [new Float64Array(0), new Float64Array(0)] as [Float64Array, Float64Array],
};

function reserve(rows: number, cells: number): void {
  if (buffers.rows.length < rows + 4) {
    const size = rows + 4 + (rows >> 2);
    buffers.rows = new Uint32Array(size);
    buffers.leaf = new Uint8Array(size);
    buffers.gradients = new Float64Array(size);
    buffers.listRows = new Uint32Array(size);
    buffers.listCells = new Uint32Array(size);
    buffers.listGradients = new Float64Array(size);
  }
  if (buffers.sums[0].length < cells) buffers.sums = [new Float64Array(cells), new Float64Array(cells)];
}

/** @param seed chooses each tree's rows */
export function fitForest(set: TrainingSet, options: BoostingOptions, seed: number): FittedForest {
  const { rows, target } = set;
  const logCells = Math.max(1, Math.ceil(Math.log2(Math.max(2, ...set.bins))));
  const featureCells = (1 << logCells) << Math.max(0, options.depth - 1);
  reserve(rows, featureCells * set.features);
  const { scores } = set.space;
  let positives = 0;
  for (let i = 0; i < rows; i++) positives += target[i] as number;
  // Half a row of each kind: a node whose rows are all alike still has a finite score.
  const base = scoreOf((positives + 0.5) / (rows + 1));
  scores.fill(base);
  const trees: Tree[] = [];
  if (positives > 0 && positives < rows && set.features > 0) {
    const share = Math.min(options.rowShare, options.maximalRows / rows);
    let failures = 0;
    for (let round = 0; round < options.rounds && failures < 2; round++) {
      const sample = drawSample(set.rows, share, mix32(seed + Math.imul(round, 0x9e3779b9)));
      const tree = growTree(set, sample, options, logCells, featureCells);
      if (tree === undefined) {
        failures++;
        continue;
      }
      failures = 0;
      trees.push(tree);
      addTree(tree, rows, set.space.stride);
    }
  }
  return { forest: { base: base + centre(scores, rows, positives), trees }, scores };
}

/** Lists the rows of one tree; returns how many. */
function drawSample(total: number, share: number, salt: number): number {
  const { rows } = buffers;
  if (share >= 1) {
    for (let i = 0; i < total; i++) rows[i] = i;
    return total;
  }
  const limit = Math.floor(share * 4294967296);
  let count = 0;
  for (let i = 0; i < total; i++) {
    rows[count] = i;
    if (mix32(salt + i) < limit) count++;
  }
  return count;
}

function growTree(
  set: TrainingSet,
  sample: number,
  options: BoostingOptions,
  logCells: number,
  featureCells: number,
): Tree | undefined {
  const { features, bins, target } = set;
  const { codes, stride, scores } = set.space;
  const { rows, leaf, gradients, listRows, listCells, listGradients } = buffers;
  const table = gradientTable(Math.max(4, Math.ceil(Math.log2(sample + 1))));
  for (let i = 0; i < sample; i++) {
    const row = rows[i] as number;
    const at = scoreIndex(scores[row] as number) + (target[row] as number) * table.stride;
    gradients[i] = table.packed[at] as number;
  }
  leaf.fill(0, 0, sample);
  const asked: number[] = [];
  const thresholds: number[] = [];
  let [sums, parents] = buffers.sums;
  let leafRows = [sample];
  for (let level = 0; level < options.depth; level++) {
    const leaves = 1 << level;
    if (level === 0) {
      for (let f = 0; f < features; f++) sums.fill(0, f * featureCells, f * featureCells + (1 << logCells));
      listCells.fill(0, 0, sample);
      addRows({ rows, cells: listCells, gradients }, sample, codes, stride, features, sums, featureCells);
    } else {
      // Only the smaller child of each leaf is summed; the other is the parent less the child.
      [sums, parents] = [parents, sums];
      const half = leaves >> 1;
      const isListed = leafRows.map((count, child) => {
        const other = leafRows[child < half ? child + half : child - half] as number;
        return count < other || (count === other && child < half) ? 1 : 0;
      });
      let count = 0;
      for (let i = 0; i < sample; i++) {
        const at = leaf[i] as number;
        listRows[count] = rows[i] as number;
        listCells[count] = at << logCells;
        listGradients[count] = gradients[i] as number;
        count += isListed[at] as number;
      }
      for (let f = 0; f < features; f++) {
        for (let child = 0; child < leaves; child++) {
          const from = f * featureCells + (child << logCells);
          if (isListed[child] === 1) sums.fill(0, from, from + (bins[f] as number));
        }
      }
      addRows(
        { rows: listRows, cells: listCells, gradients: listGradients },
        count,
        codes,
        stride,
        features,
        sums,
        featureCells,
      );
      for (let f = 0; f < features; f++) {
        for (let child = 0; child < half; child++) {
          const small = f * featureCells + ((isListed[child] === 1 ? child : child + half) << logCells);
          const large = f * featureCells + ((isListed[child] === 1 ? child + half : child) << logCells);
          const parent = f * featureCells + (child << logCells);
          const codeCount = bins[f] as number;
          for (let c = 0; c < codeCount; c++)
            sums[large + c] = (parents[parent + c] as number) - (sums[small + c] as number);
        }
      }
    }
    const split = bestSplit(sums, bins, featureCells, logCells, leaves, table, options.ridge);
    if (split === undefined || split.gain < options.minimalGain * leafRows.filter((count) => count > 0).length) break;
    asked.push(split.feature);
    thresholds.push(split.threshold);
    leafRows = splitLeaves(set, sample, split.feature, split.threshold, level);
  }
  if (asked.length === 0) return undefined;
  return {
    depth: asked.length,
    features: asked,
    thresholds,
    leaves: leafValues(sample, 1 << asked.length, table, options),
  };
}

/** Moves listed rows to the children of their leaves; returns the rows of each. */
function splitLeaves(set: TrainingSet, sample: number, feature: number, threshold: number, level: number): number[] {
  const { rows, leaf } = buffers;
  const from = feature * set.space.stride;
  const counts = new Uint32Array(2 << level);
  for (let i = 0; i < sample; i++) {
    const bit = (set.space.codes[from + (rows[i] as number)] as number) >= threshold ? 1 : 0;
    const at = (leaf[i] as number) | (bit << level);
    leaf[i] = at;
    counts[at] = (counts[at] as number) + 1;
  }
  return [...counts];
}

/** Newton steps of the leaves, shortened by the rate, in score units. */
function leafValues(sample: number, leaves: number, table: GradientTable, options: BoostingOptions): Int16Array {
  const { leaf, gradients } = buffers;
  const sums = new Float64Array(leaves);
  for (let i = 0; i < sample; i++) {
    const at = leaf[i] as number;
    sums[at] = (sums[at] as number) + (gradients[i] as number);
  }
  return Int16Array.from(sums, (sum) => {
    const gradient = Math.floor(sum / table.base);
    const hessian = (sum - gradient * table.base) / table.hessianScale;
    const step = (-gradient / table.gradientScale / (hessian + options.ridge)) * options.rate;
    return Math.round(Math.max(-4, Math.min(4, step)) * scoreUnit);
  });
}

const single = { slots: new Uint8Array(6), thresholds: new Uint8Array(6), leaves: new Uint8Array(128) };

function addTree(tree: Tree, rows: number, stride: number): void {
  single.slots.set(tree.features);
  // A level that the tree does not have asks for code ≥ 128, which no code is.
  single.thresholds.fill(128).set(tree.thresholds);
  const depth = paddedDepth(tree.depth);
  leafPlanes(tree.leaves, depth, single.leaves, 0);
  scoreTrees(single.slots, single.thresholds, 0, single.leaves, 0, depth, 1, rows, stride);
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

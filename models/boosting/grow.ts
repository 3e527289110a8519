// Grows one oblivious tree on a sample of the rows: level by level, the question that gains most over all leaves.
import { mix32 } from '../../core/random.ts';
import type { TrainingSet } from './fit.ts';
import type { Tree } from './forest.ts';
import { addRows } from './histogram.ts';
import { type GradientTable, gradientTable, scoreIndex, scoreUnit } from './logit.ts';
import type { BoostingOptions } from './options.ts';
import { bestSplit, type Split } from './split.ts';

/** Buffers that fits share, grown as needed: fits run one after the other in a thread. */
const buffers = {
  /** The sample, the leaf of each of its rows, and their packed gradients. */
  rows: new Uint32Array(0),
  leaf: new Uint8Array(0),
  gradients: new Float64Array(0),
  /** The same for rows whose leaf is summed; `cells` is where the leaf's histogram starts. */
  listRows: new Uint32Array(0),
  listCells: new Uint32Array(0),
  listGradients: new Float64Array(0),
  /** Histograms of this level and of the one before. */
  sums: [new Float64Array(0), new Float64Array(0)] as [Float64Array, Float64Array],
};

/** The layout of histograms: a feature has 2^(depth - 1) leaves of 2^logCells cells. */
interface Layout {
  readonly logCells: number;
  readonly featureCells: number;
}

/** A tree for the current scores, or undefined when no question gains enough. `salt` chooses its rows. */
export function growTree(set: TrainingSet, options: BoostingOptions, halvings: number, salt: number): Tree | undefined {
  const { bins, features } = set;
  const logCells = Math.max(1, Math.ceil(Math.log2(Math.max(2, ...bins))));
  const layout = { logCells, featureCells: (1 << logCells) << (options.depth - 1) };
  reserve(set.rows, layout.featureCells * features);
  const sample = drawSample(set.rows, halvings, salt);
  const table = gradientTable(Math.max(4, Math.ceil(Math.log2(sample + 1))));
  computeGradients(set, sample, table);

  const asked: number[] = [];
  const thresholds: number[] = [];
  let leafSums: Float64Array | undefined;
  for (let level = 0; level < options.depth; level++) {
    if (leafSums === undefined) sumRoot(set, sample, layout);
    else {
      [buffers.sums[0], buffers.sums[1]] = [buffers.sums[1], buffers.sums[0]];
      const listed = smallerChildren(leafSums, table);
      const count = moveRows(set, sample, level - 1, asked, thresholds, listed, logCells);
      sumChildren(set, count, listed, layout);
    }
    const [sums] = buffers.sums;
    const split = bestSplit(sums, bins, layout.featureCells, logCells, 1 << level, table, options.ridge);
    const occupied = leafSums === undefined ? 1 : leafSums.reduce((leaves, sum) => leaves + (sum === 0 ? 0 : 1), 0);
    if (split === undefined || split.gain < options.minimalGain * occupied) break;
    asked.push(split.feature);
    thresholds.push(split.threshold);
    leafSums = childSums(sums, split, 1 << level, bins, layout);
  }
  if (leafSums === undefined) return undefined;
  return { depth: asked.length, features: asked, thresholds, leaves: leafValues(leafSums, table, options) };
}

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

/** Lists the rows of one tree, each with probability 2^-halvings; returns how many. */
function drawSample(total: number, halvings: number, salt: number): number {
  const { rows } = buffers;
  if (halvings === 0) {
    for (let i = 0; i < total; i++) rows[i] = i;
    return total;
  }
  let count = 0;
  for (let start = 0; start < total; start += 32) {
    // One random word decides for 32 rows.
    let chosen = -1;
    for (let h = 0; h < halvings; h++) chosen &= mix32(salt + start + Math.imul(h, 0x9e3779b9));
    const end = Math.min(total, start + 32);
    for (let i = start; i < end; i++) {
      rows[count] = i;
      count += chosen & 1;
      chosen >>= 1;
    }
  }
  return count;
}

function computeGradients({ target, space }: TrainingSet, sample: number, table: GradientTable): void {
  const { rows, leaf, gradients } = buffers;
  const { packed, stride } = table;
  const { scores } = space;
  for (let i = 0; i < sample; i++) {
    const row = rows[i] as number;
    gradients[i] = packed[scoreIndex(scores[row] as number) + (target[row] as number) * stride] as number;
  }
  leaf.fill(0, 0, sample);
}

function sumRoot({ features, space }: TrainingSet, sample: number, { logCells, featureCells }: Layout): void {
  const { rows, gradients, listCells, sums } = buffers;
  for (let f = 0; f < features; f++) sums[0].fill(0, f * featureCells, f * featureCells + (1 << logCells));
  listCells.fill(0, 0, sample);
  addRows({ rows, cells: listCells, gradients }, sample, space.codes, space.stride, features, sums[0], featureCells);
}

/** Packed sums of the leaves after a split: exact, since they are sums of whole numbers. */
function childSums(
  sums: Float64Array,
  { feature, threshold }: Split,
  leaves: number,
  bins: Uint8Array,
  { logCells, featureCells }: Layout,
): Float64Array {
  const children = new Float64Array(2 * leaves);
  const codes = bins[feature] as number;
  for (let leaf = 0; leaf < leaves; leaf++) {
    const from = feature * featureCells + (leaf << logCells);
    let left = 0;
    let right = 0;
    for (let code = 0; code < threshold; code++) left += sums[from + code] as number;
    for (let code = threshold; code < codes; code++) right += sums[from + code] as number;
    children[leaf] = left;
    children[leaf + leaves] = right;
  }
  return children;
}

/** 1 for the child of each leaf with the smaller hessian: only it is summed, its sibling is the parent less it. */
function smallerChildren(leafSums: Float64Array, table: GradientTable): Uint8Array {
  const listed = new Uint8Array(leafSums.length);
  const half = leafSums.length >> 1;
  for (let leaf = 0; leaf < half; leaf++) {
    const isLeft = hessianOf(leafSums[leaf] as number, table) <= hessianOf(leafSums[leaf + half] as number, table);
    listed[isLeft ? leaf : leaf + half] = 1;
  }
  return listed;
}

function hessianOf(sum: number, { base }: GradientTable): number {
  return sum - Math.floor(sum / base) * base;
}

/** Moves rows to the children of their leaves by the last question, and lists those of `listed` leaves. */
function moveRows(
  { space }: TrainingSet,
  sample: number,
  level: number,
  asked: readonly number[],
  thresholds: readonly number[],
  listed: Uint8Array,
  logCells: number,
): number {
  const { rows, leaf, gradients, listRows, listCells, listGradients } = buffers;
  const { codes } = space;
  const from = (asked[level] as number) * space.stride;
  const last = (thresholds[level] as number) - 1;
  let count = 0;
  for (let i = 0; i < sample; i++) {
    const row = rows[i] as number;
    // The sign bit of last - code says whether the code is at or above the threshold.
    const at = (leaf[i] as number) | (((last - (codes[from + row] as number)) >>> 31) << level);
    leaf[i] = at;
    listRows[count] = row;
    listCells[count] = at << logCells;
    listGradients[count] = gradients[i] as number;
    count += listed[at] as number;
  }
  return count;
}

function sumChildren(set: TrainingSet, count: number, listed: Uint8Array, { logCells, featureCells }: Layout): void {
  const { bins, features, space } = set;
  const [sums, parents] = buffers.sums;
  const half = listed.length >> 1;
  for (let f = 0; f < features; f++) {
    for (let leaf = 0; leaf < listed.length; leaf++) {
      const from = f * featureCells + (leaf << logCells);
      if (listed[leaf] === 1) sums.fill(0, from, from + (bins[f] as number));
    }
  }
  const list = { rows: buffers.listRows, cells: buffers.listCells, gradients: buffers.listGradients };
  addRows(list, count, space.codes, space.stride, features, sums, featureCells);
  for (let f = 0; f < features; f++) {
    const codes = bins[f] as number;
    for (let leaf = 0; leaf < half; leaf++) {
      const parent = f * featureCells + (leaf << logCells);
      const other = parent + (half << logCells);
      const small = listed[leaf] === 1 ? parent : other;
      const large = listed[leaf] === 1 ? other : parent;
      for (let c = 0; c < codes; c++) {
        sums[large + c] = (parents[parent + c] as number) - (sums[small + c] as number);
      }
    }
  }
}

/** Newton steps of the leaves, shortened by the rate, in score units. */
function leafValues(leafSums: Float64Array, table: GradientTable, options: BoostingOptions): Int16Array {
  const values = new Int16Array(leafSums.length);
  for (let leaf = 0; leaf < values.length; leaf++) {
    const sum = leafSums[leaf] as number;
    const gradient = Math.floor(sum / table.base);
    const hessian = (sum - gradient * table.base) / table.hessianScale;
    const step = (-gradient / table.gradientScale / (hessian + options.ridge)) * options.rate;
    values[leaf] = Math.round(Math.max(-4, Math.min(4, step)) * scoreUnit);
  }
  return values;
}

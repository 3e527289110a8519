// Grows one oblivious tree on a sample of the rows: level by level, the question that gains most over all leaves.
import { mix32 } from '../../core/random.ts';
import type { TrainingSet } from './fit.ts';
import type { Tree } from './forest.ts';
import { addRows } from './histogram.ts';
import { type GradientTable, gradientTable, scoreUnit } from './logit.ts';
import type { BoostingOptions } from './options.ts';
import { functions, scoresAt } from './space.ts';
import { bestSplit, type Split } from './split.ts';
import type { TrainingSpace } from './training-space.ts';

/** The layout of histograms: a feature has 2^(depth - 1) leaves of 2^logCells cells. */
interface Layout {
  readonly logCells: number;
  readonly featureCells: number;
}

/** What all trees of a forest share. */
export interface Growth {
  readonly set: TrainingSet;
  readonly options: BoostingOptions;
  /** Each tree sees about 2^-halvings of the rows. */
  readonly halvings: number;
  readonly layout: Layout;
  readonly gradients: GradientTable;
}

export function growth(set: TrainingSet, options: BoostingOptions, halvings: number): Growth {
  const { rows, bins, space } = set;
  const logCells = Math.max(1, Math.ceil(Math.log2(Math.max(2, ...bins))));
  const layout = { logCells, featureCells: (1 << logCells) << (options.depth - 1) };
  const gradients = gradientTable(Math.max(4, Math.ceil(Math.log2(rows + 1))));
  space.table.values.set(gradients.packed);
  if (halvings === 0) for (let i = 0; i < rows; i++) space.rows.values[i] = i;
  return { set, options, halvings, layout, gradients };
}

/** A tree for the current scores, or undefined when no question gains enough. `salt` chooses its rows. */
export function growTree({ set, options, halvings, layout, gradients: table }: Growth, salt: number): Tree | undefined {
  const { bins, space } = set;
  const { logCells } = layout;
  const sample = halvings === 0 ? set.rows : drawSample(space.rows.values, set.rows, halvings, salt);
  computeGradients(space, sample);

  const asked: number[] = [];
  const thresholds: number[] = [];
  let leafSums: Float64Array | undefined;
  for (let level = 0; level < options.depth; level++) {
    if (leafSums === undefined) sumRoot(set, sample, layout);
    else {
      space.sums.reverse();
      const listed = smallerChildren(leafSums, table);
      const question = { feature: asked[level - 1] as number, threshold: thresholds[level - 1] as number };
      const count = listRows(space, sample, level - 1, question, listed, logCells);
      sumChildren(set, count, listed, layout);
    }
    const sums = space.sums[0].values;
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

/** Lists the rows of one tree, each with probability 2^-halvings; returns how many. */
function drawSample(rows: Uint32Array, total: number, halvings: number, salt: number): number {
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

function computeGradients({ rows, target, table, gradients, leaf }: TrainingSpace, sample: number): void {
  if (sample > 0) functions.gradients?.(rows.at, sample, scoresAt, target.at, table.at, gradients.at);
  leaf.values.fill(0, 0, sample);
}

function sumRoot({ features, space }: TrainingSet, sample: number, { logCells, featureCells }: Layout): void {
  const { rows, gradients, listCells, sums } = space;
  for (let f = 0; f < features; f++) sums[0].values.fill(0, f * featureCells, f * featureCells + (1 << logCells));
  listCells.values.fill(0, 0, sample);
  addRows({ rows: rows.at, cells: listCells.at, gradients: gradients.at }, sample, space, features, featureCells);
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
function listRows(
  space: TrainingSpace,
  sample: number,
  level: number,
  { feature, threshold }: Omit<Split, 'gain'>,
  listed: Uint8Array,
  logCells: number,
): number {
  if (sample === 0) return 0;
  const { rows, leaf, gradients, wanted, result } = space;
  wanted.values.set(listed);
  functions.list?.(
    rows.at,
    leaf.at,
    gradients.at,
    sample,
    space.codesAt + feature * space.stride,
    threshold - 1,
    level,
    wanted.at,
    logCells + 3,
    space.listRows.at,
    space.listCells.at,
    space.listGradients.at,
    result.at,
  );
  return ((result.values[0] as number) - space.listRows.at) >> 2;
}

function sumChildren(set: TrainingSet, count: number, listed: Uint8Array, { logCells, featureCells }: Layout): void {
  const { bins, features, space } = set;
  const [{ values: sums }, { values: parents }] = space.sums;
  const half = listed.length >> 1;
  for (let f = 0; f < features; f++) {
    for (let leaf = 0; leaf < listed.length; leaf++) {
      const from = f * featureCells + (leaf << logCells);
      if (listed[leaf] === 1) sums.fill(0, from, from + (bins[f] as number));
    }
  }
  const list = { rows: space.listRows.at, cells: space.listCells.at, gradients: space.listGradients.at };
  addRows(list, count, space, features, featureCells);
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
    values[leaf] = leafValue(-gradient / table.gradientScale, hessian, options);
  }
  return values;
}

/**
 * A Newton step, shortened by the rate, in score units.
 * @param missing rows with target 1 less those expected
 */
export function leafValue(missing: number, hessian: number, { ridge, rate }: BoostingOptions): number {
  return Math.round(Math.max(-4, Math.min(4, (missing / (hessian + ridge)) * rate)) * scoreUnit);
}

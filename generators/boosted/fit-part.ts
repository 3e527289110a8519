// Learns one code column from the code columns before it. Runs in a worker thread.

import { type Transferred, withTransfer } from '../../core/pool.ts';
import { mix32 } from '../../core/random.ts';
import {
  type BoostingOptions,
  type CodeOrder,
  type Forest,
  fitForest,
  heldShare,
  layOut,
  leastRowsToHold,
  orderCodes,
  reserveTraining,
  spreadOrder,
  usedFeatures,
} from '../../models/boosting/index.ts';
import type { CodeTree } from '../../models/codes/index.ts';
import type { PartModel } from './model.ts';
import { layOutPairs, learnPairs, type NodePairs } from './pairs.ts';
import { promisingPredictors } from './promising.ts';

export interface FitPartCall {
  /** All code columns, one after the other, `rows` 16-bit codes each. */
  readonly codes: SharedArrayBuffer;
  readonly rows: number;
  /** Those of the code columns before the target, and of `predicted` where it is there. */
  readonly predictors: readonly Predictor[];
  /** Which code column is learnt. */
  readonly target: number;
  /** What a tie says of the target, in its own codes. */
  readonly predicted?: SharedArrayBuffer;
  readonly tree: CodeTree;
  readonly boosting: BoostingOptions;
  readonly k: number;
  readonly seed: number;
}

export interface Predictor {
  readonly codeCount: number;
  /** Codes have no order of their own. */
  readonly isCategory: boolean;
}

/** Nodes too small to hold rows back get few rounds: their trees cost little, and more would learn chance by heart. */
const roundsOfSmallNodes = 20;
/** By how much more the questions of small nodes must gain: nothing else keeps them from learning chance. */
const strictnessOfSmallNodes = 6;

/** Codes of a category with fewer rows at a node are asked for together. Splits hold no value: this is no group to protect. */
const leastRowsOfCode = 5;

/** Most predictors that the forest of one node may ask: the cost of wide tables grows with the columns, not with their square. */
const mostPredictors = 32;

/** The rank of a code that has no leaf. */
const absent = 0xffffffff;

export function fitPart(payload: unknown): Transferred<Omit<PartModel, 'tie'>> {
  const call = payload as FitPartCall;
  const { rows, tree, target } = call;
  const codesOf = (column: number): Uint16Array => new Uint16Array(call.codes, column * rows * 2, rows);
  const columns = Array.from({ length: target }, (_, column) => codesOf(column));
  if (call.predicted !== undefined) columns.push(new Uint16Array(call.predicted));
  const targetCodes = codesOf(target);
  const { rankOf, boundaries } = leafRanks(tree);
  // Rows whose code has no leaf (a pooled rare level) teach this column nothing.
  const order = Uint32Array.from({ length: rows }, (_, row) => row).filter(
    (row) => (rankOf[targetCodes[row] as number] ?? absent) !== absent,
  );
  const spare = new Uint32Array(rows);
  const isRight = new Uint8Array(rows);
  const nodes: NodeFit[] = new Array(tree.left.length);
  const waiting = tree.left.length === 0 ? [] : [{ node: 0, from: 0, to: order.length }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, from, to } = next;
    const boundary = boundaries[node] as number;
    let left = from;
    let right = 0;
    for (let i = from; i < to; i++) {
      const bit = (rankOf[targetCodes[order[i] as number] as number] as number) >= boundary ? 1 : 0;
      isRight[i - from] = bit;
    }
    nodes[node] = fitNode(call, columns, order.subarray(from, to), isRight, mix32(call.seed + node));
    for (let i = from; i < to; i++) {
      const row = order[i] as number;
      if (isRight[i - from] === 1) spare[right++] = row;
      else order[left++] = row;
    }
    order.set(spare.subarray(0, right), left);
    if ((tree.left[node] as number) >= 0) waiting.push({ node: tree.left[node] as number, from, to: left });
    if ((tree.right[node] as number) >= 0) waiting.push({ node: tree.right[node] as number, from: left, to });
  }
  const model = assemble(tree, nodes);
  const { forests, orders, pairs, shares } = model;
  const arrays: ArrayBufferView[] = [forests, orders, pairs].flatMap((part) => Object.values(part));
  arrays.push(shares);
  return withTransfer(
    model,
    arrays.map((array) => array.buffer as ArrayBuffer),
  );
}

/** Leaves numbered from left to right: a code goes right at a node when its number is at least the node's boundary. */
function leafRanks(tree: CodeTree): { rankOf: Uint32Array; boundaries: Uint32Array } {
  // At most one code has no leaf.
  const rankOf = new Uint32Array(tree.left.length + 2).fill(absent);
  const boundaries = new Uint32Array(tree.left.length);
  let rank = 0;
  const waiting: { child: number; after?: number }[] = tree.left.length === 0 ? [] : [{ child: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.after !== undefined) boundaries[next.after] = rank;
    if (next.child < 0) rankOf[-1 - next.child] = rank++;
    else {
      waiting.push({ child: tree.right[next.child] as number, after: next.child });
      waiting.push({ child: tree.left[next.child] as number });
    }
  }
  return { rankOf, boundaries };
}

interface NodeFit {
  readonly forest: Forest;
  /** By predictor; only those of categories that the forest uses. */
  readonly orders: ReadonlyMap<number, CodeOrder>;
  /** Share of rows that go right. */
  readonly share: number;
  readonly pairs: NodePairs;
}

function fitNode(
  call: FitPartCall,
  columns: readonly Uint16Array[],
  rowsHere: Uint32Array,
  target: Uint8Array,
  seed: number,
): NodeFit {
  const rows = rowsHere.length;
  const promising = promisingPredictors(call.predictors, columns, rowsHere, target, mostPredictors);
  const features = promising.length;
  const heldRows = rows >= leastRowsToHold ? holdBack(rowsHere, target, seed) : 0;
  const space = reserveTraining(rows, features, call.boosting.depth);
  const { codes: matrix, stride } = space;
  const used: number[] = [];
  const bins: number[] = [];
  const firsts: number[] = [];
  const orders = new Map<number, CodeOrder>();
  for (const p of promising) {
    const { codeCount, isCategory } = call.predictors[p] as Predictor;
    const into = used.length * stride;
    const codes = columns[p] as Uint16Array;
    if (isCategory) {
      const order = orderAtNode(codes, codeCount, rowsHere, target, leastRowsOfCode, 128);
      if (order.bins < 2) continue;
      spreadOrder(order, codeCount, spread);
      for (let i = 0; i < rows; i++) matrix[into + i] = spread[codes[rowsHere[i] as number] as number] as number;
      orders.set(p, order);
      bins.push(order.bins);
      firsts.push(0);
    } else {
      let least = codeCount;
      let most = 0;
      for (let i = 0; i < rows; i++) {
        const code = codes[rowsHere[i] as number] as number;
        if (code < least) least = code;
        if (code > most) most = code;
      }
      if (least >= most) continue;
      // Deep nodes see few of the codes of columns that follow the target: counted from the first, they cost little.
      for (let i = 0; i < rows; i++) matrix[into + i] = (codes[rowsHere[i] as number] as number) - least;
      bins.push(most - least + 1);
      firsts.push(least);
    }
    used.push(p);
  }
  const { boosting } = call;
  const { forest } = fitForest(
    { rows, features: used.length, space, bins: Uint8Array.from(bins), target, heldRows },
    {
      ...boosting,
      rounds: heldRows > 0 ? boosting.rounds : Math.min(boosting.rounds, roundsOfSmallNodes),
      minimalGain: boosting.minimalGain * (heldRows > 0 ? 1 : strictnessOfSmallNodes),
      depth: Math.min(boosting.depth, Math.max(1, Math.floor(Math.log2(rows / call.k)))),
    },
    seed,
  );
  const trees = forest.trees.map((tree) => ({
    ...tree,
    features: tree.features.map((f) => used[f] as number),
    thresholds: tree.thresholds.map((t, level) => t + (firsts[tree.features[level] as number] as number)),
  }));
  let rights = 0;
  for (let i = 0; i < rows; i++) rights += target[i] as number;
  // What is predicted is no column whose pairs anyone would look at.
  const pairs = learnPairs(call.predictors.slice(0, call.target), columns, rowsHere, target, call.k);
  return { forest: { base: forest.base, trees }, orders, share: rights / Math.max(1, rows), pairs };
}

const heldList = { rows: new Uint32Array(0), target: new Uint8Array(0) };

/** Moves rows chosen by a hash to the end, with their targets; returns how many. */
function holdBack(rowsHere: Uint32Array, target: Uint8Array, seed: number): number {
  if (heldList.rows.length < rowsHere.length) {
    heldList.rows = new Uint32Array(rowsHere.length);
    heldList.target = new Uint8Array(rowsHere.length);
  }
  const { rows, target: targets } = heldList;
  const limit = heldShare * 4294967296;
  let kept = 0;
  let held = 0;
  for (let i = 0; i < rowsHere.length; i++) {
    const row = rowsHere[i] as number;
    const bit = target[i] as number;
    if (mix32(seed ^ row) < limit) {
      rows[held] = row;
      targets[held++] = bit;
    } else {
      rowsHere[kept] = row;
      target[kept++] = bit;
    }
  }
  rowsHere.set(rows.subarray(0, held), kept);
  target.set(targets.subarray(0, held), kept);
  return held;
}

const spread = new Uint8Array(65_536);
const codeCounts = new Uint32Array(65_536);
const codePositives = new Uint32Array(65_536);

function orderAtNode(
  codes: Uint16Array,
  codeCount: number,
  rowsHere: Uint32Array,
  target: Uint8Array,
  least: number,
  maximalBins: number,
): CodeOrder {
  const counts = codeCounts.subarray(0, codeCount).fill(0);
  const positives = codePositives.subarray(0, codeCount).fill(0);
  for (let i = 0; i < rowsHere.length; i++) {
    const code = codes[rowsHere[i] as number] as number;
    counts[code] = (counts[code] as number) + 1;
    positives[code] = (positives[code] as number) + (target[i] as number);
  }
  return orderCodes(counts, positives, least, maximalBins);
}

function assemble(tree: CodeTree, nodes: readonly NodeFit[]): Omit<PartModel, 'tie'> {
  const starts = [0];
  const codes: number[] = [];
  const ranks: number[] = [];
  const otherRanks: number[] = [];
  for (const { forest, orders } of nodes) {
    for (const feature of usedFeatures(forest)) {
      const order = orders.get(feature);
      for (let i = 0; order !== undefined && i < order.codes.length; i++) {
        codes.push(order.codes[i] as number);
        ranks.push(order.ranks[i] as number);
      }
      otherRanks.push(order?.otherRank ?? 0);
      starts.push(codes.length);
    }
  }
  return {
    tree,
    forests: layOut(nodes.map(({ forest }) => forest)),
    orders: {
      starts: Uint32Array.from(starts),
      codes: Uint16Array.from(codes),
      ranks: Uint8Array.from(ranks),
      otherRanks: Uint8Array.from(otherRanks),
    },
    shares: Float64Array.from(nodes, ({ share }) => share),
    pairs: layOutPairs(nodes.map(({ pairs }) => pairs)),
  };
}

// Grows one tree from the gradients of rows: the leaf whose question gains most is split next.
import { type Gathered, type Scale, subtract, sumRows } from './histogram.ts';
import { bestSplit, type Split } from './split.ts';
import type { BinnedRows, GbdtOptions, Tree } from './types.ts';

/** What the trees of one fit share. */
export interface Ground {
  readonly binned: BinnedRows;
  /** First histogram cell of each feature, see `cellStarts`. */
  readonly starts: Int32Array;
  /** Rows that are learnt from; growing a tree sorts them by leaf. */
  readonly rows: Int32Array;
  readonly scratch: Int32Array;
  readonly gathered: Gathered;
  /** Histograms that no node uses. */
  readonly spare: Float64Array[];
}

/** Rows `from` to `to` (excluded) of a ground's rows. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

interface Node extends Range {
  readonly depth: number;
  /** Whose child it is: index into the tree's children; -1 is the root. */
  readonly slot: number;
  readonly cells: Float64Array;
  readonly split: Split;
}

/** Questions and the rows of each leaf; leaves have no values yet. */
export interface Grown {
  readonly tree: Tree;
  readonly ranges: readonly Range[];
}

/** @param statistics two whole numbers per row of the table, on the grids of `scale` */
export function growTree(ground: Ground, statistics: Float64Array, scale: Scale, options: GbdtOptions): Grown {
  const { binned, starts, rows, gathered, spare } = ground;
  const features: number[] = [];
  const gains: number[] = [];
  const routes: Uint8Array[] = [];
  const children: number[] = [];
  const ranges: Range[] = [];
  const open: Node[] = [];

  const histogramOf = ({ from, to }: Range): Float64Array => {
    const cells = spare.pop() ?? new Float64Array(2 * (starts[starts.length - 1] as number));
    sumRows(binned, starts, statistics, rows, from, to, gathered, cells);
    return cells;
  };
  const close = (range: Range, slot: number): void => {
    if (slot >= 0) children[slot] = ~ranges.length;
    ranges.push(range);
  };
  const mayGrow = ({ from, to }: Range, depth: number): boolean =>
    depth < options.maximalDepth && to - from >= 2 * options.leastRows && to - from >= 2;
  const consider = (range: Range, depth: number, slot: number, cells: Float64Array): void => {
    const split = mayGrow(range, depth) ? bestSplit(cells, starts, binned.binners, scale, options) : undefined;
    if (split !== undefined) open.push({ ...range, depth, slot, cells, split });
    else {
      spare.push(cells);
      close(range, slot);
    }
  };

  const all = { from: 0, to: rows.length };
  if (binned.binners.length > 0 && mayGrow(all, 0)) consider(all, 0, -1, histogramOf(all));
  else close(all, -1);
  while (open.length > 0) {
    if (open.length + ranges.length >= options.maximalLeaves) {
      for (const { from, to, slot, cells } of open) {
        close({ from, to }, slot);
        spare.push(cells);
      }
      break;
    }
    const node = takeBest(open);
    const { split, cells, slot } = node;
    const depth = node.depth + 1;
    const number = features.length;
    if (slot >= 0) children[slot] = number;
    features.push(split.feature);
    gains.push(split.gain);
    routes.push(split.route);
    children.push(0, 0);
    const middle = partition(ground, node, split);
    const left = { from: node.from, to: middle };
    const right = { from: middle, to: node.to };
    // The last split of a tree needs no histograms any more.
    const isLast = open.length + ranges.length + 2 >= options.maximalLeaves;
    if (isLast || (!mayGrow(left, depth) && !mayGrow(right, depth))) {
      spare.push(cells);
      close(left, 2 * number);
      close(right, 2 * number + 1);
      continue;
    }
    const isLeftSmall = left.to - left.from <= right.to - right.from;
    const small = histogramOf(isLeftSmall ? left : right);
    subtract(cells, small);
    consider(left, depth, 2 * number, isLeftSmall ? small : cells);
    consider(right, depth, 2 * number + 1, isLeftSmall ? cells : small);
  }
  const flat = new Uint8Array(256 * routes.length);
  for (const [i, route] of routes.entries()) flat.set(route, 256 * i);
  return {
    ranges,
    tree: {
      features: Int32Array.from(features),
      gains: Float64Array.from(gains),
      routes: flat,
      children: Int32Array.from(children),
      leaves: new Float64Array(ranges.length),
    },
  };
}

/** Removes the node of the largest gain; the older one of two equals. */
function takeBest(open: Node[]): Node {
  let best = 0;
  for (let i = 1; i < open.length; i++) if ((open[i] as Node).split.gain > (open[best] as Node).split.gain) best = i;
  return open.splice(best, 1)[0] as Node;
}

/** Moves the rows that go left before the others, both in their order. @returns where the right side begins */
function partition({ binned, rows, scratch }: Ground, { from, to }: Range, { feature, route }: Split): number {
  const codes = binned.codes.subarray(feature * binned.rowCount, (feature + 1) * binned.rowCount);
  let left = from;
  let right = 0;
  for (let i = from; i < to; i++) {
    const row = rows[i] as number;
    if (route[codes[row] as number] === 0) rows[left++] = row;
    else scratch[right++] = row;
  }
  rows.set(scratch.subarray(0, right), left);
  return left;
}

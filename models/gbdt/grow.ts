// Grows one tree from the gradients of rows: the leaf whose question gains most is split next.
import { type Ground, type Range, subtract } from './ground.ts';
import type { Scale } from './scale.ts';
import { bestSplit, type Split } from './split.ts';
import type { GbdtOptions, Tree } from './types.ts';

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

/** @param scale the grids of the ground's statistics */
export function growTree(ground: Ground, scale: Scale, options: GbdtOptions): Grown {
  const { binned, starts, rows } = ground;
  const features: number[] = [];
  const gains: number[] = [];
  const routes: Uint8Array[] = [];
  const children: number[] = [];
  const ranges: Range[] = [];
  const open: Node[] = [];

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
      ground.release(cells);
      close(range, slot);
    }
  };

  const all = { from: 0, to: rows.length };
  if (binned.binners.length > 0 && mayGrow(all, 0)) consider(all, 0, -1, ground.histogram(all));
  else close(all, -1);
  while (open.length > 0) {
    if (open.length + ranges.length >= options.maximalLeaves) {
      for (const { from, to, slot, cells } of open) {
        close({ from, to }, slot);
        ground.release(cells);
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
    const middle = ground.partition(node, split.feature, split.route);
    const left = { from: node.from, to: middle };
    const right = { from: middle, to: node.to };
    // The last split of a tree needs no histograms any more.
    const isLast = open.length + ranges.length + 2 >= options.maximalLeaves;
    if (isLast || (!mayGrow(left, depth) && !mayGrow(right, depth))) {
      ground.release(cells);
      close(left, 2 * number);
      close(right, 2 * number + 1);
      continue;
    }
    const isLeftSmall = left.to - left.from <= right.to - right.from;
    const small = ground.histogram(isLeftSmall ? left : right);
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

// Binary trees over codes: a number's codes are halved by count, a category's levels make a Huffman tree.
import { type Codes, codeCounts } from './types.ts';

/**
 * Inner nodes in preorder (the root is node 0, absent when there is one code). A child is a node when it is 0 or more,
 * and else the code -1 - child.
 */
export interface CodeTree {
  readonly left: Int32Array;
  readonly right: Int32Array;
}

type Shape = number | readonly [Shape, Shape];

/**
 * The tree in which codes are drawn. Pooled rare levels have no leaf: drawing one and then any level instead would spread
 * frequent levels where they do not belong, so the others take its share, each as it is likely given the other columns.
 */
export function codeTree(codes: Codes): CodeTree {
  const counts = codeCounts(codes);
  if (counts.length < 2) return { left: new Int32Array(0), right: new Int32Array(0) };
  if (codes.kind === 'category') {
    const isPooled = codes.rareCount > 0 && codes.publicRare === undefined && codes.levels.length > 0;
    const drawn = [...counts.keys()].filter((code) => !isPooled || code !== codes.levels.length);
    return drawn.length < 2 ? { left: new Int32Array(0), right: new Int32Array(0) } : flatten(huffman(counts, drawn));
  }
  const specials = codes.specials.length;
  if (specials === 0 || specials === counts.length) return flatten(balanced(counts, 0, counts.length));
  return flatten([balanced(counts, 0, specials), balanced(counts, specials, counts.length)]);
}

/** Splits codes [from, to) where the halves' counts differ least. */
function balanced(counts: Float64Array, from: number, to: number): Shape {
  if (to - from === 1) return from;
  let total = 0;
  for (let code = from; code < to; code++) total += counts[code] as number;
  let seen = 0;
  let cut = from + 1;
  let least = Number.POSITIVE_INFINITY;
  for (let code = from; code + 1 < to; code++) {
    seen += counts[code] as number;
    const difference = Math.abs(total - 2 * seen);
    if (difference < least) {
      least = difference;
      cut = code + 1;
    }
  }
  return [balanced(counts, from, cut), balanced(counts, cut, to)];
}

/** Huffman's tree with two queues; ties go to the earlier made, so that the tree is the same everywhere. */
function huffman(counts: Float64Array, codes: readonly number[]): Shape {
  const leaves = [...codes].sort((a, b) => (counts[a] as number) - (counts[b] as number) || b - a);
  const merged: { weight: number; shape: Shape }[] = [];
  let leaf = 0;
  let inner = 0;
  const take = (): { weight: number; shape: Shape } => {
    const code = leaves[leaf];
    const made = merged[inner];
    if (code !== undefined && (made === undefined || (counts[code] as number) <= made.weight)) {
      leaf++;
      return { weight: counts[code] as number, shape: code };
    }
    inner++;
    return made as { weight: number; shape: Shape };
  };
  for (let i = 0; i + 1 < codes.length; i++) {
    const light = take();
    const heavy = take();
    merged.push({ weight: light.weight + heavy.weight, shape: [heavy.shape, light.shape] });
  }
  return merged.at(-1)?.shape ?? 0;
}

function flatten(shape: Shape): CodeTree {
  const left: number[] = [];
  const right: number[] = [];
  // An explicit stack: Huffman trees of skewed counts are deep.
  const waiting: { shape: Shape; parent: number; side: number[] }[] = [{ shape, parent: -1, side: left }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next.shape === 'number') {
      if (next.parent >= 0) next.side[next.parent] = -1 - next.shape;
      continue;
    }
    const node = left.length;
    if (next.parent >= 0) next.side[next.parent] = node;
    left.push(0);
    right.push(0);
    waiting.push(
      { shape: next.shape[1], parent: node, side: right },
      { shape: next.shape[0], parent: node, side: left },
    );
  }
  return { left: Int32Array.from(left), right: Int32Array.from(right) };
}

// Scores many rows with a forest: lays questions and leaves out in the kernel's memory and calls it.
import { type Forests, leafPlanes, paddedDepth, type Tree } from './forest.ts';
import { type KernelDepth, kernelRows, planeBytes } from './kernel.ts';
import { chunk, current, leafFunctions, leavesAt, questionsAt, scoreFunctions, scoresAt } from './space.ts';

/**
 * Adds the trees of forest `index` to the scores of the first `rows` rows.
 * @param offsets of the codes of each of the forest's features, in order: bytes from the start of the space's codes
 */
export function scoreForest(forests: Forests, index: number, rows: number, offsets: Int32Array): void {
  const { depths, treeStarts, splitStarts, leafStarts, slots, thresholds, leaves } = forests;
  let split = splitStarts[index] as number;
  let leaf = leafStarts[index] as number;
  const end = treeStarts[index + 1] as number;
  for (let tree = treeStarts[index] as number; tree < end; ) {
    const depth = depths[tree] as KernelDepth;
    let last = tree + 1;
    while (last < end && last - tree < chunk && depths[last] === depth) last++;
    const trees = last - tree;
    scoreTrees(slots, thresholds, split, leaves, leaf, depth, trees, rows, offsets);
    split += trees * depth;
    leaf += trees * 2 * planeBytes(depth);
    tree = last;
  }
}

/** Offsets of features that lie `stride` bytes apart. */
export function evenOffsets(features: number, stride: number): Int32Array {
  return Int32Array.from({ length: features }, (_, feature) => feature * stride);
}

const single = { slots: new Uint8Array(6), thresholds: new Uint8Array(6), leaves: new Uint8Array(128) };

/** Adds a tree as it was grown. */
export function addTree(tree: Tree, rows: number, offsets: Int32Array): void {
  const depth = padTree(tree);
  leafPlanes(tree.leaves, depth, single.leaves, 0);
  scoreTrees(single.slots, single.thresholds, 0, single.leaves, 0, depth, 1, rows, offsets);
}

/** Writes leaf and target of each row into `into`: the leaf's bits, and above those of the returned depth the target's. */
export function writeLeaves(tree: Tree, rows: number, offsets: Int32Array, targets: number, into: number): KernelDepth {
  const depth = padTree(tree);
  layQuestions(single.slots, single.thresholds, 0, depth, offsets);
  leafFunctions[depth](current.codesAt, targets, Math.ceil(rows / kernelRows), questionsAt, into);
  return depth;
}

function padTree(tree: Tree): KernelDepth {
  // A level that the tree does not have asks a feature that is there for code ≥ 128, which no code is: memory beyond
  // the features holds anything.
  single.slots.fill(tree.features[0] ?? 0).set(tree.features);
  single.thresholds.fill(128).set(tree.thresholds);
  return paddedDepth(tree.depth);
}

/** Lays `asked` questions out for the kernel. */
function layQuestions(
  slots: Uint8Array,
  thresholds: Uint8Array,
  split: number,
  asked: number,
  offsets: Int32Array,
): void {
  const questions = new Int32Array(current.buffer, questionsAt, 2 * asked);
  for (let i = 0; i < asked; i++) {
    questions[2 * i] = offsets[slots[split + i] as number] as number;
    questions[2 * i + 1] = thresholds[split + i] as number;
  }
}

/** Adds `trees` trees of one depth, whose questions and leaves start at `split` and `leaf`. */
export function scoreTrees(
  slots: Uint8Array,
  thresholds: Uint8Array,
  split: number,
  leaves: Uint8Array,
  leaf: number,
  depth: KernelDepth,
  trees: number,
  rows: number,
  offsets: Int32Array,
): void {
  const { buffer, codesAt } = current;
  layQuestions(slots, thresholds, split, trees * depth, offsets);
  const bytes = trees * 2 * planeBytes(depth);
  new Uint8Array(buffer, leavesAt, bytes).set(leaves.subarray(leaf, leaf + bytes));
  scoreFunctions[depth](codesAt, scoresAt, Math.ceil(rows / kernelRows), questionsAt, leavesAt, trees);
}

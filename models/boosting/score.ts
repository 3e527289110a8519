// Scores many rows with a forest: lays codes, questions and leaves out in the kernel's memory and calls it.
import type { Forests } from './forest.ts';
import { createKernel, type KernelDepth, kernelRows, pageBytes, planeBytes } from './kernel.ts';

/** Where rows are written before they are scored: views of the thread's kernel, valid until the next {@link reserveRows}. */
export interface ScoringSpace {
  /** Codes (0 to 127), feature-major. */
  readonly codes: Uint8Array;
  /** Bytes from one feature to the next: at least the rows. */
  readonly stride: number;
  /** One per row, to be filled before scoring; entries beyond the rows are scratch. */
  readonly scores: Int32Array;
}

/** Trees per call of the kernel. */
const chunk = 256;
const questionsAt = 0;
const leavesAt = chunk * 6 * 8;
const scoresAt = leavesAt + chunk * 2 * planeBytes(6);

const kernel = createKernel();
let capacity = pageBytes;
let codesAt = 0;
let questions = new Int32Array(0);
let leafBytes = new Uint8Array(0);

/** Room for rows of a forest, in this thread. */
export function reserveRows(rows: number, features: number): ScoringSpace {
  const stride = Math.max(kernelRows, Math.ceil(rows / kernelRows) * kernelRows);
  codesAt = scoresAt + stride * 4;
  const needed = codesAt + stride * features;
  if (needed > capacity) {
    const pages = Math.ceil((needed * 1.2 - capacity) / pageBytes);
    kernel.memory.grow(pages);
    capacity += pages * pageBytes;
  }
  const { buffer } = kernel.memory;
  questions = new Int32Array(buffer, questionsAt, chunk * 12);
  leafBytes = new Uint8Array(buffer, leavesAt, chunk * 2 * planeBytes(6));
  return {
    codes: new Uint8Array(buffer, codesAt, stride * features),
    stride,
    scores: new Int32Array(buffer, scoresAt, stride),
  };
}

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
  const asked = trees * depth;
  for (let i = 0; i < asked; i++) {
    questions[2 * i] = offsets[slots[split + i] as number] as number;
    questions[2 * i + 1] = thresholds[split + i] as number;
  }
  const bytes = trees * 2 * planeBytes(depth);
  leafBytes.set(leaves.subarray(leaf, leaf + bytes));
  kernel.score[depth](codesAt, scoresAt, Math.ceil(rows / kernelRows), questionsAt, leavesAt, trees);
}

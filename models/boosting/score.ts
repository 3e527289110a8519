// Adds the leaves of oblivious trees to the scores of many rows: four rows are compared in one 32-bit word.
import type { Forests } from './forest.ts';

// Codes have 7 bits and the eighth is set, so code - threshold keeps it exactly where code ≥ threshold, without a borrow
// from the neighbouring byte.
const high = 0x80808080 | 0;
const everyByte = 0x01010101;

/** Questions and leaves of trees, one after the other. */
export type Trees = Pick<Forests, 'slots' | 'thresholds' | 'leaves'>;

/** The bit that marks a code in its byte; see {@link scoreForest}. */
export const codeMark = 0x80;

/**
 * Adds the trees of forest `index` to `scores`.
 * @param words codes of the forest's features, feature-major: four rows a word, each byte a code with {@link codeMark} set
 * @param stride words from one feature to the next
 * @param quads groups of four rows to score
 */
export function scoreForest(
  forests: Forests,
  index: number,
  words: Int32Array,
  stride: number,
  quads: number,
  scores: Int32Array,
): void {
  const { depths, treeStarts, splitStarts, leafStarts } = forests;
  let split = splitStarts[index] as number;
  let leaf = leafStarts[index] as number;
  const end = treeStarts[index + 1] as number;
  for (let tree = treeStarts[index] as number; tree < end; ) {
    const depth = depths[tree] as number;
    if (depth === 6 && tree + 1 < end) {
      addTwoOfDepth6(forests, split, leaf, words, stride, quads, scores);
      tree += 2;
      split += 12;
      leaf += 128;
      continue;
    }
    if (depth === 6) addDepth6(forests, split, leaf, words, stride, quads, scores);
    else if (depth === 4) addDepth4(forests, split, leaf, words, stride, quads, scores);
    else addDepth2(forests, split, leaf, words, stride, quads, scores);
    tree++;
    split += depth;
    leaf += 1 << depth;
  }
}

/** Adds the first tree of `trees`, of depth 2, 4 or 6. */
export function scoreTree(
  trees: Trees,
  depth: number,
  words: Int32Array,
  stride: number,
  quads: number,
  scores: Int32Array,
): void {
  if (depth === 6) addDepth6(trees, 0, 0, words, stride, quads, scores);
  else if (depth === 4) addDepth4(trees, 0, 0, words, stride, quads, scores);
  else addDepth2(trees, 0, 0, words, stride, quads, scores);
}

function addDepth2(
  { slots, thresholds, leaves }: Trees,
  split: number,
  leaf: number,
  words: Int32Array,
  stride: number,
  quads: number,
  scores: Int32Array,
): void {
  const o0 = (slots[split] as number) * stride;
  const o1 = (slots[split + 1] as number) * stride;
  const t0 = Math.imul(thresholds[split] as number, everyByte);
  const t1 = Math.imul(thresholds[split + 1] as number, everyByte);
  for (let q = 0; q < quads; q++) {
    const at = ((((words[o0 + q] as number) - t0) & high) >>> 7) | ((((words[o1 + q] as number) - t1) & high) >>> 6);
    const row = q << 2;
    scores[row] = (scores[row] as number) + (leaves[leaf + (at & 3)] as number);
    scores[row + 1] = (scores[row + 1] as number) + (leaves[leaf + ((at >>> 8) & 3)] as number);
    scores[row + 2] = (scores[row + 2] as number) + (leaves[leaf + ((at >>> 16) & 3)] as number);
    scores[row + 3] = (scores[row + 3] as number) + (leaves[leaf + (at >>> 24)] as number);
  }
}

function addDepth4(
  { slots, thresholds, leaves }: Trees,
  split: number,
  leaf: number,
  words: Int32Array,
  stride: number,
  quads: number,
  scores: Int32Array,
): void {
  const o0 = (slots[split] as number) * stride;
  const o1 = (slots[split + 1] as number) * stride;
  const o2 = (slots[split + 2] as number) * stride;
  const o3 = (slots[split + 3] as number) * stride;
  const t0 = Math.imul(thresholds[split] as number, everyByte);
  const t1 = Math.imul(thresholds[split + 1] as number, everyByte);
  const t2 = Math.imul(thresholds[split + 2] as number, everyByte);
  const t3 = Math.imul(thresholds[split + 3] as number, everyByte);
  for (let q = 0; q < quads; q++) {
    const at =
      ((((words[o0 + q] as number) - t0) & high) >>> 7) |
      ((((words[o1 + q] as number) - t1) & high) >>> 6) |
      ((((words[o2 + q] as number) - t2) & high) >>> 5) |
      ((((words[o3 + q] as number) - t3) & high) >>> 4);
    const row = q << 2;
    scores[row] = (scores[row] as number) + (leaves[leaf + (at & 15)] as number);
    scores[row + 1] = (scores[row + 1] as number) + (leaves[leaf + ((at >>> 8) & 15)] as number);
    scores[row + 2] = (scores[row + 2] as number) + (leaves[leaf + ((at >>> 16) & 15)] as number);
    scores[row + 3] = (scores[row + 3] as number) + (leaves[leaf + (at >>> 24)] as number);
  }
}

function addDepth6(
  { slots, thresholds, leaves }: Trees,
  split: number,
  leaf: number,
  words: Int32Array,
  stride: number,
  quads: number,
  scores: Int32Array,
): void {
  const o0 = (slots[split] as number) * stride;
  const o1 = (slots[split + 1] as number) * stride;
  const o2 = (slots[split + 2] as number) * stride;
  const o3 = (slots[split + 3] as number) * stride;
  const o4 = (slots[split + 4] as number) * stride;
  const o5 = (slots[split + 5] as number) * stride;
  const t0 = Math.imul(thresholds[split] as number, everyByte);
  const t1 = Math.imul(thresholds[split + 1] as number, everyByte);
  const t2 = Math.imul(thresholds[split + 2] as number, everyByte);
  const t3 = Math.imul(thresholds[split + 3] as number, everyByte);
  const t4 = Math.imul(thresholds[split + 4] as number, everyByte);
  const t5 = Math.imul(thresholds[split + 5] as number, everyByte);
  for (let q = 0; q < quads; q++) {
    const at =
      ((((words[o0 + q] as number) - t0) & high) >>> 7) |
      ((((words[o1 + q] as number) - t1) & high) >>> 6) |
      ((((words[o2 + q] as number) - t2) & high) >>> 5) |
      ((((words[o3 + q] as number) - t3) & high) >>> 4) |
      ((((words[o4 + q] as number) - t4) & high) >>> 3) |
      ((((words[o5 + q] as number) - t5) & high) >>> 2);
    const row = q << 2;
    scores[row] = (scores[row] as number) + (leaves[leaf + (at & 63)] as number);
    scores[row + 1] = (scores[row + 1] as number) + (leaves[leaf + ((at >>> 8) & 63)] as number);
    scores[row + 2] = (scores[row + 2] as number) + (leaves[leaf + ((at >>> 16) & 63)] as number);
    scores[row + 3] = (scores[row + 3] as number) + (leaves[leaf + (at >>> 24)] as number);
  }
}

/** Two trees in one pass: scores are loaded and stored once for both. */
function addTwoOfDepth6(
  { slots, thresholds, leaves }: Trees,
  split: number,
  leaf: number,
  words: Int32Array,
  stride: number,
  quads: number,
  scores: Int32Array,
): void {
  const o0 = (slots[split] as number) * stride;
  const o1 = (slots[split + 1] as number) * stride;
  const o2 = (slots[split + 2] as number) * stride;
  const o3 = (slots[split + 3] as number) * stride;
  const o4 = (slots[split + 4] as number) * stride;
  const o5 = (slots[split + 5] as number) * stride;
  const p0 = (slots[split + 6] as number) * stride;
  const p1 = (slots[split + 7] as number) * stride;
  const p2 = (slots[split + 8] as number) * stride;
  const p3 = (slots[split + 9] as number) * stride;
  const p4 = (slots[split + 10] as number) * stride;
  const p5 = (slots[split + 11] as number) * stride;
  const t0 = Math.imul(thresholds[split] as number, everyByte);
  const t1 = Math.imul(thresholds[split + 1] as number, everyByte);
  const t2 = Math.imul(thresholds[split + 2] as number, everyByte);
  const t3 = Math.imul(thresholds[split + 3] as number, everyByte);
  const t4 = Math.imul(thresholds[split + 4] as number, everyByte);
  const t5 = Math.imul(thresholds[split + 5] as number, everyByte);
  const s0 = Math.imul(thresholds[split + 6] as number, everyByte);
  const s1 = Math.imul(thresholds[split + 7] as number, everyByte);
  const s2 = Math.imul(thresholds[split + 8] as number, everyByte);
  const s3 = Math.imul(thresholds[split + 9] as number, everyByte);
  const s4 = Math.imul(thresholds[split + 10] as number, everyByte);
  const s5 = Math.imul(thresholds[split + 11] as number, everyByte);
  const next = leaf + 64;
  for (let q = 0; q < quads; q++) {
    const a =
      ((((words[o0 + q] as number) - t0) & high) >>> 7) |
      ((((words[o1 + q] as number) - t1) & high) >>> 6) |
      ((((words[o2 + q] as number) - t2) & high) >>> 5) |
      ((((words[o3 + q] as number) - t3) & high) >>> 4) |
      ((((words[o4 + q] as number) - t4) & high) >>> 3) |
      ((((words[o5 + q] as number) - t5) & high) >>> 2);
    const b =
      ((((words[p0 + q] as number) - s0) & high) >>> 7) |
      ((((words[p1 + q] as number) - s1) & high) >>> 6) |
      ((((words[p2 + q] as number) - s2) & high) >>> 5) |
      ((((words[p3 + q] as number) - s3) & high) >>> 4) |
      ((((words[p4 + q] as number) - s4) & high) >>> 3) |
      ((((words[p5 + q] as number) - s5) & high) >>> 2);
    const row = q << 2;
    scores[row] = (scores[row] as number) + (leaves[leaf + (a & 63)] as number) + (leaves[next + (b & 63)] as number);
    scores[row + 1] =
      (scores[row + 1] as number) +
      (leaves[leaf + ((a >>> 8) & 63)] as number) +
      (leaves[next + ((b >>> 8) & 63)] as number);
    scores[row + 2] =
      (scores[row + 2] as number) +
      (leaves[leaf + ((a >>> 16) & 63)] as number) +
      (leaves[next + ((b >>> 16) & 63)] as number);
    scores[row + 3] =
      (scores[row + 3] as number) + (leaves[leaf + (a >>> 24)] as number) + (leaves[next + (b >>> 24)] as number);
  }
}

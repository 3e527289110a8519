// The inner loop of scoring as WebAssembly SIMD: sixteen rows at a time walk a tree.
//
// Rows outside, trees inside: the scores of sixteen rows stay in registers. Every level compares sixteen codes at once and
// sets one bit of sixteen leaf numbers; leaves are looked up by byte shuffles in tables of sixteen bytes.
import {
  add,
  add32,
  advance,
  andVectors,
  atLeast8,
  type Bytes,
  constant,
  countDown,
  everyByte,
  extendHigh16,
  extendLow16,
  get,
  type KernelCode,
  load,
  loadSplat8,
  loadWord,
  orVectors,
  set,
  shiftLeft8,
  shuffle,
  store,
  subtract8,
  swizzle,
} from './wasm.ts';

/** Depths for which there is a function. */
export type KernelDepth = 2 | 4 | 6;

/**
 * Adds the leaves of trees to the scores of rows; all pointers are byte offsets in the kernel's memory.
 * @param codes bytes, feature-major; a question's offset is from here
 * @param scores 32-bit, one per row
 * @param groups sixteens of rows, at least one
 * @param questions per tree and level: 32-bit offset of the feature's codes, 32-bit threshold
 * @param leaves per tree: low bytes of the leaves, then high bytes, each padded to 16
 * @param trees at least one
 */
export type ScoreKernel = (
  codes: number,
  scores: number,
  groups: number,
  questions: number,
  leaves: number,
  trees: number,
) => void;

export const kernelRows = 16;

/** Bytes of one plane (low or high bytes) of a tree's leaves. */
export function planeBytes(depth: KernelDepth): number {
  return depth === 6 ? 64 : 16;
}

const interleave = (from: number): number[] =>
  shuffle(Array.from({ length: 16 }, (_, i) => from + (i >> 1) + (i & 1) * 16));

/** The leaf numbers of sixteen rows: a bit per level. */
const leafNumbers = (depth: KernelDepth, codes: number, question: number): number[] =>
  Array.from({ length: depth }, (_, level) => [
    ...[...get(codes), ...get(question), ...loadWord(level * 8), ...add, ...load()],
    ...[...get(question), ...loadSplat8(level * 8 + 4), ...atLeast8, ...everyByte(1 << level), ...andVectors],
    ...(level === 0 ? [] : orVectors),
  ]).flat();

/** Writes at `into` a byte per row: its leaf in one tree, and the row's byte 0 or 1 at `targets` as the bit above it. */
export function leafCode(depth: KernelDepth): KernelCode {
  const [codes, targets, groups, questions, into] = [0, 1, 2, 3, 4];
  const rows = [
    ...[...get(into), ...leafNumbers(depth, codes, questions)],
    ...[...get(targets), ...load(), ...constant(depth), ...shiftLeft8, ...orVectors, ...store()],
    ...[...advance(codes, kernelRows), ...advance(targets, kernelRows), ...advance(into, kernelRows)],
  ];
  return { name: `leaf${depth}`, parameters: 5, integers: 0, vectors: 0, body: countDown(groups, rows) };
}

/** The code of {@link ScoreKernel} for one depth. */
export function scoreCode(depth: KernelDepth): KernelCode {
  const [codes, scores, groups, questions, leaves, trees] = [0, 1, 2, 3, 4, 5];
  const [question, leaf, left] = [6, 7, 8];
  const sums = [9, 10, 11, 12] as const;
  const [at, low, high] = [13, 14, 15];
  const plane = planeBytes(depth);
  const lookUp = (offset: number): number[] =>
    Array.from({ length: plane / 16 }, (_, part) => [
      ...get(leaf),
      ...load(offset + part * 16),
      ...get(at),
      ...(part === 0 ? [] : [...everyByte(part * 16), ...subtract8]),
      ...swizzle,
      ...(part === 0 ? [] : orVectors),
    ]).flat();
  const addFour = (sum: number, from: number, extend: Bytes): number[] => [
    ...get(sum),
    ...get(low),
    ...get(high),
    ...interleave(from),
    ...extend,
    ...add32,
    ...set(sum),
  ];
  const tree = [
    ...leafNumbers(depth, codes, question),
    ...set(at),
    ...[...lookUp(0), ...set(low), ...lookUp(plane), ...set(high)],
    ...[...addFour(sums[0], 0, extendLow16), ...addFour(sums[1], 0, extendHigh16)],
    ...[...addFour(sums[2], 8, extendLow16), ...addFour(sums[3], 8, extendHigh16)],
    ...[...advance(question, depth * 8), ...advance(leaf, plane * 2)],
  ];
  const rows = [
    ...sums.flatMap((sum, i) => [...get(scores), ...load(i * 16), ...set(sum)]),
    ...[...get(questions), ...set(question), ...get(leaves), ...set(leaf), ...get(trees), ...set(left)],
    ...countDown(left, tree),
    ...sums.flatMap((sum, i) => [...get(scores), ...get(sum), ...store(i * 16)]),
    ...[...advance(codes, kernelRows), ...advance(scores, kernelRows * 4)],
  ];
  return { name: `score${depth}`, parameters: 6, integers: 3, vectors: 7, body: countDown(groups, rows) };
}

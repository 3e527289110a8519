// Passes over the rows of a tree's sample as WebAssembly: gradients, the rows of some leaves listed, and sums by code.
import { logisticEntries } from './logit.ts';
import { toEntry } from './rows-kernel.ts';
import {
  add,
  addDoubles,
  advance,
  constant,
  countDown,
  get,
  type KernelCode,
  loadByte,
  loadDouble,
  loadWord,
  or,
  set,
  shiftLeft,
  shiftLeftBy,
  shiftRightUnsigned,
  storeByte,
  storeDouble,
  storeWord,
  subtract,
  tee,
} from './wasm.ts';

/**
 * Writes the packed gradient of each row of a list.
 * @param targets a byte 0 or 1 per row of the set
 * @param table doubles by entry of the score: those of target 0, then those of target 1
 */
export const gradientsCode: KernelCode = (() => {
  const [rows, count, scores, targets, table, into] = [0, 1, 2, 3, 4, 5];
  const [row, entry] = [6, 7];
  const one = [
    ...[...get(rows), ...loadWord(), ...set(row)],
    ...[...get(scores), ...get(row), ...constant(2), ...shiftLeft, ...add, ...loadWord(), ...set(entry)],
    ...toEntry(entry),
    ...[...get(into), ...get(table), ...get(entry), ...constant(3), ...shiftLeft, ...add],
    ...[...get(targets), ...get(row), ...add, ...loadByte(), ...constant(Math.log2(8 * logisticEntries))],
    ...[...shiftLeft, ...add, ...loadDouble(), ...storeDouble()],
    ...[...advance(rows, 4), ...advance(into, 8)],
  ];
  return { name: 'gradients', parameters: 6, integers: 2, vectors: 0, body: countDown(count, one) };
})();

/**
 * Moves the rows of a list to the children of their leaves, and lists those whose child is wanted.
 * @param leaf a byte per entry of the list: its leaf, which the answer's bit is added to
 * @param codes of the feature that was asked about, by row of the set
 * @param last greatest code of the left side
 * @param wanted a byte 0 or 1 per leaf
 * @param shift a leaf's histogram has 2^shift bytes
 * @param result where the number of listed rows is written, as the end of the list at `outRows`
 */
export const listCode: KernelCode = (() => {
  const [rows, leaf, gradients, count, codes, last, level] = [0, 1, 2, 3, 4, 5, 6];
  const [wanted, shift, outRows, outCells, outGradients, result] = [7, 8, 9, 10, 11, 12];
  const [at, row] = [13, 14];
  const one = [
    ...[...get(rows), ...loadWord(), ...set(row)],
    // The sign bit of last - code says whether the code is at or above the threshold.
    ...[...get(last), ...get(codes), ...get(row), ...add, ...loadByte(), ...subtract, ...constant(31)],
    ...[...shiftRightUnsigned, ...get(level), ...shiftLeft, ...get(leaf), ...loadByte(), ...or, ...set(at)],
    ...[...get(leaf), ...get(at), ...storeByte(), ...get(outRows), ...get(row), ...storeWord()],
    ...[...get(outCells), ...get(at), ...get(shift), ...shiftLeft, ...storeWord()],
    ...[...get(outGradients), ...get(gradients), ...loadDouble(), ...storeDouble()],
    ...[...get(wanted), ...get(at), ...add, ...loadByte(), ...set(at)],
    ...[...get(outRows), ...get(at), ...shiftLeftBy(2), ...add, ...set(outRows)],
    ...[...get(outCells), ...get(at), ...shiftLeftBy(2), ...add, ...set(outCells)],
    ...[...get(outGradients), ...get(at), ...shiftLeftBy(3), ...add, ...set(outGradients)],
    ...[...advance(rows, 4), ...advance(leaf, 1), ...advance(gradients, 8)],
  ];
  const body = [...countDown(count, one), ...get(result), ...get(outRows), ...storeWord()];
  return { name: 'list', parameters: 13, integers: 2, vectors: 0, body };
})();

/**
 * Adds the gradients of listed rows to the histograms of `width` features in one pass.
 * @param cells bytes from a feature's histogram to that of the row's leaf
 * @param sums of the first feature; the next ones follow `featureBytes` apart
 */
export function addCode(width: 1 | 4): KernelCode {
  const [rows, cells, gradients, count, codes, stride, sums, featureBytes] = [0, 1, 2, 3, 4, 5, 6, 7];
  const [row, cell, at, gradient] = [8, 9, 10, 10 + 2 * width - 1];
  const codesOf = (i: number): number => (i === 0 ? codes : 10 + i);
  const sumsOf = (i: number): number => (i === 0 ? sums : 10 + width - 1 + i);
  const each = (code: (i: number) => number[]): number[] => Array.from({ length: width }, (_, i) => code(i)).flat();
  const one = [
    ...[...get(rows), ...loadWord(), ...set(row), ...get(cells), ...loadWord(), ...set(cell)],
    ...[...get(gradients), ...loadDouble(), ...set(gradient)],
    ...each((i) => [
      ...[...get(sumsOf(i)), ...get(cell), ...add, ...get(codesOf(i)), ...get(row), ...add, ...loadByte()],
      ...[...shiftLeftBy(3), ...add, ...tee(at), ...get(at), ...loadDouble(), ...get(gradient), ...addDoubles],
      ...storeDouble(),
    ]),
    ...[...advance(rows, 4), ...advance(cells, 4), ...advance(gradients, 8)],
  ];
  const body = [
    ...each((i) =>
      i === 0
        ? []
        : [
            ...[...get(codesOf(i - 1)), ...get(stride), ...add, ...set(codesOf(i))],
            ...[...get(sumsOf(i - 1)), ...get(featureBytes), ...add, ...set(sumsOf(i))],
          ],
    ),
    ...countDown(count, one),
  ];
  return { name: `add${width}`, parameters: 8, integers: 3 + 2 * (width - 1), vectors: 0, doubles: 1, body };
}

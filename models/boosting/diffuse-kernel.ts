// Chooses rows by error diffusion as WebAssembly: what a choice leaves over is owed to the groups that the row belongs to.
import { logisticEntries } from './logit.ts';
import {
  add,
  advance,
  and,
  atLeast,
  constant,
  countDown,
  get,
  type KernelCode,
  loadByte,
  loadWord,
  multiply,
  set,
  shiftLeft,
  shiftRight,
  shiftRightUnsigned,
  storeByte,
  storeWord,
  subtract,
  tee,
  when,
  whenElse,
} from './wasm.ts';

/** Whole-number units of what is owed: sums over some thousand columns fit 32 bits. */
export const debtBits = 18;
/** By how many bits debts are shortened before they are weighed. */
export const weightBits = 10;

/** Bytes of a column in the list of columns; see {@link diffuseCode}. */
export const listedBytes = 16;

/**
 * Chooses for each row by its entry. Entries of weight 0: as `carries` does. Others: a row goes right when its probability,
 * what its entry has left over, and the weighed sum of what is owed to all rows and to the row's group in each listed column
 * come to at least 1; what its probability exceeds the choice by is then owed to all of them.
 * @param entries words, one per row
 * @param first row of the columns that is the first of the entries
 * @param sums pairs of words by entry: running sum and step of 31 bits, or of debtBits where there is a weight
 * @param weights words by entry
 * @param list four words per column: where its codes are; where its debts are, a word per group; by how many bits codes are
 * shortened to their groups; scratch
 * @param into a byte per row
 */
export const diffuseCode: KernelCode = (() => {
  const [entries, count, first, sums, weights, list, columns, into] = [0, 1, 2, 3, 4, 5, 6, 7];
  const [cell, weight, owed, all, column, left, at] = [8, 9, 10, 11, 12, 13, 14];
  const whole = 1 << debtBits;
  /** `nth`: which column, from the one at `column` on. */
  const findGroup = (nth: number): number[] => [
    ...[...get(column), ...get(column), ...loadWord(nth * listedBytes), ...get(first), ...add, ...loadByte()],
    ...[...get(column), ...loadWord(nth * listedBytes + 8), ...shiftRightUnsigned, ...constant(2), ...shiftLeft],
    ...[...get(column), ...loadWord(nth * listedBytes + 4), ...add, ...tee(at), ...storeWord(nth * listedBytes + 12)],
    ...[...get(owed), ...get(at), ...loadWord(), ...add, ...set(owed)],
  ];
  const payGroup = (nth: number): number[] => [
    ...[...get(column), ...loadWord(nth * listedBytes + 12), ...tee(at), ...get(at), ...loadWord()],
    ...[...get(owed), ...add, ...storeWord()],
  ];
  // Four columns a turn, then the rest one by one.
  const everyColumn = (body: (nth: number) => number[]): number[] => [
    ...[...get(list), ...set(column), ...get(columns), ...constant(2), ...shiftRight, ...tee(left)],
    ...when(countDown(left, [...[0, 1, 2, 3].flatMap(body), ...advance(column, 4 * listedBytes)])),
    ...[...get(columns), ...constant(3), ...and, ...tee(left)],
    ...when(countDown(left, [...body(0), ...advance(column, listedBytes)])),
  ];
  const alone = [
    ...[...get(cell), ...loadWord(), ...get(cell), ...loadWord(4), ...add, ...set(owed)],
    ...[...get(into), ...get(owed), ...constant(31), ...shiftRightUnsigned, ...storeByte()],
    ...[...get(cell), ...get(owed), ...constant(0x7fffffff), ...and, ...storeWord()],
  ];
  const together = [
    ...[...get(all), ...set(owed), ...everyColumn(findGroup)],
    ...[...get(owed), ...constant(weightBits), ...shiftRight, ...get(weight), ...multiply],
    ...[...get(cell), ...loadWord(), ...add, ...get(cell), ...loadWord(4), ...add, ...constant(whole), ...atLeast],
    ...[...set(left), ...get(into), ...get(left), ...storeByte()],
    ...[...get(cell), ...loadWord(4), ...get(left), ...constant(debtBits), ...shiftLeft, ...subtract, ...set(owed)],
    ...[...get(cell), ...get(cell), ...loadWord(), ...get(owed), ...add, ...storeWord()],
    ...[...get(all), ...get(owed), ...add, ...set(all), ...everyColumn(payGroup)],
  ];
  const row = [
    ...[
      ...get(entries),
      ...loadWord(),
      ...tee(cell),
      ...constant(2),
      ...shiftLeft,
      ...get(weights),
      ...add,
      ...loadWord(),
    ],
    ...[...set(weight), ...get(cell), ...constant(3), ...shiftLeft, ...get(sums), ...add, ...set(cell)],
    ...[...get(weight), ...whenElse(together, alone)],
    ...[...advance(entries, 4), ...advance(first, 1), ...advance(into, 1)],
  ];
  return { name: 'diffuse', parameters: 8, integers: 7, vectors: 0, body: countDown(count, row) };
})();

/** Bytes of the weights. */
export const weightsBytes: number = 4 * logisticEntries;

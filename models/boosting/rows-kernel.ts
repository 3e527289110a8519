// Passes over the rows of a node as WebAssembly: codes to ranks, sums by code, and rows parted by which way they go.
import { logisticEntries, logisticShift, scoreUnit } from './logit.ts';
import {
  above,
  add,
  add32,
  advance,
  and,
  below,
  choose,
  constant,
  copyBytes,
  countDown,
  countOnes,
  everyByte,
  get,
  highBits,
  isZero,
  type KernelCode,
  load,
  loadByte,
  loadEight,
  loadWord,
  orVectors,
  set,
  shiftLeft,
  shiftLeft8,
  shiftRight,
  shiftRightUnsigned,
  store,
  storeByte,
  storeEight,
  storeWord,
  subtract,
  subtract8,
  swizzle,
  tee,
  vectorOf,
  when,
} from './wasm.ts';

const zero = 16 * scoreUnit;
/** Whole-number units of a probability and of its slope p(1 − p): their sums over 65,536 rows fit 32 bits. */
export const probabilityUnit = 65_535;

/** Pairs of probability and slope, by score. */
export function logisticPairs(): Uint32Array {
  const pairs = new Uint32Array(2 * logisticEntries);
  for (let i = 0; i < logisticEntries; i++) {
    const p = 1 / (1 + Math.exp(16 - ((i + 0.5) * (1 << logisticShift)) / scoreUnit));
    pairs[2 * i] = Math.round(p * probabilityUnit);
    pairs[2 * i + 1] = Math.round(p * (1 - p) * probabilityUnit);
  }
  return pairs;
}

/**
 * For eight bits, the positions of those that are 0: a shuffle that moves the bytes that stay to the front. Of the others
 * when all bits are turned round.
 */
export function stayingShuffles(): Uint8Array {
  const shuffles = new Uint8Array(256 * 8).fill(0x80);
  for (let bits = 0; bits < 256; bits++) {
    let at = bits * 8;
    for (let i = 0; i < 8; i++) if (((bits >> i) & 1) === 0) shuffles[at++] = i;
  }
  return shuffles;
}

/** The steps of a score's index in tables by score; the score is in `local`, the index goes there. */
export const toEntry = (local: number): number[] => [
  ...[...get(local), ...constant(zero), ...add, ...constant(logisticShift), ...shiftRight, ...set(local)],
  ...[...get(local), ...constant(0), ...get(local), ...constant(0), ...above, ...choose, ...set(local)],
  ...[...get(local), ...constant(logisticEntries - 1), ...get(local), ...constant(logisticEntries - 1)],
  ...[...below, ...choose, ...set(local)],
];

/**
 * Adds to each row's score the move of its code at `moved`, and to the cell of its code at `at` (four 32-bit words)
 * probability, slope and 1. `count` is at least one.
 */
export const sweepCode: KernelCode = (() => {
  const [moved, at, scores, count, moves, cells, logistic] = [0, 1, 2, 3, 4, 5, 6];
  const [score, cell] = [7, 8];
  const row = [
    ...[...get(scores), ...get(scores), ...loadWord()],
    ...[...get(moves), ...get(moved), ...loadByte(), ...constant(2), ...shiftLeft, ...add, ...loadWord()],
    ...[...add, ...tee(score), ...storeWord()],
    ...toEntry(score),
    ...[...get(cells), ...get(at), ...loadByte(), ...constant(4), ...shiftLeft, ...add, ...tee(cell)],
    ...[...get(cell), ...load()],
    ...[...get(logistic), ...get(score), ...constant(3), ...shiftLeft, ...add, ...loadEight(), ...add32],
    ...[...vectorOf([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]), ...add32, ...store()],
    ...[...advance(moved, 1), ...advance(at, 1), ...advance(scores, 4)],
  ];
  return { name: 'sweep', parameters: 7, integers: 2, vectors: 0, body: countDown(count, row) };
})();

/** Moves each row's score by the move of its code at `moved`, puts its entry in place of the score, and counts entries. */
export const entriesCode: KernelCode = (() => {
  const [moved, scores, count, moves, counts] = [0, 1, 2, 3, 4];
  const [entry, cell] = [5, 6];
  const row = [
    ...[...get(scores), ...loadWord()],
    ...[...get(moves), ...get(moved), ...loadByte(), ...constant(2), ...shiftLeft, ...add, ...loadWord()],
    ...[...add, ...set(entry), ...toEntry(entry), ...get(scores), ...get(entry), ...storeWord()],
    ...[...get(counts), ...get(entry), ...constant(2), ...shiftLeft, ...add, ...tee(cell)],
    ...[...get(cell), ...loadWord(), ...constant(1), ...add, ...storeWord()],
    ...[...advance(moved, 1), ...advance(scores, 4)],
  ];
  return { name: 'entries', parameters: 5, integers: 2, vectors: 0, body: countDown(count, row) };
})();

/**
 * For each row's entry, adds the entry's step to its running sum of 31 bits; the carry, 0 or 1, is the row's byte at `carries`.
 * @param sums pairs of running sum and step, by entry
 */
export const carriesCode: KernelCode = (() => {
  const [entries, count, sums, carries] = [0, 1, 2, 3];
  const [cell, sum] = [4, 5];
  const row = [
    ...[...get(sums), ...get(entries), ...loadWord(), ...constant(3), ...shiftLeft, ...add, ...set(cell)],
    ...[...get(cell), ...loadWord(), ...get(cell), ...loadWord(4), ...add, ...set(sum)],
    ...[...get(carries), ...get(sum), ...constant(31), ...shiftRightUnsigned, ...storeByte()],
    ...[...get(cell), ...get(sum), ...constant(0x7fffffff), ...and, ...storeWord()],
    ...[...advance(entries, 4), ...advance(carries, 1)],
  ];
  return { name: 'carries', parameters: 4, integers: 2, vectors: 0, body: countDown(count, row) };
})();

/** Writes at `into` the byte of each row named at `order` (32-bit numbers). */
export const gatherCode: KernelCode = (() => {
  const [bytes, order, count, into] = [0, 1, 2, 3];
  const row = [
    ...[...get(into), ...get(bytes), ...get(order), ...loadWord(), ...add, ...loadByte(), ...storeByte()],
    ...[...advance(order, 4), ...advance(into, 1)],
  ];
  return { name: 'gather', parameters: 4, integers: 0, vectors: 0, body: countDown(count, row) };
})();

/**
 * Writes the entry of `table` for each byte at `at`, sixteen rows at a time.
 * @param planes sixteens of entries that the table has
 */
export const mapCode: KernelCode = (() => {
  const [at, into, groups, table, planes] = [0, 1, 2, 3, 4];
  const [entry, left] = [5, 6];
  const [bytes, mapped] = [7, 8];
  const plane = [
    ...[...get(entry), ...load(), ...get(bytes), ...swizzle, ...get(mapped), ...orVectors, ...set(mapped)],
    ...[...get(bytes), ...everyByte(16), ...subtract8, ...set(bytes), ...advance(entry, 16)],
  ];
  const rows = [
    ...[...get(at), ...load(), ...set(bytes), ...everyByte(0), ...set(mapped)],
    ...[...get(table), ...set(entry), ...get(planes), ...set(left), ...countDown(left, plane)],
    ...[...get(into), ...get(mapped), ...store(), ...advance(at, 16), ...advance(into, 16)],
  ];
  return { name: 'map', parameters: 5, integers: 2, vectors: 2, body: countDown(groups, rows) };
})();

/** Gathers, for eight rows at a time, the bits that say which go right: `isRight` holds bytes 0 or 1. */
export const bitsCode: KernelCode = (() => {
  const [isRight, bits, groups] = [0, 1, 2];
  const rows = [
    ...[...get(bits), ...get(isRight), ...loadEight(), ...constant(7), ...shiftLeft8, ...highBits, ...storeByte()],
    ...[...advance(isRight, 8), ...advance(bits, 1)],
  ];
  return { name: 'bits', parameters: 3, integers: 0, vectors: 0, body: countDown(groups, rows) };
})();

/**
 * Parts bytes in place: those of rows that go right come after the others, each side in its order.
 * @param eights full groups of eight rows, `rest` rows after them
 * @param spare room for the rows and eight bytes more
 */
export const partCode: KernelCode = (() => {
  const [at, isRight, bits, eights, rest, spare, shuffles] = [0, 1, 2, 3, 4, 5, 6];
  const [left, right, word] = [7, 8, 9];
  const bytes = 10;
  const shuffled = (word: number): number[] => [
    ...[...get(bytes), ...get(shuffles), ...get(word), ...constant(3), ...shiftLeft, ...add, ...loadEight()],
    ...swizzle,
  ];
  const eight = [
    ...[...get(bits), ...loadByte(), ...set(word), ...get(at), ...loadEight(), ...set(bytes)],
    ...[...get(left), ...shuffled(word), ...storeEight(), ...get(word), ...countOnes],
    ...[...constant(255), ...get(word), ...subtract, ...set(word)],
    ...[...get(right), ...shuffled(word), ...storeEight()],
    ...[...get(right), ...add, ...set(right)],
    ...[...get(left), ...get(word), ...countOnes, ...add, ...set(left)],
    ...[...advance(at, 8), ...advance(isRight, 8), ...advance(bits, 1)],
  ];
  const one = [
    ...[...get(at), ...loadByte(), ...set(word)],
    ...[...get(right), ...get(word), ...storeByte(), ...get(left), ...get(word), ...storeByte()],
    ...[...get(isRight), ...loadByte(), ...set(word), ...get(right), ...get(word), ...add, ...set(right)],
    ...[...get(left), ...get(word), ...isZero, ...add, ...set(left)],
    ...[...advance(at, 1), ...advance(isRight, 1)],
  ];
  const body = [
    ...[...get(at), ...set(left), ...get(spare), ...set(right)],
    ...[...get(eights), ...when(countDown(eights, eight)), ...get(rest), ...when(countDown(rest, one))],
    ...[...get(left), ...get(spare), ...get(right), ...get(spare), ...subtract, ...copyBytes],
  ];
  return { name: 'part', parameters: 7, integers: 3, vectors: 1, body };
})();

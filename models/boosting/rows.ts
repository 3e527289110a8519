// Passes over the rows of a node in the scorer's memory. Offsets are bytes from the start of the space's codes.
import { kernelRows } from './kernel.ts';
import { logisticEntries, scoreUnit } from './logit.ts';
import {
  carrySumsAt,
  cellsAt,
  countsAt,
  current,
  functions,
  logisticAt,
  movesAt,
  scoresAt,
  shufflesAt,
  tableAt,
  weightsAt,
} from './space.ts';

/** Sums by code; see {@link addByCode}. */
export interface CodeSums {
  /** Four words per code: probabilities in units of 1/65,535, slopes likewise, rows, nothing. */
  readonly cells: Uint32Array;
  /** By code: what each row's score moves by before it is summed. */
  readonly moves: Int32Array;
}

export function codeSums(): CodeSums {
  return { cells: new Uint32Array(current.buffer, cellsAt, 1024), moves: new Int32Array(current.buffer, movesAt, 256) };
}

/** Moves the scores of the first `count` rows by the codes at `moved`, then adds each row to the cell of its code at `at`. */
export function addByCode(moved: number, at: number, count: number): void {
  if (count === 0) return;
  const { codesAt } = current;
  functions.sweep?.(codesAt + moved, codesAt + at, scoresAt, count, movesAt, cellsAt, logisticAt);
}

/** What {@link enterScores} and {@link carry} work on, by entry: scores in steps of 1/32 logit from −16 to 16. */
export interface ScoreEntries {
  /** Rows of each entry. */
  readonly counts: Uint32Array;
  /** Pairs of running sum and step, of 31 bits; of {@link debtBits} where {@link diffuse} is called and there is a weight. */
  readonly sums: Int32Array;
  /** Of what is owed to the groups of a row, in parts of 2^{@link weightBits}. */
  readonly weights: Int32Array;
}

export function scoreEntries(): ScoreEntries {
  return {
    counts: new Uint32Array(current.buffer, countsAt, logisticEntries),
    sums: new Int32Array(current.buffer, carrySumsAt, 2 * logisticEntries),
    weights: new Int32Array(current.buffer, weightsAt, logisticEntries),
  };
}

/** Score in the middle of an entry. */
export function scoreOfEntry(entry: number): number {
  return Math.round(((entry + 0.5) * 32 * scoreUnit) / logisticEntries) - 16 * scoreUnit;
}

/** Moves the scores of the first `count` rows by the codes at `moved`, puts their entries in their place and counts them. */
export function enterScores(moved: number, count: number): void {
  if (count === 0) return;
  new Uint32Array(current.buffer, countsAt, logisticEntries).fill(0);
  functions.entries?.(current.codesAt + moved, scoresAt, count, movesAt, countsAt);
}

/** Adds to the sum of each row's entry its step; the byte at `into` is 1 where the sum passes 2^31, else 0. */
export function carry(count: number, into: number): void {
  if (count > 0) functions.carries?.(scoresAt, count, carrySumsAt, current.codesAt + into);
}

/** Columns whose groups are to get as many rows as are expected; see the kernel. */
export interface DebtList {
  /** Where the list starts: {@link listedBytes} per column. */
  readonly at: number;
  readonly columns: number;
}

/**
 * Chooses by what is owed, like {@link carry} where an entry's weight is 0.
 * @param first place of the first row in the columns of the list
 */
export function diffuse(count: number, first: number, { at, columns }: DebtList, into: number): void {
  if (count === 0) return;
  const { codesAt } = current;
  functions.diffuse?.(scoresAt, count, first, carrySumsAt, weightsAt, codesAt + at, columns, codesAt + into);
}

/** Copies to `into` the bytes at `at` of the rows at `order`: 32-bit numbers, an offset too. */
export function gatherCodes(at: number, order: number, count: number, into: number): void {
  const { codesAt } = current;
  if (count > 0) functions.gather?.(codesAt + at, codesAt + order, count, codesAt + into);
}

/** Writes `table[code]` at `into` for the codes at `at`; up to fifteen bytes more are written. Codes are below `codeCount`. */
export function mapCodes(table: Uint8Array, codeCount: number, at: number, into: number, count: number): void {
  if (count === 0) return;
  const { buffer, codesAt } = current;
  new Uint8Array(buffer, tableAt, 256).set(table.subarray(0, codeCount));
  const planes = Math.ceil(codeCount / 16);
  functions.map?.(codesAt + at, codesAt + into, Math.ceil(count / kernelRows), tableAt, planes);
}

/** How rows part: where their bytes 0 or 1 are, and room for their bits and for what goes right. */
export interface Parting {
  readonly isRight: number;
  readonly bits: number;
  readonly spare: number;
}

/** Readies the bits of the first `count` rows. */
export function gatherBits({ isRight, bits }: Parting, count: number): void {
  const { codesAt } = current;
  if (count >= 8) functions.bits?.(codesAt + isRight, codesAt + bits, count >> 3);
}

/** Parts the codes at `at` of `count` rows: those that go right come after the others. {@link gatherBits} comes before. */
export function partCodes({ isRight, bits, spare }: Parting, at: number, count: number): void {
  const { codesAt } = current;
  functions.part?.(codesAt + at, codesAt + isRight, codesAt + bits, count >> 3, count & 7, codesAt + spare, shufflesAt);
}

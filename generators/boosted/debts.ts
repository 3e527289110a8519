// The groups of a block's rows by each predictor, to which a balanced draw owes as many rows as are expected of them.
import { type DebtList, listedBytes } from '../../models/boosting/index.ts';
import type { Predictor } from './fit-part.ts';

/** Codes of a number are grouped by their high bits into at most so many groups. */
const numberGroups = 32;
/** Groups of a predictor: its codes travel as bytes. */
const mostGroups = 256;

/** The list of a block's predictors in the scorer's memory, and what is owed to their groups. */
export interface Debts extends DebtList {
  /** What is owed, all groups one after the other; to be emptied before each node. */
  readonly owed: Int32Array;
}

/** Bytes that the debts of so many predictors may take. */
export function debtBytes(features: number): number {
  return features * (listedBytes + 4 * mostGroups);
}

/**
 * Lists predictors whose codes are bytes.
 * @param codesAt where the scorer's codes start in `buffer`
 * @param at where there is room, beyond `codesAt`; a multiple of four
 * @param stride bytes from one predictor to the next
 */
export function listDebts(
  predictors: readonly Predictor[],
  buffer: ArrayBufferLike,
  codesAt: number,
  at: number,
  stride: number,
): Debts {
  const debtsAt = codesAt + at + predictors.length * listedBytes;
  const list = new Int32Array(buffer, codesAt + at, predictors.length * (listedBytes >> 2));
  let columns = 0;
  let groups = 0;
  for (const [feature, { codeCount, isCategory }] of predictors.entries()) {
    // As isWide says, which would close a circle of imports.
    if (codeCount > mostGroups) continue;
    let shift = 0;
    while (!isCategory && (codeCount - 1) >> shift >= numberGroups) shift++;
    list.set([codesAt + feature * stride, debtsAt + 4 * groups, shift], columns++ * (listedBytes >> 2));
    groups += ((codeCount - 1) >> shift) + 1;
  }
  return { at, columns, owed: new Int32Array(buffer, debtsAt, groups) };
}

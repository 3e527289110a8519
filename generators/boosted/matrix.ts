// The predictors of a block's rows as bytes in the scorer's memory, in the order of the walk: rows of a node lie together.
import {
  gatherBits,
  gatherCodes,
  type Parting,
  partCodes,
  reserveRows,
  type ScoringSpace,
} from '../../models/boosting/index.ts';
import { type Debts, debtBytes, listDebts } from './debts.ts';
import type { Predictor } from './fit-part.ts';

/** Buffers of one call of `sample`, for blocks of at most `capacity` rows. */
export interface Matrix {
  /** Row of the block at each place of the walk. */
  readonly order: Uint32Array;
  readonly orderAt: number;
  /** Where the codes of predictor p by row of the block are: p · stride beyond. */
  readonly byRow: number;
  /** By place within a node: whether its row goes right. */
  readonly isRight: Uint8Array;
  /** `codes`: predictor p at p · stride; from `features` on, room for ranks at one node. */
  readonly space: ScoringSpace;
  readonly features: number;
  readonly parting: Parting;
  readonly spareOrder: Uint32Array;
  /** Where there is room for debts. */
  readonly debtsAt: number;
}

export function createMatrix(capacity: number, features: number): Matrix {
  // One stretch more after ranks and spare: many rows are read and written at a time, also from the last place on.
  const space = reserveRows(capacity, 3 * features + 9, debtBytes(features));
  const plane = (at: number): number => (2 * features + at) * space.stride;
  const parting = { isRight: plane(1), bits: plane(2), spare: plane(3) };
  const [orderAt, byRow] = [plane(5), plane(9)];
  const order = new Uint32Array(space.codes.buffer, space.codes.byteOffset + orderAt, capacity);
  return {
    order,
    orderAt,
    byRow,
    isRight: space.codes.subarray(parting.isRight, parting.isRight + capacity),
    space,
    features,
    parting,
    spareOrder: new Uint32Array(capacity),
    debtsAt: (3 * features + 9) * space.stride,
  };
}

/** Codes of such a predictor are no bytes: they are looked up by `order` instead. */
export function isWide({ codeCount }: Predictor): boolean {
  return codeCount > 256;
}

/** Keeps the codes of a column, by row, for the columns that have it as a predictor. */
export function keepColumn({ space, byRow }: Matrix, p: number, column: Uint16Array): void {
  const at = byRow + p * space.stride;
  for (let row = 0; row < column.length; row++) space.codes[at + row] = column[row] as number;
}

/** Copies the codes of predictors, which are kept, in the order of the walk. */
export function fillMatrix({ orderAt, byRow, space }: Matrix, predictors: readonly Predictor[], rows: number): void {
  for (const [p, predictor] of predictors.entries()) {
    if (isWide(predictor)) continue;
    gatherCodes(byRow + p * space.stride, orderAt, rows, p * space.stride);
  }
}

/** The debts of a column to its predictors. */
export function debtsOf({ space, debtsAt }: Matrix, predictors: readonly Predictor[]): Debts {
  const { codes, stride } = space;
  return listDebts(predictors, codes.buffer, codes.byteOffset, debtsAt, stride);
}

/** Parts the rows at places [from, from + count): those that go right come after the others. Returns where they start. */
export function partRows(matrix: Matrix, features: number, from: number, count: number): number {
  const { order, spareOrder, isRight, space, parting } = matrix;
  let left = from;
  let right = 0;
  for (let i = 0; i < count; i++) {
    const row = order[from + i] as number;
    const goesRight = isRight[i] as number;
    // Both are written and one advances: cheaper than a branch that is hard to foresee.
    spareOrder[right] = row;
    order[left] = row;
    right += goesRight;
    left += 1 - goesRight;
  }
  order.set(spareOrder.subarray(0, right), left);
  if (right === 0 || right === count || features === 0) return left;
  gatherBits(parting, count);
  for (let p = 0; p < features; p++) partCodes(parting, p * space.stride + from, count);
  return left;
}

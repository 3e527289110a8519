// The predictors of a block's rows as bytes in the scorer's memory, in the order of the walk: rows of a node lie together.
import { reserveRows, type ScoringSpace } from '../../models/boosting/index.ts';
import type { Predictor } from './fit-part.ts';

/** Buffers of one call of `sample`, for blocks of at most `capacity` rows. */
export interface Matrix {
  /** Row of the block at each place of the walk. */
  readonly order: Uint32Array;
  /** By place within a node: whether its row goes right. */
  readonly isRight: Uint8Array;
  /** `codes`: predictor p at p · stride; from `features` on, room for ranks at one node. */
  readonly space: ScoringSpace;
  readonly features: number;
  readonly spareOrder: Uint32Array;
  readonly spareBytes: Uint8Array;
}

export function createMatrix(capacity: number, features: number): Matrix {
  return {
    order: new Uint32Array(capacity),
    isRight: new Uint8Array(capacity),
    // One stretch more: sixteen rows are read at a time, also from the last place on.
    space: reserveRows(capacity, 2 * features + 1),
    features,
    spareOrder: new Uint32Array(capacity),
    spareBytes: new Uint8Array(4 * capacity),
  };
}

/** Codes of such a predictor are no bytes: they are looked up by `order` instead. */
export function isWide({ codeCount }: Predictor): boolean {
  return codeCount > 256;
}

/** Copies the codes of all predictors, in the order of the walk. */
export function fillMatrix(
  { order, space }: Matrix,
  predictors: readonly Predictor[],
  codes: readonly Uint16Array[],
  features: number,
  rows: number,
): void {
  for (let p = 0; p < features; p++) {
    if (!isWide(predictors[p] as Predictor)) {
      copyInOrder(codes[p] as Uint16Array, order, rows, space.codes, p * space.stride);
    }
  }
}

function copyInOrder(column: Uint16Array, order: Uint32Array, rows: number, bytes: Uint8Array, into: number): void {
  for (let i = 0; i < rows; i++) bytes[into + i] = column[order[i] as number] as number;
}

/** Parts the rows at places [from, from + count): those that go right come after the others. Returns where they start. */
export function partRows(matrix: Matrix, features: number, from: number, count: number): number {
  const { order, spareOrder, isRight, space, spareBytes } = matrix;
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
  if (right === 0 || right === count) return left;
  const { codes, stride } = space;
  let p = 0;
  for (; p + 4 <= features; p += 4) partFour(codes, p * stride + from, stride, count, isRight, spareBytes);
  for (; p < features; p++) partOne(codes, p * stride + from, count, isRight, spareBytes);
  return left;
}

function partOne(codes: Uint8Array, at: number, count: number, isRight: Uint8Array, spare: Uint8Array): void {
  let left = at;
  let right = 0;
  for (let i = 0; i < count; i++) {
    const code = codes[at + i] as number;
    const goesRight = isRight[i] as number;
    spare[right] = code;
    codes[left] = code;
    right += goesRight;
    left += 1 - goesRight;
  }
  codes.set(spare.subarray(0, right), left);
}

/** Four predictors a pass: the bit and the places are read once for the four. */
function partFour(
  codes: Uint8Array,
  at: number,
  stride: number,
  count: number,
  isRight: Uint8Array,
  spare: Uint8Array,
): void {
  const [at1, at2, at3] = [at + stride, at + 2 * stride, at + 3 * stride];
  const [spare1, spare2, spare3] = [count, 2 * count, 3 * count];
  let left = 0;
  let right = 0;
  for (let i = 0; i < count; i++) {
    const goesRight = isRight[i] as number;
    const code0 = codes[at + i] as number;
    const code1 = codes[at1 + i] as number;
    const code2 = codes[at2 + i] as number;
    const code3 = codes[at3 + i] as number;
    spare[right] = code0;
    spare[spare1 + right] = code1;
    spare[spare2 + right] = code2;
    spare[spare3 + right] = code3;
    codes[at + left] = code0;
    codes[at1 + left] = code1;
    codes[at2 + left] = code2;
    codes[at3 + left] = code3;
    right += goesRight;
    left += 1 - goesRight;
  }
  codes.set(spare.subarray(0, right), at + left);
  codes.set(spare.subarray(spare1, spare1 + right), at1 + left);
  codes.set(spare.subarray(spare2, spare2 + right), at2 + left);
  codes.set(spare.subarray(spare3, spare3 + right), at3 + left);
}

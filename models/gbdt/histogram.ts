// Sums of gradients, hessians and rows per code of each feature: what the splits of a node are chosen from.
import type { BinnedRows } from './types.ts';

/**
 * Whole numbers in doubles, so that sums are exact in any order and a child's histogram is its parent's less its
 * sibling's. Per row: the gradient on a fixed grid, and hessian · 2^countBits + 1, of which the sum holds hessian and count.
 */
export interface Scale {
  readonly gradient: number;
  readonly hessian: number;
  /** 2^countBits. */
  readonly countBase: number;
}

/** The finest grids on which sums over `rows` rows stay below 2^52. @param largest gradient and hessian, in magnitude */
export function scaleOf(rows: number, largestGradient: number, largestHessian: number): Scale {
  const countBits = Math.ceil(Math.log2(rows + 2));
  const gradient = 2 ** (51 - countBits - Math.ceil(Math.log2(largestGradient + 1e-300)));
  const hessian = 2 ** (51 - 2 * countBits - Math.ceil(Math.log2(largestHessian + 1e-300)));
  return { gradient, hessian, countBase: 2 ** countBits };
}

/** First cell of each feature, and the number of all cells behind the last. A cell is two doubles. */
export function cellStarts({ binners }: BinnedRows): Int32Array {
  const starts = new Int32Array(binners.length + 1);
  for (const [i, { bins }] of binners.entries()) starts[i + 1] = (starts[i] as number) + bins + 1;
  return starts;
}

/** Scratch for {@link sumRows}: the statistics of a node's rows, in the order of the rows. */
export type Gathered = Float64Array;

/** Fills `into` with the histogram of rows[from..to). @param statistics two doubles per row */
export function sumRows(
  { codes, rowCount }: BinnedRows,
  starts: Int32Array,
  statistics: Float64Array,
  rows: Int32Array,
  from: number,
  to: number,
  gathered: Gathered,
  into: Float64Array,
): void {
  into.fill(0);
  const count = to - from;
  for (let i = 0; i < count; i++) {
    const at = 2 * (rows[from + i] as number);
    gathered[2 * i] = statistics[at] as number;
    gathered[2 * i + 1] = statistics[at + 1] as number;
  }
  for (let feature = 0; feature < starts.length - 1; feature++) {
    const column = feature * rowCount;
    const start = 2 * (starts[feature] as number);
    for (let i = 0; i < count; i++) {
      const cell = start + 2 * (codes[column + (rows[from + i] as number)] as number);
      into[cell] = (into[cell] as number) + (gathered[2 * i] as number);
      into[cell + 1] = (into[cell + 1] as number) + (gathered[2 * i + 1] as number);
    }
  }
}

/** Turns the histogram of a parent into that of the child which `sibling` is not. */
export function subtract(parent: Float64Array, sibling: Float64Array): void {
  for (let i = 0; i < parent.length; i++) parent[i] = (parent[i] as number) - (sibling[i] as number);
}

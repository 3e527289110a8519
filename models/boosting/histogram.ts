// Sums packed gradients by code: the histograms from which splits are chosen.
import { functions } from './space.ts';
import type { TrainingSpace } from './training-space.ts';

/** Rows of a tree's sample, in the order in which they are read: where the arrays start in the memory. */
export interface RowList {
  readonly rows: number;
  /** Bytes from the start of a feature's histogram to that of the row's leaf. */
  readonly cells: number;
  readonly gradients: number;
}

/**
 * Adds listed rows to the histograms of all features, four features a pass: row, cell and gradient are read once for four.
 * @param featureCells doubles from one feature's histogram to the next; in it leaf by leaf, in those code by code
 */
export function addRows(
  { rows, cells, gradients }: RowList,
  count: number,
  { codesAt, stride, sums }: TrainingSpace,
  features: number,
  featureCells: number,
): void {
  if (count === 0) return;
  const bytes = featureCells * 8;
  for (let feature = 0; feature < features; ) {
    const width = feature + 4 <= features ? 4 : 1;
    const add = width === 4 ? functions.add4 : functions.add1;
    add?.(rows, cells, gradients, count, codesAt + feature * stride, stride, sums[0].at + feature * bytes, bytes);
    feature += width;
  }
}

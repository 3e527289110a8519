// The memory that the trees of one fit share: codes, gradients and row numbers in WebAssembly, histograms to use again.
import type { FeatureTable } from '../features.ts';
import { codeAt, codeBytes, encodeRows } from './bins.ts';
import { groupWidth, type Kernel, kernelWith } from './kernel.ts';
import type { BinnedRows, Binner } from './types.ts';

/** Rows `from` to `to` (excluded) of a ground's rows. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface Ground {
  readonly binned: BinnedRows;
  /** Rows that are learnt from; growing a tree sorts them by leaf. */
  readonly rows: Int32Array;
  /** Two whole numbers per row of the table, see `Scale`. */
  readonly statistics: Float64Array;
  /** First histogram cell of each feature, and the number of all cells behind the last. A cell is two doubles. */
  readonly starts: Int32Array;
  /** The histogram of a range that is not empty, in an array of its own: give it back when it is not needed any more. */
  histogram(range: Range): Float64Array;
  release(cells: Float64Array): void;
  /** Moves the rows of a range that go left before the others, both in their order. @returns where the right side begins */
  partition(range: Range, feature: number, route: Uint8Array): number;
}

/** Views of the thread's kernel: good until another fit begins. @param learnt rows that are learnt from, at least one */
export function createGround(binners: readonly Binner[], features: FeatureTable, learnt: number): Ground {
  const { rowCount } = features;
  const starts = new Int32Array(binners.length + 1);
  for (const [i, { bins }] of binners.entries()) starts[i + 1] = (starts[i] as number) + bins + 1;
  const cellCount = starts[binners.length] as number;
  // Where each part begins, in bytes.
  const statisticsAt = 0;
  const gatheredAt = statisticsAt + 16 * rowCount;
  const cellsAt = gatheredAt + 16 * learnt;
  const rowsAt = cellsAt + 16 * cellCount;
  const scratchAt = rowsAt + 4 * learnt;
  const codesAt = scratchAt + 4 * learnt;
  const routeAt = codesAt + codeBytes(binners.length, rowCount);
  const kernel = kernelWith(routeAt + 256);
  const { buffer } = kernel.memory;
  const cells = new Float64Array(buffer, cellsAt, 2 * cellCount);
  const routeBytes = new Uint8Array(buffer, routeAt, 256);
  const spare: Float64Array[] = [];
  return {
    binned: encodeRows(binners, features, new Uint8Array(buffer, codesAt, routeAt - codesAt)),
    rows: new Int32Array(buffer, rowsAt, learnt),
    statistics: new Float64Array(buffer, statisticsAt, 2 * rowCount),
    starts,
    histogram({ from, to }) {
      cells.fill(0);
      kernel.gather(rowsAt + 4 * from, to - from, statisticsAt, gatheredAt);
      for (let feature = 0; feature < binners.length; feature += groupWidth) {
        const width = Math.min(groupWidth, binners.length - feature);
        const cell = (i: number): number => cellsAt + 16 * (starts[Math.min(feature + i, binners.length)] as number);
        const codes = codesAt + codeAt(feature, rowCount);
        const sum = kernel.sum[width - 1] as Kernel['sum'][number];
        sum(rowsAt + 4 * from, to - from, gatheredAt, codes, cell(0), cell(1), cell(2), cell(3));
      }
      const copy = spare.pop() ?? new Float64Array(2 * cellCount);
      copy.set(cells);
      return copy;
    },
    release: (unused) => void spare.push(unused),
    partition({ from, to }, feature, route) {
      routeBytes.set(route);
      const codes = codesAt + codeAt(feature, rowCount);
      return (kernel.partition(rowsAt + 4 * from, to - from, codes, routeAt, scratchAt) - rowsAt) / 4;
    },
  };
}

/** Turns the histogram of a parent into that of the child which `sibling` is not. */
export function subtract(parent: Float64Array, sibling: Float64Array): void {
  for (let i = 0; i < parent.length; i++) parent[i] = (parent[i] as number) - (sibling[i] as number);
}

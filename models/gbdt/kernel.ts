// The inner loops of growing trees as WebAssembly SIMD: histograms add gradient and hessian at once, rows part without branches.
import {
  add,
  addDoubles,
  advance,
  and,
  type Code,
  constant,
  copyBytes,
  countDown,
  get,
  instantiate,
  loadByte,
  loadVector,
  loadWord,
  pageBytes,
  set,
  shiftLeft,
  shiftRight,
  storeVector,
  storeWord,
  subtract,
  type WasmFunction,
  type WasmMemory,
} from '../wasm/assemble.ts';

/** Columns whose codes lie together: four bytes a row. */
export const groupWidth = 4;

/** Pointers in bytes; counts of rows are at least 1. */
export interface Kernel {
  readonly memory: WasmMemory;
  /** Copies two doubles per row of `rows`, in their order. */
  gather(rows: number, count: number, statistics: number, into: number): void;
  /**
   * Adds the gathered pairs to the cells of their codes, for as many columns of a group as the position in the list says.
   * @param codes first byte of the group; cells of 16 bytes
   */
  readonly sum: readonly ((
    rows: number,
    count: number,
    gathered: number,
    codes: number,
    cells0: number,
    cells1: number,
    cells2: number,
    cells3: number,
  ) => void)[];
  /**
   * Moves the rows that go left before the others, both in their order.
   * @param codes byte of the column in row 0
   * @param route 256 bytes: 1 sends the code right
   * @returns where those that go right begin
   */
  partition(rows: number, count: number, codes: number, route: number, scratch: number): number;
}

let kernel: Kernel | undefined;

/** The kernel of this thread, with at least so much memory. One fit uses it at a time. */
export function kernelWith(bytes: number): Kernel {
  kernel ??= create();
  const lacking = bytes - kernel.memory.buffer.byteLength;
  if (lacking > 0) kernel.memory.grow(Math.ceil(lacking / pageBytes));
  return kernel;
}

/** Gives a memory that is larger than most back. */
export function releaseKernel(): void {
  if (kernel !== undefined && kernel.memory.buffer.byteLength > 2 ** 26) kernel = undefined;
}

function create(): Kernel {
  const { memory, exports } = instantiate({
    gather: gather(),
    ...Object.fromEntries([1, 2, 3, 4].map((width) => [`sum${width}`, sum(width)])),
    partition: partition(),
  });
  return {
    memory,
    gather: exports.gather as Kernel['gather'],
    sum: [1, 2, 3, 4].map((width) => exports[`sum${width}`] as Kernel['sum'][number]),
    partition: exports.partition as Kernel['partition'],
  };
}

function gather(): WasmFunction {
  const [rows, count, statistics, into] = [0, 1, 2, 3];
  const from: Code = [...get(rows), ...loadWord, ...constant(4), ...shiftLeft, ...get(statistics), ...add];
  return {
    ...{ parameters: 4, returns: false, words: 0, vectors: 0 },
    body: countDown(
      count,
      [...get(into), ...from, ...loadVector, ...storeVector],
      advance(rows, constant(4)),
      advance(into, constant(16)),
    ),
  };
}

function sum(width: number): WasmFunction {
  const [rows, count, gathered, codes, cells] = [0, 1, 2, 3, 4];
  const [codesOfRow, cell, pair] = [8, 9, 10];
  /** 16 · code: the byte of the column, moved to where it counts cells. */
  const offset = (i: number): Code =>
    i === 0
      ? [...get(codesOfRow), ...constant(0xff), ...and, ...constant(4), ...shiftLeft]
      : [...get(codesOfRow), ...constant(8 * i - 4), ...shiftRight, ...constant(0xff0), ...and];
  return {
    ...{ parameters: 8, returns: false, words: 2, vectors: 1 },
    body: countDown(
      count,
      [...get(rows), ...loadWord, ...constant(2), ...shiftLeft, ...get(codes), ...add, ...loadWord, ...set(codesOfRow)],
      [...get(gathered), ...loadVector, ...set(pair)],
      ...Array.from(
        { length: width },
        (_, i): Code => [
          ...[...get(cells + i), ...offset(i), ...add, ...set(cell)],
          ...[...get(cell), ...get(cell), ...loadVector, ...get(pair), ...addDoubles, ...storeVector],
        ],
      ),
      advance(rows, constant(4)),
      advance(gathered, constant(16)),
    ),
  };
}

function partition(): WasmFunction {
  const [rows, count, codes, route, scratch] = [0, 1, 2, 3, 4];
  const [left, right, row, side] = [5, 6, 7, 8];
  return {
    ...{ parameters: 5, returns: true, words: 4, vectors: 0 },
    body: [
      ...[...get(rows), ...set(left), ...get(scratch), ...set(right)],
      ...countDown(
        count,
        [...get(rows), ...loadWord, ...set(row)],
        [...get(row), ...constant(2), ...shiftLeft, ...get(codes), ...add, ...loadByte],
        [...get(route), ...add, ...loadByte, ...constant(2), ...shiftLeft, ...set(side)],
        // Both sides are written and one of them kept: there is no branch to foretell. Left never overtakes what is read.
        [...get(left), ...get(row), ...storeWord, ...get(right), ...get(row), ...storeWord],
        [...get(left), ...constant(4), ...add, ...get(side), ...subtract, ...set(left)],
        advance(right, get(side)),
        advance(rows, constant(4)),
      ),
      ...[...get(left), ...get(scratch), ...get(right), ...get(scratch), ...subtract, ...copyBytes],
      ...get(left),
    ],
  };
}

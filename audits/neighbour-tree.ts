// A tree over rows of mixed columns, in which near rows are found without looking at all of them.
import type { Points, Space } from './space.ts';

/** Rows of a leaf at most, unless they are all alike. */
const leafRows = 24;
/** Rows of a node that its question is chosen by. */
const looked = 128;

/**
 * Rows arranged so that those of a node stand together. A node asks one column "at most `threshold`?"; its yes-branch is the
 * next node. Codes have no order, but a code on one side of a question is on no row of the other: there the column adds 1.
 */
export interface NeighbourTree {
  readonly space: Space;
  readonly points: Points;
  /** Place in `points` to the row's number in what the tree was made of. */
  readonly order: Int32Array;
  /** Per node: the column (numbers first, then categories), or −1 for a leaf. */
  readonly column: Int32Array;
  readonly threshold: Float64Array;
  /** The no-branch of a question; of a leaf the end of its rows. */
  readonly next: Int32Array;
  /** First row of a node. */
  readonly start: Int32Array;
}

/** O(n log n) for columns that part the rows evenly. */
export function neighbourTree(space: Space, points: Points): NeighbourTree {
  const { numbers, categories } = space;
  const order = Int32Array.from({ length: points.count }, (_, row) => row);
  const valueAt = (row: number, column: number): number =>
    column < numbers
      ? (points.scaled[row * numbers + column] as number)
      : (points.codes[row * categories + column - numbers] as number);
  const nodes: { column: number; threshold: number; next: number; start: number }[] = [];
  const build = (from: number, to: number): void => {
    const question =
      to - from > leafRows ? questionOf(valueAt, order, from, to, numbers, numbers + categories) : undefined;
    const node = { column: question?.column ?? -1, threshold: question?.threshold ?? 0, next: to, start: from };
    nodes.push(node);
    if (question === undefined) return;
    const middle = part(valueAt, order, from, to, question);
    build(from, middle);
    node.next = nodes.length;
    build(middle, to);
  };
  build(0, points.count);
  return {
    space,
    points: arranged(space, points, order),
    order,
    column: Int32Array.from(nodes, ({ column }) => column),
    threshold: Float64Array.from(nodes, ({ threshold }) => threshold),
    next: Int32Array.from(nodes, ({ next }) => next),
    start: Int32Array.from(nodes, ({ start }) => start),
  };
}

type ValueAt = (row: number, column: number) => number;

interface Question {
  readonly column: number;
  readonly threshold: number;
}

/** The question that sends most rows far away from most others; undefined when the rows looked at are alike. */
function questionOf(
  valueAt: ValueAt,
  order: Int32Array,
  from: number,
  to: number,
  numbers: number,
  columns: number,
): Question | undefined {
  const step = Math.max(1, Math.floor((to - from) / looked));
  let best: Question | undefined;
  let most = 0;
  for (let column = 0; column < columns; column++) {
    const values: number[] = [];
    for (let i = from; i < to; i += step) {
      const value = valueAt(order[i] as number, column);
      if (!Number.isNaN(value)) values.push(value);
    }
    values.sort((a, b) => a - b);
    const median = values[values.length >> 1];
    if (median === undefined) continue;
    const below = values.findLast((value) => value < median);
    for (const threshold of below === undefined ? [median] : [median, below]) {
      const yes = values.filter((value) => value <= threshold).length;
      if (yes === values.length) continue;
      const apart =
        column >= numbers
          ? 1
          : values.reduce((sum, value) => sum + Math.min(1, Math.abs(value - threshold)), 0) / values.length;
      const gain = yes * (values.length - yes) * apart;
      if (gain > most) {
        most = gain;
        best = { column, threshold };
      }
    }
  }
  return best;
}

/** Moves the rows that answer yes to the front; returns where the others begin. NULL answers no. */
function part(valueAt: ValueAt, order: Int32Array, from: number, to: number, { column, threshold }: Question): number {
  let low = from;
  let high = to - 1;
  while (low <= high) {
    const row = order[low] as number;
    if (valueAt(row, column) <= threshold) {
      low++;
      continue;
    }
    order[low] = order[high] as number;
    order[high--] = row;
  }
  return low;
}

function arranged({ numbers, categories }: Space, { count, scaled, codes }: Points, order: Int32Array): Points {
  const sorted = { count, scaled: new Float32Array(scaled.length), codes: new Int32Array(codes.length) };
  for (const [place, row] of order.entries()) {
    sorted.scaled.set(scaled.subarray(row * numbers, (row + 1) * numbers), place * numbers);
    sorted.codes.set(codes.subarray(row * categories, (row + 1) * categories), place * categories);
  }
  return sorted;
}

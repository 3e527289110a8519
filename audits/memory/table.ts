// Tables of moderate size read once into codes: statistics are then counts in typed arrays instead of queries.
import { type RawBuilder, sql } from 'kysely';
import type { AuditInput } from '../../core/audit.ts';
import { readColumns, type WholeColumn } from '../../core/column-query.ts';
import { HashCodes } from '../../core/hash-codes.ts';
import { relationRef } from '../../core/sql.ts';
import { type Frame, type FrameColumn, plainValue, type Side } from '../frame.ts';
import { sampleRows } from '../sample.ts';

/** Rows times columns of all sides, at most: 4 bytes each, and as much again for a moment. */
const mostCells = 8_000_000;

/** Rows of one value, or of no value, on each side. */
export type SideCounts = Readonly<Record<Side, Uint32Array>>;

export interface MemoryColumn {
  readonly column: FrameColumn;
  /** Per row of all sides, one side after the other: 0 for NULL, else 1 and more. */
  readonly codes: Int32Array;
  /** Codes are 0 to this. */
  readonly levels: number;
  /** Of a number: the value of code i at i − 1, ascending, NaN last. */
  readonly values: Float64Array;
  /** Of a category: two words per code of the hash of its value, that of code i from 2(i − 1). */
  readonly hashes: Uint32Array;
  /** Rows by code. */
  readonly counts: SideCounts;
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface MemoryTable {
  /** In the order of the frame. */
  readonly columns: readonly MemoryColumn[];
  /** Where the rows of each side lie. */
  readonly rows: Readonly<Record<Side, Range>>;
}

/** Undefined for a table that is too large, whose statistics are asked of the engine. */
export async function memoryOf(input: AuditInput, frame: Frame): Promise<MemoryTable | undefined> {
  const { n, columns, carried } = frame;
  if (columns.length === 0 || carried.length > 0) return undefined;
  if (Math.max(n.real, n.synthetic, n.holdout) > sampleRows) return undefined;
  if ((n.real + n.synthetic + n.holdout) * columns.length > mostCells) return undefined;
  return frame.memo('memory', () => readTable(input, frame));
}

const sides: readonly Side[] = ['real', 'synthetic', 'holdout'];

/** Also for tables that {@link memoryOf} leaves to the engine. */
export async function readTable(input: AuditInput, frame: Frame): Promise<MemoryTable> {
  const { columns, n } = frame;
  const selected = columns.map(({ schema, kind }) => {
    const value = plainValue(schema);
    // The hash of NULL is a value: it is told apart.
    return kind === 'number' ? value : sql`CASE WHEN ${value} IS NOT NULL THEN hash(${value}) END`;
  });
  const parts = sides.flatMap((side, i): RawBuilder<unknown>[] => {
    const relation = input[side];
    if (relation === undefined) return [];
    return [sql`SELECT CAST(${sql.lit(i)} AS DOUBLE) AS side, ${sql.join(selected)} FROM ${relationRef(relation)}`];
  });
  const forms = columns.map(({ kind }) => (kind === 'number' ? 'number' : 'code'));
  const query = sql`${sql.join(parts, sql` UNION ALL `)}`;
  const total = n.real + n.synthetic + n.holdout;
  const [side, ...read] = await readColumns(input.db, query, ['number', ...forms], total);
  if (side?.kind !== 'number') throw new TypeError('The side of a row is a number.');
  const order = sideOrder(side.values);
  const starts = [0, n.real, n.real + n.synthetic, total];
  const range = (i: number): Range => ({ from: starts[i] as number, to: starts[i + 1] as number });
  const rows = { real: range(0), synthetic: range(1), holdout: range(2) };
  if (side.values.length !== total) throw new RangeError('A table changed while it was read.');
  return {
    rows,
    columns: columns.map((column, i) => coded(column, read[i] as WholeColumn, order, rows)),
  };
}

/** Positions of the rows, side by side; undefined when they come so. */
function sideOrder(of: Float64Array): Uint32Array | undefined {
  let isSorted = true;
  for (let row = 1; row < of.length && isSorted; row++) isSorted = (of[row - 1] as number) <= (of[row] as number);
  if (isSorted) return undefined;
  return Uint32Array.from(of, (_, row) => row).sort((a, b) => (of[a] as number) - (of[b] as number) || a - b);
}

function coded(
  column: FrameColumn,
  read: WholeColumn,
  order: Uint32Array | undefined,
  rows: MemoryTable['rows'],
): MemoryColumn {
  const { length } = read.kind === 'number' ? read.values : read.codes;
  const { codes, ...known } = read.kind === 'number' ? codesOfNumbers(read) : codesOfHashes(read);
  if (order !== undefined) codes.set(Int32Array.from({ length }, (_, row) => codes[order[row] as number] as number));
  const count = (side: Side): Uint32Array => countCodes(codes, known.levels, rows[side]);
  return {
    column,
    codes,
    ...known,
    counts: { real: count('real'), synthetic: count('synthetic'), holdout: count('holdout') },
  };
}

function countCodes(codes: Int32Array, levels: number, { from, to }: Range): Uint32Array {
  const counts = new Uint32Array(levels + 1);
  for (let row = from; row < to; row++) {
    const code = codes[row] as number;
    counts[code] = (counts[code] as number) + 1;
  }
  return counts;
}

type Coded = Omit<MemoryColumn, 'column' | 'counts'>;

function codesOfHashes({ codes, keys, valid }: Extract<WholeColumn, { kind: 'code' }>): Coded {
  const shifted = new Int32Array(codes.length);
  for (let row = 0; row < codes.length; row++) {
    if (valid === undefined || valid[row] === 1) shifted[row] = (codes[row] as number) + 1;
  }
  return { codes: shifted, levels: keys.length / 2, values: new Float64Array(0), hashes: keys };
}

/** Equal doubles have one code, the two zeros and all NaNs too, as in a GROUP BY. O(n + d log d) for d different ones. */
function codesOfNumbers({ values, valid }: Extract<WholeColumn, { kind: 'number' }>): Coded {
  const n = values.length;
  const plain = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    const value = values[row] as number;
    plain[row] = Number.isNaN(value) ? Number.NaN : value + 0;
  }
  const words = new Uint32Array(plain.buffer);
  const seen = new HashCodes(n >> 2);
  const first = new Int32Array(n);
  for (let row = 0; row < n; row++) {
    if (valid !== undefined && valid[row] === 0) first[row] = -1;
    else first[row] = seen.codeOf(words[2 * row] as number, words[2 * row + 1] as number);
  }
  const sorted = new Float64Array(seen.keys().buffer).sort();
  const sortedWords = new Uint32Array(sorted.buffer);
  const ranks = new Int32Array(sorted.length);
  for (let rank = 0; rank < sorted.length; rank++) {
    ranks[seen.codeOf(sortedWords[2 * rank] as number, sortedWords[2 * rank + 1] as number)] = rank + 1;
  }
  for (let row = 0; row < n; row++) first[row] = first[row] === -1 ? 0 : (ranks[first[row] as number] as number);
  return { codes: first, levels: sorted.length, values: sorted, hashes: new Uint32Array(0) };
}

/**
 * The rows of a side sorted by these columns, the first one first, NULLs last: sums of doubles then do not depend on the order
 * in which a table is stored. O(n) per column.
 */
export function sortedRows({ rows }: MemoryTable, side: Side, columns: readonly MemoryColumn[]): Uint32Array {
  const { from, to } = rows[side];
  let order = new Uint32Array(to - from);
  for (let i = 0; i < order.length; i++) order[i] = from + i;
  let next = new Uint32Array(order.length);
  for (const { codes, levels, counts } of columns.toReversed()) {
    // Where the rows of each code begin.
    const starts = new Uint32Array(levels + 1);
    let start = 0;
    for (let code = 1; code <= levels + 1; code++) {
      starts[code % (levels + 1)] = start;
      start += counts[side][code % (levels + 1)] as number;
    }
    for (let i = 0; i < order.length; i++) {
      const row = order[i] as number;
      const code = codes[row] as number;
      const at = starts[code] as number;
      next[at] = row;
      starts[code] = at + 1;
    }
    [order, next] = [next, order];
  }
  return order;
}

// Conditions on columns that an attacker may ask a table, and the rows that keep them, found by sorted columns.
import type { RowSample } from '../rows.ts';

export type Operator = 'equal' | 'unequal' | 'atMost' | 'atLeast' | 'below' | 'above';

/** One condition; NULL (NaN) is equal to NULL and in no order with anything. Categories are compared by their code. */
export interface Predicate {
  readonly column: number;
  readonly operator: Operator;
  readonly value: number;
}

/** A sample whose columns are all numbers (NULL is NaN), each with its rows in ascending order, NULL last. */
export interface SearchedRows {
  readonly rowCount: number;
  readonly values: readonly Float64Array[];
  readonly ascending: readonly Int32Array[];
  /** Rows of each column that are not NULL. */
  readonly present: readonly number[];
}

export function searched(sample: RowSample): SearchedRows {
  const values = sample.columns.map((column) =>
    column.kind === 'number'
      ? column.values
      : Float64Array.from(column.codes, (code) => (code < 0 ? Number.NaN : code)),
  );
  const ascending = values.map((column) =>
    Int32Array.from({ length: sample.rowCount }, (_, row) => row).sort(
      (a, b) => compared(column[a], column[b]) || a - b,
    ),
  );
  const present = values.map((column) => column.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0));
  return { rowCount: sample.rowCount, values, ascending, present };
}

function compared(a = Number.NaN, b = Number.NaN): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Calls `visit` with each row that keeps all predicates, until it returns false. */
export function matching(rows: SearchedRows, query: readonly Predicate[], visit: (row: number) => boolean): void {
  let driver: { readonly column: number; readonly from: number; readonly to: number } | undefined;
  for (const predicate of query) {
    const range = rangeOf(rows, predicate);
    if (range === undefined) continue;
    if (driver === undefined || range.to - range.from < driver.to - driver.from) {
      driver = { column: predicate.column, ...range };
    }
  }
  const order = driver === undefined ? undefined : rows.ascending[driver.column];
  const end = driver?.to ?? rows.rowCount;
  for (let i = driver?.from ?? 0; i < end; i++) {
    const row = order === undefined ? i : (order[i] as number);
    if (query.every((predicate) => keeps(rows, row, predicate)) && !visit(row)) return;
  }
}

function keeps({ values }: SearchedRows, row: number, { column, operator, value }: Predicate): boolean {
  const own = values[column]?.[row] as number;
  switch (operator) {
    case 'equal':
      return own === value || (Number.isNaN(own) && Number.isNaN(value));
    case 'unequal':
      return own !== value && !(Number.isNaN(own) && Number.isNaN(value));
    case 'atMost':
      return own <= value;
    case 'atLeast':
      return own >= value;
    case 'below':
      return own < value;
    case 'above':
      return own > value;
    default:
      return operator satisfies never;
  }
}

/** Where the rows that keep a predicate stand in its column's order; undefined when they stand in two places. */
function rangeOf(
  { values, ascending, present }: SearchedRows,
  { column, operator, value }: Predicate,
): { readonly from: number; readonly to: number } | undefined {
  const own = values[column] as Float64Array;
  const order = ascending[column] as Int32Array;
  const last = present[column] as number;
  /** The first place whose value is at least (or, `past`, above) the predicate's. */
  const place = (past: boolean): number => {
    let low = 0;
    let high = last;
    while (low < high) {
      const middle = (low + high) >> 1;
      const found = own[order[middle] as number] as number;
      if (past ? found <= value : found < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  switch (operator) {
    case 'equal':
      return Number.isNaN(value) ? { from: last, to: order.length } : { from: place(false), to: place(true) };
    case 'atMost':
      return { from: 0, to: place(true) };
    case 'below':
      return { from: 0, to: place(false) };
    case 'atLeast':
      return { from: place(false), to: last };
    case 'above':
      return { from: place(true), to: last };
    case 'unequal':
      return undefined;
    default:
      return operator satisfies never;
  }
}

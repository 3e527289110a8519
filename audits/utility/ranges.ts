// Random range queries on rows in memory: conjunctions of ranges of numbers and sets of categories.
import type { RowSample } from '../rows.ts';

/** One column's condition: a closed range of values, or some codes. */
type Condition =
  | { readonly column: number; readonly from: number; readonly to: number }
  | { readonly column: number; readonly codes: ReadonlySet<number> };

export type RangeQuery = readonly Condition[];

/**
 * Queries over one to three columns each, their ends being values of random rows: every part of the data is asked about as often
 * as it has rows.
 */
export function drawRanges(sample: RowSample, count: number, next: () => number): readonly RangeQuery[] {
  const { columns, rowCount } = sample;
  const pick = (n: number): number => Math.min(n - 1, Math.floor(next() * n));
  return Array.from({ length: count }, () => {
    const width = 1 + pick(Math.min(3, columns.length));
    const chosen = new Set<number>();
    while (chosen.size < width) chosen.add(pick(columns.length));
    return [...chosen].map((index): Condition => {
      const column = columns[index];
      const a = pick(rowCount);
      const b = pick(rowCount);
      if (column?.kind === 'number') {
        const x = column.values[a] as number;
        const y = column.values[b] as number;
        return { column: index, from: Math.min(x, y), to: Math.max(x, y) };
      }
      const codes = column?.codes;
      return { column: index, codes: new Set([codes?.[a] ?? -1, codes?.[b] ?? -1]) };
    });
  });
}

/** The rows of two samples of the same columns, those of the first before those of the second. */
export function pool(first: RowSample, second: RowSample): RowSample {
  const columns = first.columns.map((column, i) => {
    const other = second.columns[i];
    if (column.kind === 'number' && other?.kind === 'number') {
      const values = new Float64Array(first.rowCount + second.rowCount);
      values.set(column.values);
      values.set(other.values, first.rowCount);
      return { ...column, values };
    }
    if (column.kind !== 'category' || other?.kind !== 'category') {
      throw new TypeError('Both samples must have the same columns.');
    }
    const codes = new Int32Array(first.rowCount + second.rowCount);
    codes.set(column.codes);
    codes.set(other.codes, first.rowCount);
    return { ...column, codes };
  });
  return { rowCount: first.rowCount + second.rowCount, columns };
}

/** The numbers of the rows that each query finds. A range that ends in NULL (NaN) finds the NULLs. */
export function countRows(sample: RowSample, queries: readonly RangeQuery[]): readonly Uint32Array[] {
  const found = new Uint32Array(sample.rowCount);
  return queries.map((query) => {
    let size = 0;
    for (let row = 0; row < sample.rowCount; row++) {
      if (query.every((condition) => holds(sample, condition, row))) found[size++] = row;
    }
    return found.slice(0, size);
  });
}

function holds({ columns }: RowSample, condition: Condition, row: number): boolean {
  const column = columns[condition.column];
  if ('codes' in condition) return column?.kind === 'category' && condition.codes.has(column.codes[row] as number);
  if (column?.kind !== 'number') return false;
  const value = column.values[row] as number;
  if (Number.isNaN(condition.from)) return Number.isNaN(value);
  return value >= condition.from && value <= condition.to;
}

/** The .95 quantile of |b − a| / max(a, floor). */
export function p95(a: readonly number[], b: readonly number[], floor: number): number {
  const errors = a.map((share, i) => Math.abs((b[i] as number) - share) / Math.max(share, floor)).sort((x, y) => x - y);
  return errors[Math.ceil(0.95 * errors.length) - 1] ?? 0;
}

// Whether there is anything in a column, or in a table, that may be told.
import type { ColumnVector } from '../batch.ts';
import { isNull } from '../batch.ts';

/** True when at least k rows have a value, of categories the same one. */
export function isLearnable(vector: ColumnVector, rows: number, k: number): boolean {
  const counts = new Map<number, number>();
  let most = 0;
  for (let row = 0; row < rows; row++) {
    if (isNull(vector, row)) continue;
    const level = vector.kind === 'category' ? (vector.codes[row] as number) : 0;
    const count = (counts.get(level) ?? 0) + 1;
    counts.set(level, count);
    most = Math.max(most, count);
  }
  return most >= k;
}

/** What to say of a table with fewer rows than two values of a column need. */
export function fewRowsNote(rows: number, k: number): string | undefined {
  if (rows >= 2 * k) return undefined;
  return (
    `Only ${rows === 1 ? '1 row is' : `${rows} rows are`} learnt from, and nothing that fewer than k = ${k} rows share is kept: ` +
    'each column comes out with a single value, or range of values, and no column depends on another. ' +
    'Lower k for this table, or declare it public with reference().'
  );
}

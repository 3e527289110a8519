// Whether there is anything in a column that may be told.
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

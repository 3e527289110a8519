// Distances between rows of mixed columns, over typed arrays.
import type { RowSample } from './rows.ts';

/** Rows as numbers, row after row: numbers in ranges of the reference, categories as codes. */
export interface Points {
  readonly count: number;
  /** Per row `numbers` values in [0, 1] (beyond it for values outside the range), NaN for NULL. */
  readonly scaled: Float32Array;
  readonly codes: Int32Array;
}

export interface Space {
  readonly numbers: number;
  readonly categories: number;
  of(sample: RowSample): Points;
}

/**
 * A space in which a column adds 0 to 1 to a distance (Gower 1971, without dividing by the number of columns): a number
 * |a − b| / range, a category 0 if equal and else 1; NULL is 0 from NULL and 1 from anything else. One range for all
 * sides: with ranges of their own, the side with the narrower one would seem nearer.
 */
export function spaceOf(samples: readonly RowSample[]): Space {
  const numeric: { readonly index: number; readonly low: number; readonly range: number }[] = [];
  const categorical: number[] = [];
  for (const [index, column] of (samples[0]?.columns ?? []).entries()) {
    if (column.kind === 'category') {
      categorical.push(index);
      continue;
    }
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const sample of samples) {
      const other = sample.columns[index];
      if (other?.kind !== 'number') continue;
      for (const value of other.values) {
        if (!Number.isFinite(value)) continue;
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
    numeric.push({ index, low: Number.isFinite(low) ? low : 0, range: high > low ? high - low : 1 });
  }
  return {
    numbers: numeric.length,
    categories: categorical.length,
    of(sample) {
      const count = sample.rowCount;
      const scaled = new Float32Array(count * numeric.length);
      const codes = new Int32Array(count * categorical.length);
      for (const [at, { index, low, range }] of numeric.entries()) {
        const column = sample.columns[index];
        if (column?.kind !== 'number') continue;
        for (let row = 0; row < count; row++) {
          const value = column.values[row] as number;
          // Infinities are one range beyond either end.
          const placed = value === Number.POSITIVE_INFINITY ? 2 : value === Number.NEGATIVE_INFINITY ? -1 : undefined;
          scaled[row * numeric.length + at] = placed ?? (value - low) / range;
        }
      }
      for (const [at, index] of categorical.entries()) {
        const column = sample.columns[index];
        if (column?.kind !== 'category') continue;
        for (let row = 0; row < count; row++) codes[row * categorical.length + at] = column.codes[row] as number;
      }
      return { count, scaled, codes };
    },
  };
}

/** Distance between row `a` of one side and row `b` of another; at least `limit` when it is not below it. */
export function distanceWithin(space: Space, from: Points, a: number, to: Points, b: number, limit: number): number {
  const { numbers, categories } = space;
  let sum = 0;
  for (let i = a * categories, j = b * categories, end = i + categories; i < end; i++, j++) {
    if (from.codes[i] !== to.codes[j]) sum++;
  }
  for (let i = a * numbers, j = b * numbers, end = i + numbers; i < end && sum < limit; i++, j++) {
    const x = from.scaled[i] as number;
    const y = to.scaled[j] as number;
    const apart = Math.abs(x - y);
    if (apart >= 0) sum += Math.min(apart, 1);
    else if (!Number.isNaN(x) || !Number.isNaN(y)) sum++;
  }
  return sum;
}

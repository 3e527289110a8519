// Data moves as columns: a batch is a set of equally long vectors. Rows never cross a module boundary.

/**
 * One column of a batch. `valid[i] === 0` marks NULL; no `valid` means no NULL.
 * - `number`: doubles; NaN and ±Infinity are values, not NULL.
 * - `integer`: exact 64-bit integers. Also dates (days since 1970-01-01), times (µs since midnight), timestamps (in the
 *   column's unit since 1970-01-01; core/infinity.ts says how infinite ones travel), intervals (µs) and decimals (scaled
 *   by 10^scale).
 * - `category`: codes into `labels`; the code of a NULL is 0 and means nothing.
 * - `text`: strings that repeat too rarely for a dictionary to pay.
 */
export type ColumnVector =
  | { readonly kind: 'number'; readonly values: Float64Array; readonly valid?: Uint8Array }
  | { readonly kind: 'integer'; readonly values: BigInt64Array; readonly valid?: Uint8Array }
  | {
      readonly kind: 'category';
      readonly codes: Uint32Array;
      readonly labels: readonly string[];
      readonly valid?: Uint8Array;
    }
  | { readonly kind: 'text'; readonly values: readonly (string | null)[] };

export interface ColumnBatch {
  readonly rowCount: number;
  /** In column order; every vector has `rowCount` entries. */
  readonly columns: ReadonlyMap<string, ColumnVector>;
}

/** Doubles of a 64-bit integer column: exact up to 2^53 in magnitude, the nearest double beyond. */
export function integersToDoubles(values: BigInt64Array): Float64Array {
  // Number(bigint) costs a heap number each; two 32-bit halves do not.
  const halves = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  const doubles = new Float64Array(values.length);
  for (let i = 0; i < doubles.length; i++) {
    doubles[i] = ((halves[2 * i + 1] as number) | 0) * 4294967296 + (halves[2 * i] as number);
  }
  return doubles;
}

/** 64-bit integers of doubles, rounded half up and clamped to the 64-bit range; NaN becomes 0. */
export function doublesToIntegers(doubles: Float64Array): BigInt64Array {
  const values = new BigInt64Array(doubles.length);
  const halves = new Uint32Array(values.buffer);
  for (let i = 0; i < doubles.length; i++) {
    const value = Math.floor((doubles[i] as number) + 0.5);
    if (Math.abs(value) < 9007199254740992) {
      const high = Math.floor(value / 4294967296);
      halves[2 * i] = value - high * 4294967296;
      halves[2 * i + 1] = high;
    } else if (value >= 2 ** 63) values[i] = 9223372036854775807n;
    else if (value <= -(2 ** 63)) values[i] = -9223372036854775808n;
    else if (Number.isFinite(value)) values[i] = BigInt(value);
  }
  return values;
}

/** True where the entry is NULL. */
export function isNull(vector: ColumnVector, row: number): boolean {
  if (vector.kind === 'text') return vector.values[row] === null;
  return vector.valid !== undefined && vector.valid[row] === 0;
}

/** A new vector with the entries of `vector` at `rows`, in that order. */
export function takeRows(vector: ColumnVector, rows: Uint32Array): ColumnVector {
  if (vector.kind === 'text') {
    return { kind: 'text', values: Array.from(rows, (row) => vector.values[row] ?? null) };
  }
  const valid = vector.valid === undefined ? {} : { valid: gather(vector.valid, rows, new Uint8Array(rows.length)) };
  switch (vector.kind) {
    case 'number':
      return { kind: 'number', values: gather(vector.values, rows, new Float64Array(rows.length)), ...valid };
    case 'category':
      return {
        kind: 'category',
        codes: gather(vector.codes, rows, new Uint32Array(rows.length)),
        labels: vector.labels,
        ...valid,
      };
    case 'integer': {
      const values = new BigInt64Array(rows.length);
      for (let i = 0; i < rows.length; i++) values[i] = vector.values[rows[i] as number] as bigint;
      return { kind: 'integer', values, ...valid };
    }
  }
}

function gather<T extends Uint8Array | Uint32Array | Float64Array>(from: T, rows: Uint32Array, into: T): T {
  for (let i = 0; i < rows.length; i++) into[i] = from[rows[i] as number] as number;
  return into;
}

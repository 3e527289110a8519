// From DuckDB's vectors to column vectors: raw memory in chunks of up to 2048 rows, never a value at a time. The casts that
// bring each column into the form read here are in read.ts.
import duckdb from '@duckdb/node-bindings';
import type { ColumnVector } from '../../core/batch.ts';
import type { HashCodes } from '../../core/hash-codes.ts';

/** Collects one column of a result. NULL entries become 0, so that equal data gives equal bytes. */
export interface Sink {
  append(vector: duckdb.Vector, rows: number): void;
  finish(): ColumnVector;
}

type Numbers = Float64Array | BigInt64Array | Uint32Array;

/** A typed array that grows, with a validity byte a row from the first NULL on. */
interface Store<Values extends Numbers> {
  /** The array with room for `rows` more at `length`. */
  reserve(rows: number): Values;
  /** Ends `rows` entries written at `length`. */
  commit(vector: duckdb.Vector, rows: number): void;
  readonly length: number;
  finish(): { readonly values: Values; readonly valid?: Uint8Array };
}

/** Rows that a store has room for unless it is told how many will come. */
const fewRows = 4096;

function createStore<Values extends Numbers>(create: (length: number) => Values, expected = fewRows): Store<Values> {
  let values = create(Math.max(1, expected));
  let valid: Uint8Array | undefined;
  let length = 0;
  return {
    get length() {
      return length;
    },
    reserve(rows) {
      if (length + rows > values.length) {
        const grown = create(Math.max(values.length * 2, length + rows));
        copy(values, grown);
        values = grown;
        if (valid !== undefined) {
          const grownValid = new Uint8Array(grown.length).fill(1);
          grownValid.set(valid);
          valid = grownValid;
        }
      }
      return values;
    },
    commit(vector, rows) {
      const bits = validityBits(vector, rows);
      if (bits !== null) {
        valid ??= new Uint8Array(values.length).fill(1);
        for (let i = 0; i < rows; i++) {
          if (((bits[i >> 3] as number) >> (i & 7)) & 1) continue;
          valid[length + i] = 0;
          clear(values, length + i);
        }
      }
      length += rows;
    },
    finish() {
      const trimmed = length === values.length ? values : (values.slice(0, length) as Values);
      return valid === undefined ? { values: trimmed } : { values: trimmed, valid: valid.slice(0, length) };
    },
  };
}

function copy(from: Numbers, into: Numbers): void {
  new Uint8Array(into.buffer).set(new Uint8Array(from.buffer, from.byteOffset, from.byteLength));
}

function clear(values: Numbers, index: number): void {
  if (values instanceof BigInt64Array) values[index] = 0n;
  else values[index] = 0;
}

/** One bit a row, 1 for a value; null when there is no NULL. */
function validityBits(vector: duckdb.Vector, rows: number): Uint8Array | null {
  // The binding returns null when a vector has no mask, which its types do not say.
  return duckdb.vector_get_validity(vector, Math.ceil(rows / 64) * 8) as Uint8Array | null;
}

/** A column of doubles. */
export function numberSink(expected?: number): Sink {
  const store = createStore((length) => new Float64Array(length), expected);
  return {
    append(vector, rows) {
      const data = duckdb.vector_get_data(vector, rows * 8);
      store.reserve(rows).set(new Float64Array(data.buffer, data.byteOffset, rows), store.length);
      store.commit(vector, rows);
    },
    finish: () => ({ kind: 'number', ...store.finish() }),
  };
}

/** A column of 64-bit integers, or of a type that DuckDB keeps as one. */
export function integerSink(): Sink {
  const store = createStore((length) => new BigInt64Array(length));
  return {
    append(vector, rows) {
      const data = duckdb.vector_get_data(vector, rows * 8);
      store.reserve(rows).set(new BigInt64Array(data.buffer, data.byteOffset, rows), store.length);
      store.commit(vector, rows);
    },
    finish: () => ({ kind: 'integer', ...store.finish() }),
  };
}

/** A column of 32-bit days. */
export function dateSink(): Sink {
  const store = createStore((length) => new BigInt64Array(length));
  return {
    append(vector, rows) {
      const data = duckdb.vector_get_data(vector, rows * 4);
      const days = new Int32Array(data.buffer, data.byteOffset, rows);
      const halves = new Int32Array(store.reserve(rows).buffer);
      for (let i = 0, at = store.length * 2; i < rows; i++) {
        const day = days[i] as number;
        halves[at++] = day;
        halves[at++] = day >> 31;
      }
      store.commit(vector, rows);
    },
    finish: () => ({ kind: 'integer', ...store.finish() }),
  };
}

const microsPerDay = 86_400_000_000n;

/** A column of intervals (months, days, µs), as µs with months of 30 days, which is how DuckDB compares them. */
export function intervalSink(): Sink {
  const store = createStore((length) => new BigInt64Array(length));
  return {
    append(vector, rows) {
      const data = duckdb.vector_get_data(vector, rows * 16);
      const parts = new Int32Array(data.buffer, data.byteOffset, rows * 4);
      const micros = new BigInt64Array(data.buffer, data.byteOffset, rows * 2);
      const values = store.reserve(rows);
      for (let i = 0; i < rows; i++) {
        const days = (parts[4 * i] as number) * 30 + (parts[4 * i + 1] as number);
        values[store.length + i] = BigInt(days) * microsPerDay + (micros[2 * i + 1] as bigint);
      }
      store.commit(vector, rows);
    },
    finish: () => ({ kind: 'integer', ...store.finish() }),
  };
}

/** A column of unsigned 32-bit codes into labels that are known beforehand. */
export function codeSink(labels: readonly string[]): Sink {
  const store = createStore((length) => new Uint32Array(length));
  return {
    append(vector, rows) {
      const data = duckdb.vector_get_data(vector, rows * 4);
      store.reserve(rows).set(new Uint32Array(data.buffer, data.byteOffset, rows), store.length);
      store.commit(vector, rows);
    },
    finish() {
      const { values: codes, ...valid } = store.finish();
      return { kind: 'category', codes, labels, ...valid };
    },
  };
}

/** A function of its own: a loop within one that is made for each column would be compiled for each column. */
function writeCodes(
  codes: HashCodes,
  words: Uint32Array,
  bits: Uint8Array | null,
  into: Uint32Array,
  at: number,
  rows: number,
): void {
  for (let i = 0; i < rows; i++) {
    const isValid = bits === null || ((bits[i >> 3] as number) >> (i & 7)) & 1;
    if (isValid) into[at + i] = codes.codeOf(words[2 * i] as number, words[2 * i + 1] as number);
  }
}

/** A column of strings that comes as 64-bit hashes; `labels` are asked for at the end. */
export function hashSink(codes: HashCodes, labels: () => readonly string[], expected?: number): Sink {
  const store = createStore((length) => new Uint32Array(length), expected);
  return {
    append(vector, rows) {
      const data = duckdb.vector_get_data(vector, rows * 8);
      const words = new Uint32Array(data.buffer, data.byteOffset, rows * 2);
      const bits = validityBits(vector, rows);
      writeCodes(codes, words, bits, store.reserve(rows), store.length, rows);
      store.commit(vector, rows);
    },
    finish() {
      const { values, ...valid } = store.finish();
      return { kind: 'category', codes: values, labels: labels(), ...valid };
    },
  };
}

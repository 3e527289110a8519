// From column vectors to DuckDB's vectors: how each kind of column is laid out in the raw table, and the copy itself.
import {
  BIGINT,
  DATE,
  DECIMAL,
  DOUBLE,
  type DuckDBType,
  INTERVAL,
  TIME,
  TIMESTAMP,
  TIMESTAMP_MS,
  TIMESTAMP_NS,
  TIMESTAMP_S,
  TIMESTAMPTZ,
  UINTEGER,
  VARCHAR,
} from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import type { ColumnVector } from '../../core/batch.ts';
import { SynthError } from '../../core/errors.ts';
import type { ColumnSchema, ColumnType } from '../../core/schema.ts';

/** Lays out one column of the raw table. */
export interface Source {
  readonly type: DuckDBType;
  readonly sqlType: string;
  /** Present when the raw column holds codes: the labels of all batches so far. */
  labels?(): readonly string[];
  /** Called once per batch; returns what copies `rows` of its entries from `start` into a vector of a chunk. */
  begin(vector: ColumnVector): (target: duckdb.Vector, start: number, rows: number) => void;
}

/** The source for a column whose batches come as `first` does; later batches may switch between category and text. */
export function createSource(column: ColumnSchema, first: ColumnVector): Source {
  switch (first.kind) {
    case 'category':
      return codeSource(column);
    case 'text':
      return textSource(column);
    case 'number':
      return { ...layout(DOUBLE), begin: (vector) => copier(only(vector, 'number', column).values, 8) };
    case 'integer':
      return integerSource(column);
  }
}

function layout(type: DuckDBType): { readonly type: DuckDBType; readonly sqlType: string } {
  return { type, sqlType: type.toString() };
}

function integerSource(column: ColumnSchema): Source {
  switch (column.type.kind) {
    case 'date':
      return { ...layout(DATE), begin: (vector) => copier(toDays(only(vector, 'integer', column).values), 4) };
    case 'interval':
      return {
        ...layout(INTERVAL),
        begin: (vector) => copier(toIntervals(only(vector, 'integer', column).values), 16),
      };
    default:
      return {
        ...layout(integerType(column.type)),
        begin: (vector) => copier(only(vector, 'integer', column).values, 8),
      };
  }
}

/** The type of 64 bits whose memory is the integer of the batch. */
function integerType(type: ColumnType): DuckDBType {
  switch (type.kind) {
    case 'decimal':
      return DECIMAL(18, type.scale);
    case 'time':
      return TIME;
    case 'timestamp':
      if (type.zoned) return TIMESTAMPTZ;
      return { s: TIMESTAMP_S, ms: TIMESTAMP_MS, us: TIMESTAMP, ns: TIMESTAMP_NS }[type.unit];
    default:
      return BIGINT;
  }
}

function only<Kind extends ColumnVector['kind']>(
  vector: ColumnVector,
  kind: Kind,
  column: ColumnSchema,
): Extract<ColumnVector, { readonly kind: Kind }> {
  if (vector.kind === kind) return vector as Extract<ColumnVector, { readonly kind: Kind }>;
  throw new SynthError('write.kind', `Column "${column.name}" came as ${vector.kind} after batches of ${kind}.`, {
    kind: 'unexpected',
  });
}

type Values = Float64Array | BigInt64Array | Int32Array | Uint32Array;

function copier(values: Values, bytesPerRow: number): (target: duckdb.Vector, start: number, rows: number) => void {
  // The binding takes no SharedArrayBuffer.
  const buffer = values.buffer instanceof ArrayBuffer ? values.buffer : undefined;
  return (target, start, rows) => {
    const offset = values.byteOffset + start * bytesPerRow;
    if (buffer !== undefined) duckdb.copy_data_to_vector(target, 0, buffer, offset, rows * bytesPerRow);
    else {
      const part = new Uint8Array(values.buffer, offset, rows * bytesPerRow).slice();
      duckdb.copy_data_to_vector(target, 0, part.buffer, 0, part.byteLength);
    }
  };
}

function toDays(values: BigInt64Array): Int32Array {
  const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  const days = new Int32Array(values.length);
  for (let i = 0; i < days.length; i++) days[i] = halves[2 * i] as number;
  return days;
}

const microsPerDay = 86_400_000_000n;

/** Months (always 0), days and µs of intervals given in µs. */
function toIntervals(values: BigInt64Array): Int32Array {
  const parts = new Int32Array(values.length * 4);
  const micros = new BigInt64Array(parts.buffer);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as bigint;
    const days = value / microsPerDay;
    parts[4 * i + 1] = Number(days);
    micros[2 * i + 1] = value - days * microsPerDay;
  }
  return parts;
}

function codeSource(column: ColumnSchema): Source {
  const labels: string[] = [];
  const codes = new Map<string, number>();
  const mapped = new WeakMap<readonly string[], Uint32Array>();
  const codeOf = (label: string): number => {
    let code = codes.get(label);
    if (code === undefined) {
      code = labels.length;
      labels.push(label);
      codes.set(label, code);
    }
    return code;
  };
  /** The table's codes of a batch's labels: batches that share their labels array are mapped once. */
  const mapOf = (batchLabels: readonly string[]): Uint32Array => {
    let map = mapped.get(batchLabels);
    if (map === undefined) {
      map = Uint32Array.from(batchLabels, codeOf);
      mapped.set(batchLabels, map);
    }
    return map;
  };
  return {
    ...layout(UINTEGER),
    labels: () => labels,
    begin(vector) {
      if (vector.kind === 'text') {
        return copier(
          Uint32Array.from(vector.values, (text) => (text === null ? 0 : codeOf(text))),
          4,
        );
      }
      const { codes: batchCodes, labels: batchLabels } = only(vector, 'category', column);
      const map = mapOf(batchLabels);
      const out = new Uint32Array(batchCodes.length);
      for (let i = 0; i < out.length; i++) out[i] = map[batchCodes[i] as number] as number;
      return copier(out, 4);
    },
  };
}

function textSource(column: ColumnSchema): Source {
  return {
    ...layout(VARCHAR),
    begin(vector) {
      const textAt = reader(vector, column);
      return (target, start, rows) => {
        for (let i = 0; i < rows; i++) {
          const text = textAt(start + i);
          if (text !== null) duckdb.vector_assign_string_element(target, i, text);
        }
      };
    },
  };
}

function reader(vector: ColumnVector, column: ColumnSchema): (row: number) => string | null {
  if (vector.kind === 'text') return (row) => vector.values[row] ?? null;
  const { codes, labels, valid } = only(vector, 'category', column);
  return (row) => (valid !== undefined && valid[row] === 0 ? null : (labels[codes[row] as number] ?? null));
}

// Vectors that are filled in any order, and vectors with gaps: what drawing in waves needs.
import { type ColumnBatch, type ColumnVector, isNull, takeRows } from '../batch.ts';
import type { ColumnSchema } from '../schema.ts';

/** `vector` at `rows`; NULL where the row is negative. */
export function takeOptional(vector: ColumnVector, rows: Int32Array): ColumnVector {
  if (vector.kind === 'text') {
    return { kind: 'text', values: Array.from(rows, (row) => (row < 0 ? null : (vector.values[row] ?? null))) };
  }
  const taken = takeRows(
    vector,
    Uint32Array.from(rows, (row) => Math.max(0, row)),
  );
  if (!rows.some((row) => row < 0)) return taken;
  const valid = Uint8Array.from(rows, (row) => (row < 0 || isNull(vector, row) ? 0 : 1));
  return taken.kind === 'text' ? taken : { ...taken, valid };
}

/** A vector of NULLs. */
export function nulls(schema: ColumnSchema, rows: number): ColumnVector {
  const valid = new Uint8Array(rows);
  switch (schema.type.kind) {
    case 'integer':
    case 'decimal':
    case 'date':
    case 'time':
    case 'timestamp':
    case 'interval':
      return { kind: 'integer', values: new BigInt64Array(rows), valid };
    case 'float':
    case 'wide':
      return { kind: 'number', values: new Float64Array(rows), valid };
    default:
      return { kind: 'category', codes: new Uint32Array(rows), labels: [''], valid };
  }
}

/** Whole numbers below 2^53; `undefined` entries are NULL where `missing` says so. */
export function integers(values: ArrayLike<number>, missing?: (row: number) => boolean): ColumnVector {
  const vector = BigInt64Array.from({ length: values.length }, (_, row) => BigInt(values[row] as number));
  if (missing === undefined) return { kind: 'integer', values: vector };
  return {
    kind: 'integer',
    values: vector,
    valid: Uint8Array.from(values as number[], (_, row) => (missing(row) ? 0 : 1)),
  };
}

/** One vector of `rows` entries that is filled in parts. */
export interface Filling {
  /** Entry `i` of `part` goes to `rows[i]`. */
  fill(part: ColumnVector, rows: Uint32Array): void;
  vector(): ColumnVector;
}

export function createFilling(rows: number): Filling {
  let vector: ColumnVector | undefined;
  const codes = new Map<string, number>();
  const labels: string[] = [];
  const codeMaps = new Map<readonly string[], Uint32Array>();
  const start = (part: ColumnVector): ColumnVector => {
    switch (part.kind) {
      case 'number':
        return { kind: 'number', values: new Float64Array(rows), valid: new Uint8Array(rows) };
      case 'integer':
        return { kind: 'integer', values: new BigInt64Array(rows), valid: new Uint8Array(rows) };
      case 'category':
        return { kind: 'category', codes: new Uint32Array(rows), labels, valid: new Uint8Array(rows) };
      case 'text':
        return { kind: 'text', values: new Array<string | null>(rows).fill(null) };
    }
  };
  const codesOf = (part: readonly string[]): Uint32Array => {
    let map = codeMaps.get(part);
    if (map === undefined) {
      map = Uint32Array.from(part, (label) => {
        const known = codes.get(label);
        if (known !== undefined) return known;
        codes.set(label, labels.length);
        return labels.push(label) - 1;
      });
      codeMaps.set(part, map);
    }
    return map;
  };
  return {
    fill(part, at) {
      vector ??= start(part);
      if (part.kind === 'text' && vector.kind === 'text') {
        const values = vector.values as (string | null)[];
        for (let i = 0; i < at.length; i++) values[at[i] as number] = part.values[i] ?? null;
        return;
      }
      if (part.kind === 'text' || vector.kind === 'text' || part.kind !== vector.kind) throw kindChanged();
      const valid = vector.valid as Uint8Array;
      for (let i = 0; i < at.length; i++)
        valid[at[i] as number] = part.valid === undefined ? 1 : (part.valid[i] as number);
      if (part.kind === 'category' && vector.kind === 'category') {
        const map = codesOf(part.labels);
        for (let i = 0; i < at.length; i++) vector.codes[at[i] as number] = map[part.codes[i] as number] ?? 0;
      } else if (part.kind === 'integer' && vector.kind === 'integer') {
        for (let i = 0; i < at.length; i++) vector.values[at[i] as number] = part.values[i] as bigint;
      } else if (part.kind === 'number' && vector.kind === 'number') {
        for (let i = 0; i < at.length; i++) vector.values[at[i] as number] = part.values[i] as number;
      }
    },
    vector: () => vector ?? { kind: 'text', values: new Array<string | null>(rows).fill(null) },
  };
}

function kindChanged(): Error {
  return new Error('A generator changed the kind of a column between draws.');
}

/** The buffers of a batch that may be handed to another thread. */
export function buffersOf(batch: ColumnBatch): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const vector of batch.columns.values()) {
    if (vector.kind === 'text') continue;
    const values = vector.kind === 'category' ? vector.codes : vector.values;
    for (const buffer of [values.buffer, vector.valid?.buffer]) if (buffer instanceof ArrayBuffer) buffers.add(buffer);
  }
  return [...buffers];
}

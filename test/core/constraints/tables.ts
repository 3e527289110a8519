// Small tables for tests of rules: columns from plain JavaScript values.
import type { ColumnBatch, ColumnVector } from '../../../core/batch.ts';
import type { ColumnSchema, ColumnType } from '../../../core/schema.ts';

export type Value = number | bigint | string | null;

export interface ColumnSpec {
  readonly type: ColumnType;
  readonly values: readonly Value[];
  readonly nullable?: boolean;
}

export const integer: ColumnType = { kind: 'integer', bits: 64, signed: true };
export const tiny: ColumnType = { kind: 'integer', bits: 8, signed: true };
export const float: ColumnType = { kind: 'float', bits: 64 };
export const text: ColumnType = { kind: 'text' };
export const date: ColumnType = { kind: 'date' };
export const timestamp: ColumnType = { kind: 'timestamp', unit: 'us', zoned: false };
export const decimal = (scale: number): ColumnType => ({ kind: 'decimal', precision: 18, scale });

export function table(specs: Readonly<Record<string, ColumnSpec>>): { columns: ColumnSchema[]; rows: ColumnBatch } {
  const entries = Object.entries(specs);
  const columns = entries.map(([name, { type, nullable }]) => ({
    name,
    type,
    sqlType: type.kind.toUpperCase(),
    nullable: nullable ?? true,
  }));
  return {
    columns,
    rows: {
      rowCount: entries[0]?.[1].values.length ?? 0,
      columns: new Map(entries.map(([name, { type, values }]) => [name, vectorOf(type, values)])),
    },
  };
}

export function vectorOf(type: ColumnType, values: readonly Value[]): ColumnVector {
  const valid = values.includes(null) ? { valid: Uint8Array.from(values, (value) => (value === null ? 0 : 1)) } : {};
  if (type.kind === 'text') {
    const labels = [...new Set(values.filter((value) => value !== null))].map(String);
    const codes = Uint32Array.from(values, (value) => (value === null ? 0 : labels.indexOf(String(value))));
    return { kind: 'category', codes, labels, ...valid };
  }
  if (type.kind === 'float')
    return { kind: 'number', values: Float64Array.from(values, (value) => Number(value ?? 0)), ...valid };
  return { kind: 'integer', values: BigInt64Array.from(values, (value) => BigInt(value ?? 0)), ...valid };
}

/** The values of a vector, one per row, for comparisons. */
export function valuesOf(vector: ColumnVector | undefined): Value[] {
  if (vector === undefined) throw new Error('there is no such column');
  switch (vector.kind) {
    case 'text':
      return [...vector.values];
    case 'category':
      return Array.from(vector.codes, (code, row) =>
        vector.valid?.[row] === 0 ? null : (vector.labels[code] as string),
      );
    default:
      return Array.from(vector.values as ArrayLike<number | bigint>, (value, row) =>
        vector.valid?.[row] === 0 ? null : value,
      );
  }
}

export function contents(rows: ColumnBatch): Record<string, Value[]> {
  return Object.fromEntries([...rows.columns].map(([name, vector]) => [name, valuesOf(vector)]));
}

export function drawFor(
  rowCount: number,
  attempt = 0,
): { seed: number; table: string; rowIds: Float64Array; attempt: number } {
  return { seed: 7, table: 't', rowIds: Float64Array.from({ length: rowCount }, (_, row) => row), attempt };
}

// Reads Parquet files as batches for benchmarks, straight through DuckDB.
import { DuckDBInstance, DuckDBTypeId } from '@duckdb/node-api';
import type { ColumnBatch, ColumnVector } from '../core/batch.ts';
import type { ColumnSchema, ColumnType } from '../core/schema.ts';

export interface BenchTable {
  readonly columns: readonly ColumnSchema[];
  readonly rows: ColumnBatch;
}

/** Rows of a Parquet file, optionally only those that a DuckDB query on the view `source` gives. */
export async function readTable(path: string, query = 'from source'): Promise<BenchTable> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`create view source as from read_parquet(${literal(path)})`);
  const reader = await connection.runAndReadAll(query);
  const names = reader.columnNames();
  const types = reader.columnTypes();
  const values = reader.getColumns();
  const columns: ColumnSchema[] = [];
  const vectors = new Map<string, ColumnVector>();
  for (const [i, name] of names.entries()) {
    const typeId = types[i]?.typeId;
    const { type, vector } = toVector(typeId ?? DuckDBTypeId.VARCHAR, values[i] ?? []);
    columns.push({ name, sqlType: String(types[i]), type, nullable: true });
    vectors.set(name, vector);
  }
  connection.closeSync();
  instance.closeSync();
  return { columns, rows: { rowCount: values[0]?.length ?? 0, columns: vectors } };
}

function literal(path: string): string {
  return `'${path.replaceAll("'", "''")}'`;
}

function toVector(typeId: DuckDBTypeId, values: readonly unknown[]): { type: ColumnType; vector: ColumnVector } {
  const valid = Uint8Array.from(values, (value) => (value === null ? 0 : 1));
  const nulls = valid.includes(0) ? { valid } : {};
  const integers = (read: (value: unknown) => bigint): ColumnVector => ({
    kind: 'integer',
    values: BigInt64Array.from(values, (value) => (value === null ? 0n : read(value))),
    ...nulls,
  });
  switch (typeId) {
    case DuckDBTypeId.DOUBLE:
    case DuckDBTypeId.FLOAT:
      return {
        type: { kind: 'float', bits: typeId === DuckDBTypeId.FLOAT ? 32 : 64 },
        vector: { kind: 'number', values: Float64Array.from(values, (value) => Number(value ?? 0)), ...nulls },
      };
    case DuckDBTypeId.TINYINT:
    case DuckDBTypeId.SMALLINT:
    case DuckDBTypeId.INTEGER:
    case DuckDBTypeId.BIGINT:
    case DuckDBTypeId.UTINYINT:
    case DuckDBTypeId.USMALLINT:
    case DuckDBTypeId.UINTEGER:
      return {
        type: { kind: 'integer', bits: 64, signed: true },
        vector: integers((value) => BigInt(value as bigint)),
      };
    case DuckDBTypeId.DATE:
      return { type: { kind: 'date' }, vector: integers((value) => BigInt((value as { days: number }).days)) };
    case DuckDBTypeId.TIMESTAMP:
      return {
        type: { kind: 'timestamp', unit: 'us', zoned: false },
        vector: integers((value) => (value as { micros: bigint }).micros),
      };
    default: {
      const labels = [...new Set(values.filter((value) => value !== null).map(String))].sort();
      const codeOf = new Map(labels.map((label, code) => [label, code]));
      const codes = Uint32Array.from(values, (value) => codeOf.get(String(value)) ?? 0);
      return { type: { kind: 'text' }, vector: { kind: 'category', codes, labels, ...nulls } };
    }
  }
}

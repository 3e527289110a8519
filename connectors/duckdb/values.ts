// Values between kysely queries and DuckDB: parameters in, plain JavaScript out.
import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  DuckDBArrayValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  type DuckDBType,
  type DuckDBValue,
  HUGEINT,
  INTEGER,
  TIMESTAMPTZ,
  VARCHAR,
} from '@duckdb/node-api';

export interface Bound {
  readonly values: DuckDBValue[];
  readonly types: DuckDBType[];
}

/** Binds as DuckDB would type the literal: `3` is INTEGER, `3.5` DOUBLE, so that `date + $1` and `x % $1` work. */
export function bindParameters(parameters: readonly unknown[]): Bound {
  const values: DuckDBValue[] = [];
  const types: DuckDBType[] = [];
  for (const parameter of parameters) {
    const [value, type] = bind(parameter);
    values.push(value);
    types.push(type);
  }
  return { values, types };
}

function bind(value: unknown): [DuckDBValue, DuckDBType] {
  switch (typeof value) {
    case 'boolean':
      return [value, BOOLEAN];
    case 'string':
      return [value, VARCHAR];
    case 'bigint':
      return BigInt.asIntN(64, value) === value ? [value, BIGINT] : [value, HUGEINT];
    case 'number':
      if (!Number.isSafeInteger(value) || Object.is(value, -0)) return [value, DOUBLE];
      return (value | 0) === value ? [value, INTEGER] : [BigInt(value), BIGINT];
    default:
      if (value === null || value === undefined) return [null, VARCHAR];
      if (value instanceof Date) return [new DuckDBTimestampTZValue(BigInt(value.getTime()) * 1000n), TIMESTAMPTZ];
      throw new TypeError('A query parameter must be a string, number, bigint, boolean, Date or null.');
  }
}

/**
 * Plain JavaScript: numbers for integers up to 2^53 and decimals, bigint beyond, arrays for lists, objects for structs,
 * pairs for maps, and DuckDB's own text for dates, times, UUIDs and all else.
 */
export function plainValue(value: DuckDBValue): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (typeof value === 'bigint') {
    return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
  }
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) return value.items.map(plainValue);
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([key, entry]) => [key, plainValue(entry)]));
  }
  if (value instanceof DuckDBMapValue) {
    return value.entries.map(({ key, value: entry }) => [plainValue(key), plainValue(entry)]);
  }
  return String(value);
}

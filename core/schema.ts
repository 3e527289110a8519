// What a table looks like, without its data. Connectors produce it, everything else reads it.

/** A table's name inside one connector. */
export interface TableName {
  readonly schema: string;
  readonly table: string;
}

/**
 * The kind of a column, independent of the engine's spelling. How each travels in a batch (core/batch.ts):
 * boolean (`false`, `true`), enum, text and uuid as `category` (or `text` when sampled); integer, decimal, date, time,
 * timestamp and interval as `integer`; float and bigger numbers (`wide`) as `number`.
 */
export type ColumnType =
  | { readonly kind: 'boolean' }
  | { readonly kind: 'integer'; readonly bits: 8 | 16 | 32 | 64; readonly signed: boolean }
  /** UBIGINT, HUGEINT, UHUGEINT and DECIMAL beyond 18 digits: learnt as doubles. */
  | { readonly kind: 'wide'; readonly scale: number }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'float'; readonly bits: 32 | 64 }
  | { readonly kind: 'text' }
  | { readonly kind: 'enum'; readonly labels: readonly string[] }
  | { readonly kind: 'date' }
  | { readonly kind: 'time' }
  | { readonly kind: 'timestamp'; readonly unit: 's' | 'ms' | 'us' | 'ns'; readonly zoned: boolean }
  | { readonly kind: 'interval' }
  | { readonly kind: 'uuid' }
  /** BLOB, LIST, STRUCT, MAP, JSON and the like: needs `omit()`, `nulls()` or a rule in the config. */
  | { readonly kind: 'unsupported' };

export interface ColumnSchema {
  readonly name: string;
  /** The engine's own spelling, with which the mirror's column is created: `DECIMAL(18,3)`, `ENUM('a', 'b')`. */
  readonly sqlType: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
}

export interface ForeignKey {
  readonly columns: readonly string[];
  readonly references: { readonly table: TableName; readonly columns: readonly string[] };
}

export interface TableSchema {
  readonly name: TableName;
  readonly columns: readonly ColumnSchema[];
  readonly primaryKey: readonly string[];
  /** Further column sets declared unique. */
  readonly uniques: readonly (readonly string[])[];
  readonly foreignKeys: readonly ForeignKey[];
}

/** `schema.table`, or the table alone in the default schema `main`. For messages and file names, never for SQL. */
export function displayName(name: TableName): string {
  return name.schema === 'main' ? name.table : `${name.schema}.${name.table}`;
}

export function sameTable(a: TableName, b: TableName): boolean {
  return a.schema === b.schema && a.table === b.table;
}

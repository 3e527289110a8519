// DuckDB's type names and the column types that the rest of synthouse knows, both ways.
import type { ColumnType } from '../../core/schema.ts';

const simple: Readonly<Record<string, ColumnType>> = {
  BOOLEAN: { kind: 'boolean' },
  TINYINT: { kind: 'integer', bits: 8, signed: true },
  SMALLINT: { kind: 'integer', bits: 16, signed: true },
  INTEGER: { kind: 'integer', bits: 32, signed: true },
  BIGINT: { kind: 'integer', bits: 64, signed: true },
  UTINYINT: { kind: 'integer', bits: 8, signed: false },
  USMALLINT: { kind: 'integer', bits: 16, signed: false },
  UINTEGER: { kind: 'integer', bits: 32, signed: false },
  UBIGINT: { kind: 'wide', scale: 0 },
  HUGEINT: { kind: 'wide', scale: 0 },
  UHUGEINT: { kind: 'wide', scale: 0 },
  FLOAT: { kind: 'float', bits: 32 },
  DOUBLE: { kind: 'float', bits: 64 },
  VARCHAR: { kind: 'text' },
  DATE: { kind: 'date' },
  TIME: { kind: 'time' },
  TIMESTAMP_S: { kind: 'timestamp', unit: 's', zoned: false },
  TIMESTAMP_MS: { kind: 'timestamp', unit: 'ms', zoned: false },
  TIMESTAMP: { kind: 'timestamp', unit: 'us', zoned: false },
  TIMESTAMP_NS: { kind: 'timestamp', unit: 'ns', zoned: false },
  'TIMESTAMP WITH TIME ZONE': { kind: 'timestamp', unit: 'us', zoned: true },
  INTERVAL: { kind: 'interval' },
  UUID: { kind: 'uuid' },
};

/** The column type of a type as DuckDB's catalogue spells it; `unsupported` for all that has no place in a batch. */
export function columnTypeOf(sqlType: string): ColumnType {
  const known = simple[sqlType];
  if (known !== undefined) return known;
  const decimal = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(sqlType);
  if (decimal !== null) {
    const [precision, scale] = [Number(decimal[1]), Number(decimal[2])];
    return precision > 18 ? { kind: 'wide', scale } : { kind: 'decimal', precision, scale };
  }
  // `ENUM('a')[]` is a list: only what ends after the closing parenthesis is an enum.
  if (/^ENUM\(.*\)$/s.test(sqlType)) return { kind: 'enum', labels: enumLabels(sqlType) };
  return { kind: 'unsupported' };
}

/** DuckDB's name for a column type: what the catalogue would say. Throws for `unsupported`. */
export function sqlTypeOf(type: ColumnType): string {
  switch (type.kind) {
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`;
    case 'wide':
      return type.scale === 0 ? 'HUGEINT' : `DECIMAL(38,${type.scale})`;
    case 'enum':
      return `ENUM(${type.labels.map((label) => `'${label.replaceAll("'", "''")}'`).join(', ')})`;
    case 'unsupported':
      throw new TypeError('An unsupported column type has no SQL name.');
    default: {
      const name = Object.keys(simple).find((key) => sameType(simple[key], type));
      if (name === undefined) throw new TypeError(`No SQL name for a column of kind ${type.kind}.`);
      return name;
    }
  }
}

function sameType(a: ColumnType | undefined, b: ColumnType): boolean {
  return JSON.stringify(Object.entries(a ?? {}).sort()) === JSON.stringify(Object.entries(b).sort());
}

function enumLabels(sqlType: string): string[] {
  return Array.from(sqlType.matchAll(/'((?:[^']|'')*)'/g), (match) => (match[1] ?? '').replaceAll("''", "'"));
}

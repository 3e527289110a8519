// Keys that are numbers underneath: integers, decimals, dates and timestamps as whole numbers, and back.
import { type RawBuilder, sql } from 'kysely';
import type { ColumnSchema } from '../../schema.ts';
import { columnRef } from '../../sql.ts';
import type { NumberKey } from './types.ts';

/** True for the types whose keys are counted. */
export function isCounted(schema: ColumnSchema): boolean {
  return ['integer', 'wide', 'decimal', 'date', 'timestamp'].includes(schema.type.kind);
}

/** The column as a HUGEINT. */
export function toWhole(schema: ColumnSchema, alias?: string): RawBuilder<unknown> {
  const ref = columnRef(schema.name, alias);
  switch (schema.type.kind) {
    case 'decimal':
      return sql`cast(${ref} * ${sql.lit(10 ** schema.type.scale)} as hugeint)`;
    case 'date':
      return sql`cast(${ref} - date '1970-01-01' as hugeint)`;
    case 'timestamp':
      return sql`cast(epoch_us(${ref}) as hugeint)`;
    default:
      return sql`cast(${ref} as hugeint)`;
  }
}

/** A HUGEINT as a value of the column's type. */
export function fromWhole(schema: ColumnSchema, whole: RawBuilder<unknown>): RawBuilder<unknown> {
  const type = sql.raw(schema.sqlType);
  switch (schema.type.kind) {
    case 'decimal':
      return sql`cast(cast(${whole} as decimal(38, 0)) / ${sql.lit(10 ** schema.type.scale)} as ${type})`;
    case 'date':
      return sql`cast(date '1970-01-01' + cast(${whole} as integer) as ${type})`;
    case 'timestamp':
      return sql`cast(make_timestamp(cast(${whole} as bigint)) as ${type})`;
    default:
      return sql`cast(${whole} as ${type})`;
  }
}

/** Greatest whole number of an integer type, as text; undefined where no mirror comes near it. */
function greatest(schema: ColumnSchema): bigint | undefined {
  const { type } = schema;
  if (type.kind === 'integer') return (1n << BigInt(type.signed ? type.bits - 1 : type.bits)) - 1n;
  if (type.kind === 'decimal') return 10n ** BigInt(type.precision) - 1n;
  return type.kind === 'date' ? 2932896n : undefined;
}

/** From the least and greatest of `count` keys. The least is rounded down to its first digit, to name no real key. */
export function numberKey(schema: ColumnSchema, least: bigint, most: bigint, count: number): NumberKey {
  const exact = schema.type.kind === 'date' || schema.type.kind === 'timestamp';
  const start = exact ? least : roundDown(least);
  const gap = count > 1 ? Number(most - least) / (count - 1) : 1;
  return { start: String(start), gap: Math.max(1, gap) };
}

/** The key with which `rows` rows fit into the type: closer together or from lower on when need be. */
export function fitNumberKey<Key extends NumberKey>(key: Key, schema: ColumnSchema, rows: number): Key {
  const limit = greatest(schema);
  if (limit === undefined || rows === 0) return key;
  const room = (start: bigint): number => Number(limit - start + 1n) / rows;
  const start = BigInt(key.start);
  if (room(start) >= key.gap) return key;
  if (room(start) >= 1) return { ...key, gap: room(start) };
  const lower = start > 1n ? 1n : start;
  return { ...key, start: String(lower), gap: Math.max(1, Math.min(key.gap, room(lower))) };
}

/** The whole number of the row with this number. Rising, hence unique: shaking stays within the gap's whole part. */
export function wholeOfRow(key: NumberKey, row: RawBuilder<unknown>, word: RawBuilder<unknown>): RawBuilder<unknown> {
  const start = sql`cast(${sql.lit(key.start)} as hugeint)`;
  const whole = Math.floor(key.gap);
  if (key.gap === 1) return sql`(${start} + ${row})`;
  const base = sql`(${start} + cast(floor(${row} * cast(${sql.lit(String(key.gap))} as double)) as hugeint))`;
  return whole <= 1 ? base : sql`(${base} + ${word} % cast(${sql.lit(String(whole))} as hugeint))`;
}

function roundDown(value: bigint): bigint {
  if (value < 0n) return value;
  const unit = 10n ** BigInt(Math.max(0, String(value).length - 1));
  return value - (value % unit);
}

// Writes keys as SQL over the row number: any row's key can be made alone, and no two are equal.
import { type RawBuilder, sql } from 'kysely';
import type { ColumnSchema } from '../../schema.ts';
import { columnList, columnRef } from '../../sql.ts';
import { NUMBER, ROW } from '../names.ts';
import { fitNumberKey, fromWhole, wholeOfRow } from './numbers.ts';
import { shapedText, widenShape } from './text.ts';
import type { KeySpec } from './types.ts';

export interface KeyContext {
  readonly seed: number;
  readonly table: string;
  /** Rows of the mirror. */
  readonly rows: number;
  /** The relation with the row number (and the number among siblings, where `positioned`). */
  readonly alias: string;
  /** Positions among an owner's rows are at hand: keys within the owner need no window. */
  readonly positioned: boolean;
}

/** The key as a value of the column's type. `distinct` keys are learnt: they have no expression. */
export function keyExpression(
  spec: Exclude<KeySpec, { kind: 'distinct' }>,
  schema: ColumnSchema,
  context: KeyContext,
): RawBuilder<unknown> {
  const row = columnRef(ROW, context.alias);
  const purpose = `${context.seed}/${context.table}/${spec.column}/`;
  const digest = sql`md5(concat(${sql.lit(purpose)}, ${row}))`;
  const word = sql`md5_number_lower(concat(${sql.lit(purpose)}, ${row}))`;
  if (spec.kind === 'position') return positionExpression(spec, schema, context);
  const key = made(spec);
  if (spec.nullShare === 0 || !schema.nullable) return key;
  const cut = String(BigInt(Math.floor(spec.nullShare * 2 ** 32)));
  const coin = sql`md5_number_lower(concat(${sql.lit(`${purpose}null/`)}, ${row})) % 4294967296`;
  return sql`case when ${coin} >= cast(${sql.lit(cut)} as bigint) then ${key} end`;

  function made(spec: Exclude<KeySpec, { kind: 'distinct' | 'position' }>): RawBuilder<unknown> {
    const type = sql.raw(schema.sqlType);
    switch (spec.kind) {
      case 'number':
        return fromWhole(schema, wholeOfRow(fitNumberKey(spec, schema, context.rows), row, word));
      case 'numbered-text': {
        const digits = sql`cast(${wholeOfRow(spec, row, word)} as varchar)`;
        const width = sql.lit(spec.width);
        return sql`cast(concat(${sql.lit(spec.prefix)}, lpad(${digits}, cast(greatest(${width}, length(${digits})) as integer), '0')) as ${type})`;
      }
      case 'uuid': {
        const variant = sql`substr('89ab', 1 + ascii(substr(${digest}, 17, 1)) % 4, 1)`;
        const hex = sql`concat(substr(${digest}, 1, 12), '4', substr(${digest}, 14, 3), ${variant}, substr(${digest}, 18, 15))`;
        return sql`cast(cast(${hex} as uuid) as ${type})`;
      }
      case 'text':
        return sql`cast(${shapedText(widenShape(spec.shape, context.rows), row, digest)} as ${type})`;
    }
  }
}

function positionExpression(
  spec: Extract<KeySpec, { kind: 'position' }>,
  schema: ColumnSchema,
  { alias, positioned }: KeyContext,
): RawBuilder<unknown> {
  const number = positioned
    ? columnRef(NUMBER, alias)
    : sql`row_number() over (partition by ${columnList(spec.within, alias)} order by ${columnRef(ROW, alias)})`;
  const start = sql`cast(${sql.lit(spec.start)} as hugeint)`;
  const step = sql`cast(${sql.lit(spec.step)} as hugeint)`;
  return fromWhole(schema, sql`(${start} + ${step} * (${number} - 1))`);
}

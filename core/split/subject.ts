// Whose row is it: the hash of a row's subject, the same in every table, for any number of threads and in later versions.
import { type RawBuilder, sql } from 'kysely';
import { columnRef } from '../sql.ts';

/**
 * A 64-bit hash: the lower half of the MD5 of the salt and the values as text. MD5 rather than the engine's own hash,
 * which may change with its version and would then move rows between train and holdout.
 */
export function subjectHash(columns: readonly string[], salt: string, alias: string): RawBuilder<bigint> {
  const parts = columns.map((column) => sql`coalesce(cast(${columnRef(column, alias)} as varchar), '\\N')`);
  return sql<bigint>`md5_number_lower(concat_ws(chr(31), ${salt}, ${sql.join(parts)}))`;
}

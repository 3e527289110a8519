// Which columns others may know of a person: the default of audits that ask what such knowledge gives away.
import type { ColumnSchema } from '../../core/schema.ts';

/** Words of column names that stand for what neighbours, colleagues and public registers know. */
const known =
  /(^|[_\W])(age|sex|gender|race|ethnicity|nationality|country|native|region|state|county|city|town|zip|postal|postcode|plz|birth|born|dob|marital|married|education|occupation|job|profession|religion|language|citizenship)/i;

/** Names of the columns that are quasi-identifiers by their name, in the table's order. */
export function quasiIdentifiers(columns: readonly ColumnSchema[]): readonly string[] {
  return columns.map(({ name }) => name).filter((name) => known.test(name.replace(/([a-z])([A-Z])/g, '$1_$2')));
}

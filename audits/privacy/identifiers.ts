// How personal identifiers are written: patterns of values, and words of column names.
import { type RawBuilder, sql } from 'kysely';

/** In lower-case text (RE2): e-mail, IBAN, international phone number, payment card, US social security number, IPv4. */
const patterns: readonly string[] = [
  '[a-z0-9._%+-]+@[a-z0-9-]+(?:\\.[a-z0-9-]+)*\\.[a-z]{2,}',
  '\\b[a-z]{2}[0-9]{2} ?(?:[a-z0-9]{4} ?){2,7}[a-z0-9]{1,4}\\b',
  '\\+[0-9][0-9 ()./-]{6,18}[0-9]',
  '\\b[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}\\b',
  '\\b[0-9]{3}-[0-9]{2}-[0-9]{4}\\b',
  '\\b(?:[0-9]{1,3}\\.){3}[0-9]{1,3}\\b',
];

const words =
  /e[-_ ]?mail|phone|mobile|telefon|telefax|\biban\b|account[-_ ]?(no|number)|\bssn\b|social[-_ ]?security|passport|tax[-_ ]?(id|number)|national[-_ ]?id|driv\w*[-_ ]?licen|(first|last|middle|full|sur|given|family|nick|maiden|user|customer|client|patient|person|contact|employee|guest)[-_ ]?name|vorname|nachname|street|\baddress\b|ip[-_ ]?address/i;

/** Whether a column is named like one of personal identifiers. */
export function isNamedPersonal(name: string): boolean {
  return words.test(name.replace(/([a-z])([A-Z])/g, '$1_$2')) || words.test(name.replace(/_/g, ' '));
}

const anyPattern = patterns.map((pattern) => `(?:${pattern})`).join('|');

/** Whether there is an identifier within a text. */
export function hasIdentifier(text: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`regexp_matches(lower(${text}), ${sql.lit(anyPattern)})`;
}

/** A list of the identifiers within a text, without the blanks and marks that people write differently. */
export function identifiersIn(text: RawBuilder<unknown>): RawBuilder<unknown> {
  const found = sql`regexp_extract_all(lower(${text}), ${sql.lit(anyPattern)})`;
  return sql`list_transform(${found}, lambda x: CASE WHEN contains(x, '@') THEN x ELSE regexp_replace(x, '[^a-z0-9.]', '', 'g') END)`;
}

/** A list of one: the whole text, in lower case and with single blanks. */
export function wholeText(text: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`[regexp_replace(trim(lower(${text})), '\\s+', ' ', 'g')]`;
}

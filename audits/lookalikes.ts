// Names and categories that look the same and are written differently: another alphabet, accents apart, blanks, case.
import { type RawBuilder, sql } from 'kysely';

/** Cyrillic and Greek letters, and the Latin ones that they are mistaken for. */
const twins = ['авекмнорстухіјѕԁɡһιονρτυχβκμη', 'abekmhopctyxijsdghiovptuxbkun'] as const;
const unseen = '[\\s\\u00ad\\u200b-\\u200f\\u2060\\ufeff]';

const letters: ReadonlyMap<string, string> = new Map([...twins[0]].map((twin, i) => [twin, twins[1][i] ?? twin]));

/** What remains of a name when everything that a reader may overlook is taken away. */
export function outline(text: string): string {
  const plain = text.normalize('NFKC').toLowerCase().replaceAll(new RegExp(unseen, 'gu'), '');
  return [...plain].map((letter) => letters.get(letter) ?? letter).join('');
}

/** The same in SQL, but for compatibility forms (ligatures, full-width letters), which stay. */
export function outlineSql(text: RawBuilder<unknown>): RawBuilder<unknown> {
  const plain = sql`regexp_replace(lower(nfc_normalize(${text})), ${sql.lit('[\\s\\x{ad}\\x{200b}-\\x{200f}\\x{2060}\\x{feff}]')}, '', 'g')`;
  return sql`translate(${plain}, ${sql.lit(twins[0])}, ${sql.lit(twins[1])})`;
}

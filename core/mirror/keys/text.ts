// Keys that are text: a common prefix and a number ('CUST-00042'), or a length and an alphabet per character.
import { type RawBuilder, sql } from 'kysely';
import type { Relation } from '../../audit.ts';
import type { Workspace } from '../../connector.ts';
import { columnRef, relationRef } from '../../sql.ts';
import type { KeyCharacter, KeySpec } from './types.ts';

type TextSpec = Extract<KeySpec, { kind: 'text' | 'numbered-text' | 'uuid' }>;

const UUID = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$';

/** Fewer than `k` keys show no shape that is safe to copy: they become the column's own letters and digits. */
export async function learnTextKey(
  workspace: Workspace,
  relation: Relation,
  column: string,
  k: number,
  nullShare: number,
): Promise<TextSpec> {
  const ref = columnRef(column);
  const digits = sql`regexp_extract(${ref}, '[0-9]{1,18}$')`;
  const { rows } = await sql<Record<string, unknown>>`
    select count(*) as "keys",
      count(*) filter (where regexp_matches(${ref}, ${UUID})) as "uuids",
      count(distinct left(${ref}, length(${ref}) - length(${digits}))) as "prefixes",
      min(left(${ref}, length(${ref}) - length(${digits}))) as "prefix",
      min(length(${digits})) as "narrowest", max(length(${digits})) as "widest",
      cast(min(cast(nullif(${digits}, '') as hugeint)) as varchar) as "least",
      cast(max(cast(nullif(${digits}, '') as hugeint)) as varchar) as "most",
      mode(length(${ref})) as "length"
    from ${relationRef(relation)} where ${ref} is not null`.execute(workspace.db);
  const facts = rows[0] ?? {};
  const keys = Number(facts.keys ?? 0);
  const base = { column, nullShare };
  if (keys > 0 && Number(facts.uuids) === keys) return { kind: 'uuid', ...base };
  if (keys >= k && Number(facts.prefixes) === 1 && Number(facts.narrowest) > 0) {
    const least = BigInt(String(facts.least));
    const gap = keys > 1 ? Number(BigInt(String(facts.most)) - least) / (keys - 1) : 1;
    const unit = 10n ** BigInt(Math.max(0, String(least).length - 1));
    return {
      kind: 'numbered-text',
      ...base,
      prefix: String(facts.prefix),
      width: Number(facts.narrowest),
      start: String(least - (least % unit)),
      gap: Math.max(1, gap),
    };
  }
  const length = keys >= k ? Math.min(64, Math.max(1, Number(facts.length ?? 8))) : 8;
  return {
    kind: 'text',
    ...base,
    shape: keys >= k ? await learnShape(workspace, relation, column, length) : plain(length),
  };
}

/** The characters at each position of the keys with the most frequent length. */
async function learnShape(
  workspace: Workspace,
  relation: Relation,
  column: string,
  length: number,
): Promise<readonly KeyCharacter[]> {
  const ref = columnRef(column);
  const { rows } = await sql<Record<string, unknown>>`
    select "at", min("c") as "low", max("c") as "high",
      bool_or(regexp_matches("c", '^[0-9]$')) as "digit", bool_or(regexp_matches("c", '^[a-f]$')) as "hex",
      bool_or(regexp_matches("c", '^[g-z]$')) as "lower", bool_or(regexp_matches("c", '^[A-F]$')) as "hexUpper",
      bool_or(regexp_matches("c", '^[G-Z]$')) as "upper"
    from (
      select "at", substr(${ref}, cast("at" as bigint), 1) as "c"
      from ${relationRef(relation)}, range(1, ${sql.lit(length + 1)}) as "positions"("at")
      where length(${ref}) = ${sql.lit(length)}
    ) as "characters" group by "at" order by "at"`.execute(workspace.db);
  const shape = rows.map((row): KeyCharacter => {
    if (row.low === row.high) return { literal: String(row.low) };
    const alphabet = [
      row.digit ? '0123456789' : '',
      row.hex || row.lower ? 'abcdef' : '',
      row.lower ? 'ghijklmnopqrstuvwxyz' : '',
      row.hexUpper || row.upper ? 'ABCDEF' : '',
      row.upper ? 'GHIJKLMNOPQRSTUVWXYZ' : '',
    ].join('');
    return { alphabet: alphabet === '' ? 'abcdefghijklmnopqrstuvwxyz' : alphabet };
  });
  return shape.some((character) => 'alphabet' in character) ? shape : plain(length);
}

function plain(length: number): readonly KeyCharacter[] {
  return Array.from({ length }, () => ({ alphabet: 'abcdefghijklmnopqrstuvwxyz0123456789' }));
}

/** The shape with enough room for `rows` keys, longer when need be. */
export function widenShape(shape: readonly KeyCharacter[], rows: number): readonly KeyCharacter[] {
  const widened = [...shape];
  while (capacity(widened) < rows) widened.push({ alphabet: '0123456789' });
  return widened;
}

/**
 * The key of a row: its number, scattered by a multiplication that has an inverse modulo the number of keys, written with
 * a digit of each character's alphabet. Characters beyond 2^40 keys are filled from the row's hash.
 */
export function shapedText(
  shape: readonly KeyCharacter[],
  row: RawBuilder<unknown>,
  digest: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const counted: number[] = [];
  let keys = 1;
  for (const [at, character] of [...shape.entries()].reverse()) {
    if (!('alphabet' in character) || keys >= 2 ** 40) continue;
    counted.push(at);
    keys *= character.alphabet.length;
  }
  const scattered = sql`((cast(${row} as hugeint) * ${sql.lit(coprime(keys))} + ${sql.lit(Math.floor(keys / 3))}) % ${sql.lit(keys)})`;
  let stride = 1;
  const strides = new Map(
    counted.map((at) => {
      const here = stride;
      stride *= (shape[at] as { alphabet: string }).alphabet.length;
      return [at, here];
    }),
  );
  const characters = shape.map((character, at) => {
    if (!('alphabet' in character)) return sql`${sql.lit(character.literal)}`;
    const { alphabet } = character;
    const here = strides.get(at);
    const digit =
      here === undefined
        ? sql`ascii(substr(${digest}, ${sql.lit((at % 32) + 1)}, 1)) * 7`
        : sql`(${scattered} // ${sql.lit(here)})`;
    return sql`substr(${sql.lit(alphabet)}, cast(1 + ${digit} % ${sql.lit(alphabet.length)} as bigint), 1)`;
  });
  return sql`concat(${sql.join(characters)})`;
}

function capacity(shape: readonly KeyCharacter[]): number {
  return shape.reduce((product, character) => product * ('alphabet' in character ? character.alphabet.length : 1), 1);
}

/** A multiplier without a common divisor with `keys`, near the golden section of it, so that neighbours lie far apart. */
function coprime(keys: number): number {
  let candidate = Math.max(1, Math.floor(Math.min(keys, 2 ** 40) * 0.6180339887));
  while (divisor(candidate, keys) !== 1) candidate++;
  return candidate;
}

function divisor(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}

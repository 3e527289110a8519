// A digest of a mirror's rows, the same in any order of rows and in every version of the engine.
import { sql } from 'kysely';
import type { Database, Relation } from '../audit.ts';
import { columnRef, relationRef } from '../sql.ts';

/** Hexadecimal: the number of rows and the sum of their MD5s' lower halves, modulo 2^64. */
export async function mirrorDigest(db: Database, relation: Relation): Promise<string> {
  const { rows: described } = await sql<{ column_name: string }>`
    DESCRIBE SELECT * FROM ${relationRef(relation)}`.execute(db);
  const parts = described.map(({ column_name }) => {
    const text = sql`cast(${columnRef(column_name)} as varchar)`;
    // With its length: ('ab', 'c') is another row than ('a', 'bc').
    return sql`coalesce(length(${text}) || ':' || ${text}, '-')`;
  });
  const row = parts.length === 0 ? sql`''` : sql`md5_number_lower(concat(${sql.join(parts)}))`;
  const { rows } = await sql<{ n: string; total: string }>`
    SELECT cast(count(*) as varchar) AS n, cast(sum(cast(${row} as hugeint)) % 18446744073709551616 as varchar) AS total
    FROM ${relationRef(relation)}`.execute(db);
  const [found] = rows;
  return `${Number(found?.n ?? 0).toString(16)}-${BigInt(found?.total ?? 0).toString(16)}`;
}

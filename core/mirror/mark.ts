// The comment by which a mirror is known as one, wherever its file goes: that it is synthetic, and of which generation.
import { sql } from 'kysely';
import type { Database, Relation } from '../audit.ts';
import { relationRef } from '../sql.ts';

/** Generation 1 learnt from real rows, generation 2 from a mirror of generation 1, and so on. */
export function syntheticMark(label: string, generation: number, realShare = 0): string {
  const rows =
    realShare > 0 ? `rows of which ${Math.round(100 * (1 - realShare))} % were synthetic` : 'rows that were synthetic';
  const deeper = generation > 1 ? ` Generation ${generation}: learnt from ${rows}.` : '';
  return `Synthetic rows, made by synthouse after ${label}. No row is real.${deeper}`;
}

/** 0 for rows that nothing says are synthetic. */
export function generationOf(comment: string | null): number {
  if (comment === null || !/^Synthetic rows, made by synthouse after /.test(comment)) return 0;
  return Number(/ Generation (\d+): /.exec(comment)?.[1] ?? 1);
}

export async function markSynthetic(
  db: Database,
  target: Relation,
  label: string,
  generation: number,
  realShare?: number,
): Promise<void> {
  await sql`comment on table ${relationRef(target)} is ${sql.lit(syntheticMark(label, generation, realShare))}`.execute(
    db,
  );
}

/** The generation of a table of an attached database, by its comment. */
export async function readGeneration(db: Database, relation: Relation): Promise<number> {
  const { rows } = await sql<{ comment: string | null }>`
    select comment from duckdb_tables() where database_name = coalesce(${relation.catalog ?? null}, current_database())
      and schema_name = ${relation.schema ?? 'main'} and table_name = ${relation.table}`.execute(db);
  return generationOf(rows[0]?.comment ?? null);
}

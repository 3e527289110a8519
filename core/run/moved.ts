// What a scenario moved: each column of its mirrors beside the mirror of the source.
import { sql } from 'kysely';
import type { Relation } from '../audit.ts';
import type { Workspace } from '../connector.ts';
import type { ColumnSchema } from '../schema.ts';
import { columnRef, relationRef } from '../sql.ts';

export interface Moved {
  readonly column: string;
  /** `mean`: in standard deviations of before. `shares`: total variation distance, 0 to 1. */
  readonly kind: 'mean' | 'shares';
  readonly by: number;
  /** Of numbers. */
  readonly before?: number;
  readonly after?: number;
}

const numbers = ['integer', 'decimal', 'float', 'wide'];
const categories = ['text', 'enum', 'boolean'];
/** Smaller moves are not worth telling: of standard deviations, and of shares. */
const leastMove = 0.02;

/** The columns that moved, most first. */
export async function movedColumns(
  { db }: Workspace,
  columns: readonly ColumnSchema[],
  before: Relation,
  after: Relation,
): Promise<readonly Moved[]> {
  const moved: Moved[] = [];
  for (const { name, type } of columns) {
    const column = columnRef(name);
    if (numbers.includes(type.kind)) {
      const { rows } = await sql<Record<'m0' | 's0' | 'm1', number | null>>`select
        (select cast(avg(${column}) as double) from ${relationRef(before)}) as m0,
        (select cast(stddev_pop(${column}) as double) from ${relationRef(before)}) as s0,
        (select cast(avg(${column}) as double) from ${relationRef(after)}) as m1`.execute(db);
      const { m0, s0, m1 } = rows[0] ?? {};
      if (typeof m0 !== 'number' || typeof m1 !== 'number' || !s0) continue;
      moved.push({ column: name, kind: 'mean', by: (m1 - m0) / s0, before: m0, after: m1 });
    } else if (categories.includes(type.kind)) {
      const shares = (from: Relation) =>
        sql`select ${column} as v, count(*) / sum(count(*)) over () as s from ${relationRef(from)} group by 1`;
      const { rows } = await sql<{ by: number | null }>`
        select cast(sum(abs(coalesce(a.s, 0) - coalesce(b.s, 0))) / 2 as double) as by
        from (${shares(before)}) as a full join (${shares(after)}) as b on a.v is not distinct from b.v`.execute(db);
      moved.push({ column: name, kind: 'shares', by: rows[0]?.by ?? 0 });
    }
  }
  return moved.filter(({ by }) => Math.abs(by) >= leastMove).sort((a, b) => Math.abs(b.by) - Math.abs(a.by));
}

// Rows of one side as typed arrays, for audits that need more than aggregates: neighbours, attacks, models.
import { type RawBuilder, sql } from 'kysely';
import type { AuditInput } from '../core/audit.ts';
import { relationRef } from '../core/sql.ts';
import type { Frame, FrameColumn, Side } from './frame.ts';

/** NULL is NaN; a NaN of the data is NaN too. */
export interface NumberSample {
  readonly kind: 'number';
  readonly name: string;
  readonly values: Float64Array;
}

/** NULL is -1. Codes are positions in the sorted distinct values of all sides: the same for each side. */
export interface CategorySample {
  readonly kind: 'category';
  readonly name: string;
  readonly codes: Int32Array;
  readonly levels: number;
}

export interface RowSample {
  readonly rowCount: number;
  readonly columns: readonly (NumberSample | CategorySample)[];
}

/**
 * At most `limit` rows, picked and ordered by a hash of their values: the same ones in every run, whatever the order of
 * rows. Values of categories do not leave the engine.
 */
export async function sampleRows(
  input: AuditInput,
  frame: Frame,
  side: Side,
  limit: number,
  seed: number,
): Promise<RowSample> {
  return frame.memo(`rows:${side}:${limit}:${seed}`, async () => {
    const relation = frame.sides[side];
    if (relation === undefined) return { rowCount: 0, columns: [] };
    const byName = [...frame.columns].sort((a, b) => (a.name < b.name ? -1 : 1));
    const levels = new Map<string, RawBuilder<unknown>>();
    const counts = new Map<string, number>();
    for (const column of byName.filter(({ kind }) => kind === 'category')) {
      const { table, count } = await levelsOf(input, frame, column);
      levels.set(column.value, table);
      counts.set(column.value, count);
    }
    const picked = byName.map(({ value }) => {
      const list = levels.get(value);
      const v = sql.id(value);
      return list === undefined
        ? sql`CAST(coalesce(${v}, 'nan'::DOUBLE) AS DOUBLE) AS ${v}`
        : sql`CAST(coalesce((SELECT code FROM ${list} AS l WHERE l.v = s.${v}), -1) AS DOUBLE) AS ${v}`;
    });
    const hash = sql`hash(${sql.lit(seed)}, ${sql.join(byName.map(({ value }) => sql.id(value)))})`;
    // Equal rows are numbered, or a frequent one would be in the sample with all its copies or not at all.
    const order = sql`hash(${hash}, row_number() OVER (PARTITION BY ${hash}))`;
    const { rows } = await sql<Record<string, number>>`
      WITH s AS (
        SELECT *, ${order} AS synth_order FROM ${relationRef(relation)} ORDER BY synth_order LIMIT ${sql.lit(limit)})
      SELECT ${sql.join(picked.length > 0 ? picked : [sql`1 AS v`])} FROM s ORDER BY synth_order`.execute(input.db);
    const columns = byName.map(({ name, kind, value }): NumberSample | CategorySample => {
      const read = (row: Record<string, number>): number => row[value] ?? Number.NaN;
      return kind === 'number'
        ? { kind, name, values: Float64Array.from(rows, read) }
        : { kind, name, codes: Int32Array.from(rows, read), levels: counts.get(value) ?? 0 };
    });
    return { rowCount: rows.length, columns };
  });
}

function levelsOf(
  input: AuditInput,
  frame: Frame,
  { value }: FrameColumn,
): Promise<{ readonly table: RawBuilder<unknown>; readonly count: number }> {
  return frame.memo(`levels:${value}`, async () => {
    const v = sql.id(value);
    const sides = [frame.sides.real, frame.sides.synthetic, ...(frame.sides.holdout ? [frame.sides.holdout] : [])];
    const all = sql.join(
      sides.map((side) => sql`SELECT ${v} AS v FROM ${relationRef(side)}`),
      sql` UNION ALL `,
    );
    const table = relationRef(
      await frame.temporary(
        sql`SELECT v, row_number() OVER (ORDER BY v) - 1 AS code FROM (SELECT DISTINCT v FROM (${all})) AS d WHERE v IS NOT NULL`,
      ),
    );
    const { rows } = await sql<{ n: number }>`SELECT CAST(count(*) AS DOUBLE) AS n FROM ${table}`.execute(input.db);
    return { table, count: Number(rows[0]?.n ?? 0) };
  });
}

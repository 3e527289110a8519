// Rows of one side as typed arrays, for audits that need more than aggregates: neighbours, attacks, models.
import { type RawBuilder, sql } from 'kysely';
import type { AuditInput } from '../core/audit.ts';
import { relationRef } from '../core/sql.ts';
import { type Frame, type FrameColumn, plainValue, type Side } from './frame.ts';
import type { Neighbourhoods } from './neighbourhoods.ts';
import { subjectOf } from './subjects.ts';

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

export type ColumnSample = NumberSample | CategorySample;

export interface RowSample {
  readonly rowCount: number;
  readonly columns: readonly ColumnSample[];
}

/** Rows of people; without a subject each row is a person. */
export interface PeopleSample extends RowSample {
  /** Person of each row, 0, 1, …: rows of one person stand together. */
  readonly owners: Int32Array;
  readonly people: number;
}

/**
 * At most `limit` rows, picked and ordered by a hash of their values: the same ones in every run, whatever the order of
 * rows. Values of categories do not leave the engine.
 * @param among where rows are picked from, if not everywhere
 */
export async function sampleRows(
  input: AuditInput,
  frame: Frame,
  side: Side,
  limit: number,
  seed: number,
  among?: Neighbourhoods,
): Promise<RowSample> {
  return frame.memo(`rows:${side}:${limit}:${seed}:${among?.key}`, async () => {
    const relation = (await frame.sides())[side];
    if (relation === undefined) return { rowCount: 0, columns: [] };
    const picked = sql`SELECT *, ${rowOrder(frame, seed)} AS synth_order FROM ${relationRef(relation)}
      WHERE ${among?.condition ?? sql`true`} ORDER BY synth_order LIMIT ${sql.lit(limit)}`;
    return (await readRows(input, frame, picked)).sample;
  });
}

/**
 * Rows of as many people as fit into `limit` rows, at most `perPerson` of each; people are picked by a hash of their subject,
 * so that one with many rows has no better chance than one with a single row.
 */
export async function samplePeople(
  input: AuditInput,
  frame: Frame,
  side: Side,
  { limit, perPerson, seed }: { readonly limit: number; readonly perPerson: number; readonly seed: number },
  among?: Neighbourhoods,
): Promise<PeopleSample> {
  return frame.memo(`people:${side}:${limit}:${perPerson}:${seed}:${among?.key}`, async () => {
    const relation = input[side];
    const subject = relation === undefined ? undefined : await subjectOf(input, relation);
    if (relation === undefined || subject === undefined) {
      const sample = await sampleRows(input, frame, side, limit, seed, among);
      return {
        ...sample,
        owners: Int32Array.from({ length: sample.rowCount }, (_, row) => row),
        people: sample.rowCount,
      };
    }
    const values = frame.columns.map(({ schema, value }) => sql`${plainValue(schema)} AS ${sql.id(value)}`);
    const picked = sql`
      SELECT * FROM (
        SELECT *, row_number() OVER (PARTITION BY synth_person ORDER BY synth_row) AS synth_nth FROM (
          SELECT *, ${rowOrder(frame, seed)} AS synth_row FROM (
            SELECT ${sql.join([...values, sql`${subject} AS synth_person`])} FROM ${relationRef(relation)}) AS owned
          WHERE ${among?.condition ?? sql`true`}) AS numbered) AS few
      WHERE synth_nth <= ${sql.lit(perPerson)}
      ORDER BY hash(${sql.lit(seed)}, synth_person), synth_person, synth_nth LIMIT ${sql.lit(limit)}`;
    const ranked = sql`SELECT *, dense_rank() OVER (ORDER BY hash(${sql.lit(seed)}, synth_person), synth_person) - 1 AS owner,
      row_number() OVER (ORDER BY hash(${sql.lit(seed)}, synth_person), synth_person, synth_nth) AS synth_order FROM (${picked}) AS picked`;
    const { sample, rows } = await readRows(input, frame, ranked, sql`CAST(owner AS DOUBLE) AS owner`);
    const owners = Int32Array.from(rows, ({ owner }) => owner ?? 0);
    return { ...sample, owners, people: 1 + (owners.at(-1) ?? -1) };
  });
}

/** Equal rows are numbered, or a frequent one would be in a sample with all its copies or not at all. */
function rowOrder(frame: Frame, seed: number): RawBuilder<unknown> {
  const hash = sql`hash(${sql.lit(seed)}, ${sql.join(byName(frame).map(({ value }) => sql.id(value)))})`;
  return sql`hash(${hash}, row_number() OVER (PARTITION BY ${hash}))`;
}

function byName(frame: Frame): readonly FrameColumn[] {
  return [...frame.columns].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @param picked a query that gives the frame's columns and `synth_order` */
async function readRows(
  input: AuditInput,
  frame: Frame,
  picked: RawBuilder<unknown>,
  also?: RawBuilder<unknown>,
): Promise<{ readonly sample: RowSample; readonly rows: readonly Record<string, number>[] }> {
  const ordered = byName(frame);
  const levels = new Map<string, RawBuilder<unknown>>();
  const counts = new Map<string, number>();
  for (const column of ordered.filter(({ kind }) => kind === 'category')) {
    const { table, count } = await levelsOf(input, frame, column);
    levels.set(column.value, table);
    counts.set(column.value, count);
  }
  const values = ordered.map(({ value }) => {
    const list = levels.get(value);
    const v = sql.id(value);
    return list === undefined
      ? sql`CAST(coalesce(${v}, 'nan'::DOUBLE) AS DOUBLE) AS ${v}`
      : sql`CAST(coalesce((SELECT code FROM ${list} AS l WHERE l.v = s.${v}), -1) AS DOUBLE) AS ${v}`;
  });
  const selected = [...values, ...(also === undefined ? [] : [also])];
  const { rows } = await sql<Record<string, number>>`
    WITH s AS (${picked})
    SELECT ${sql.join(selected.length > 0 ? selected : [sql`1 AS v`])} FROM s ORDER BY synth_order`.execute(input.db);
  const columns = ordered.map(({ name, kind, value }): ColumnSample => {
    const read = (row: Record<string, number>): number => row[value] ?? Number.NaN;
    return kind === 'number'
      ? { kind, name, values: Float64Array.from(rows, read) }
      : { kind, name, codes: Int32Array.from(rows, read), levels: counts.get(value) ?? 0 };
  });
  return { sample: { rowCount: rows.length, columns }, rows };
}

/** A table `v → code` of a category's values on all sides, and how many there are. */
export function levelsOf(
  input: AuditInput,
  frame: Frame,
  { value }: FrameColumn,
): Promise<{ readonly table: RawBuilder<unknown>; readonly count: number }> {
  return frame.memo(`levels:${value}`, async () => {
    const v = sql.id(value);
    const { real, synthetic, holdout } = await frame.sides();
    const sides = [real, synthetic, ...(holdout === undefined ? [] : [holdout])];
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

// Rows of a table as sequences: each beside the next row of its subject, with the gap between the two.
import { type RawBuilder, sql } from 'kysely';
import type { AuditInput, Relation, SequenceTarget } from '../core/audit.ts';
import { findOrder } from '../core/event-order.ts';
import type { ColumnSchema } from '../core/schema.ts';
import { columnList, columnRef, relationRef } from '../core/sql.ts';
import { SIZE, SUBJECT } from './clusters.ts';
import { derivedSides } from './derived.ts';
import { type Frame, plainValue } from './frame.ts';
import type { Sizes } from './noise.ts';
import { subjectParts, subjectShare } from './subjects.ts';

export interface Steps {
  /** Rows that have a next one; the columns, those of the next row, and the gap. */
  readonly input: AuditInput;
  /** Positions of a column and of the next row's. */
  readonly pairs: readonly (readonly [number, number])[];
  /** Position of the difference of the order's last column to the next row's; undefined when it is no number or time. */
  readonly gap?: number;
  /** Sequences of two rows or more. */
  readonly n: Sizes;
}

/** The columns that put rows of a sequence in order: as given, else found in the real rows. */
export async function orderOf(input: AuditInput, { by, order }: SequenceTarget): Promise<readonly string[]> {
  if (order !== undefined) return order;
  const found = await findOrder(input.db, input.real, by, input.target.columns);
  return found === undefined ? [] : [found];
}

export async function stepsOf(
  input: AuditInput,
  by: readonly string[],
  order: readonly string[],
  frame: Frame,
): Promise<Steps> {
  const { target } = input;
  const columns = frame.columns.map(({ schema }) => schema);
  const next = columns.map((schema): ColumnSchema => ({ ...schema, name: `next ${schema.name}`, nullable: true }));
  const timed = target.table.columns.find(({ name }) => name === order[0]);
  const gap: ColumnSchema[] =
    timed === undefined ||
    !['integer', 'decimal', 'float', 'wide', 'date', 'time', 'timestamp'].includes(timed.type.kind)
      ? []
      : [{ name: `gap of ${timed.name}`, sqlType: 'DOUBLE', type: { kind: 'float', bits: 64 }, nullable: false }];
  const { input: steps, n } = await derivedSides(input, frame, [...columns, ...next, ...gap], (_, relation, rows) =>
    stepQuery(relation, by, order, columns, next, gap, timed, rows),
  );
  return {
    input: steps,
    pairs: columns.map((_, i): [number, number] => [i, columns.length + i]),
    ...(gap.length > 0 && { gap: 2 * columns.length }),
    n,
  };
}

function stepQuery(
  relation: Relation,
  by: readonly string[],
  order: readonly string[],
  columns: readonly ColumnSchema[],
  next: readonly ColumnSchema[],
  gap: readonly ColumnSchema[],
  timed: ColumnSchema | undefined,
  rows: number,
): RawBuilder<unknown> {
  // Events at one time come in the order of their values, whatever the order of rows.
  const sorted = [...new Set([...order, ...columns.map(({ name }) => name)])];
  const window = sql`PARTITION BY ${columnList(by)}`;
  const selected = [
    ...columns.map(({ name }) => columnRef(name)),
    ...columns.map(({ name }, i) => sql`lead(${columnRef(name)}) OVER steps AS ${columnRef(next[i]?.name ?? name)}`),
    ...gap.map(({ name }) => {
      const value = plainValue(timed as ColumnSchema);
      return sql`lead(${value}) OVER steps - ${value} AS ${columnRef(name)}`;
    }),
    sql`hash(${columnList(by)}) AS ${columnRef(SUBJECT)}`,
    sql`count(*) OVER (${window}) - 1 AS ${columnRef(SIZE)}`,
    sql`row_number() OVER steps AS synth_place`,
  ];
  const owned = sql.join(
    by.map((name) => sql`${columnRef(name)} IS NOT NULL`),
    sql` AND `,
  );
  return sql`SELECT * EXCLUDE (synth_place) FROM (
    SELECT ${sql.join(selected)} FROM ${relationRef(relation)}
    WHERE ${owned} AND hash(${columnList(by)}) % ${sql.lit(subjectParts)} < ${sql.lit(subjectShare(rows))}
    WINDOW steps AS (${window} ORDER BY ${columnList(sorted)})
  ) AS steps_made WHERE synth_place <= ${columnRef(SIZE)}`;
}

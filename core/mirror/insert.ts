// Writes finished rows into their mirror in the order of their numbers.
import { type RawBuilder, sql } from 'kysely';
import type { Relation } from '../audit.ts';
import { columnRef, relationRef } from '../sql.ts';
import { ROW } from './names.ts';

export interface InsertOptions {
  /** Finished rows with their numbers, from 0. */
  readonly from: Relation;
  readonly target: Relation;
  readonly columns: readonly string[];
  readonly rows: number;
  /** Each row is made of one drawn row alone: any range of them costs as much as its rows. */
  readonly alone: boolean;
}

/** Whole row groups of DuckDB's files, which are as large whatever the number of ranges. */
const usualRange = 4 * 122_880;

/** A sort of all rows would take as much memory as they do: where rows stand alone, a range of them is sorted at a time. */
export async function insertInOrder(
  run: (query: RawBuilder<unknown>) => Promise<void>,
  { from, target, columns, rows, alone }: InsertOptions,
  range: number = usualRange,
): Promise<void> {
  const step = alone ? range : Math.max(1, rows);
  const number = columnRef(ROW);
  for (let first = 0; first === 0 || first < rows; first += step) {
    const below = first + step < rows ? sql`and ${number} < ${sql.lit(first + step)}` : sql``;
    await run(sql`insert into ${relationRef(target)} select ${sql.join(columns.map((name) => columnRef(name)))}
      from ${relationRef(from)} where ${number} >= ${sql.lit(first)} ${below} order by ${number}`);
  }
}

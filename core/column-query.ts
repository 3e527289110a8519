// Queries whose answer is wanted as whole columns of doubles and codes: a table of 50,000 rows is then arrays, not objects.
import type { CompiledQuery, RawBuilder } from 'kysely';
import type { Database } from './audit.ts';

/** `number`: the query gives DOUBLEs. `code`: it gives a UBIGINT per value, such as `hash(v)`, and what is wanted is which rows are alike. */
export type ColumnForm = 'number' | 'code';

/** One entry a row. `valid[row] === 0` marks NULL, whose entry is 0; no `valid` means no NULL. */
export type WholeColumn =
  | { readonly kind: 'number'; readonly values: Float64Array; readonly valid?: Uint8Array }
  | {
      readonly kind: 'code';
      /** 0, 1, … in the order of first appearance. */
      readonly codes: Uint32Array;
      /** Per code the two 32-bit words of its UBIGINT, low before high. */
      readonly keys: Uint32Array;
      readonly valid?: Uint8Array;
    };

/** What a workspace's driver looks for in a query that it is given: with `forms` it answers with columns instead of rows. */
export interface ColumnQuery extends CompiledQuery<WholeColumn> {
  readonly forms: readonly ColumnForm[];
  /** Rows that the answer will have: room is made for them at once. It may have others. */
  readonly expected: number;
}

export function isColumnQuery(query: CompiledQuery): query is ColumnQuery {
  return 'forms' in query;
}

/** All columns of a query's answer of some `expected` rows, one form each. Memory: 8 bytes a number, 4 a code. */
export async function readColumns(
  db: Database,
  query: RawBuilder<unknown>,
  forms: readonly ColumnForm[],
  expected: number,
): Promise<readonly WholeColumn[]> {
  const wanted = { ...(query as RawBuilder<WholeColumn>).compile(db), forms, expected };
  return (await db.executeQuery<WholeColumn>(wanted)).rows;
}

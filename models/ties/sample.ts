// The rows of a table that its ties are learnt from, and what columns' functions are there.
import { mix32 } from '../../core/random.ts';
import { evaluate, functionsOf } from './functions.ts';
import type { TieColumn, TieFunction } from './types.ts';

/** Rows that ties are learnt from and judged by; means by level are taken of more. */
export const rowsToLearn = 2000;
export const rowsToJudge = 1500;
const rowsOfSample = 20_000;
/** Where half of the rows have no number, enough are left. */
const rowsWithFunctions = 2 * (rowsToLearn + rowsToJudge);

/** A function that a tie may use, with its values at the first rows of the sample. */
export interface Candidate {
  readonly f: TieFunction;
  readonly values: Float64Array;
}

export interface TieSample {
  readonly k: number;
  readonly columns: readonly TieColumn[];
  readonly candidates: readonly Candidate[];
}

/** The rows that ties are learnt from, in a random order. */
export function rowsForTies(rowCount: number, seed: number): Uint32Array {
  const limit = Math.min(1, rowsOfSample / Math.max(1, rowCount)) * 4294967296;
  const rows = Uint32Array.from({ length: rowCount }, (_, row) => row).filter((row) => mix32(seed ^ row) < limit);
  const places = new Map(Array.from(rows, (row) => [row, mix32(mix32(seed ^ row) + 1)]));
  return rows.sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0) || a - b);
}

/**
 * @param columns at the rows that {@link rowsForTies} gives
 * @param k least number of rows behind anything that a tie holds
 */
export function sampleForTies(columns: readonly TieColumn[], k: number): TieSample {
  return {
    k,
    columns,
    candidates: columns.flatMap((column, at) => functionsOf(column, at, k).map((f) => candidate(f, column))),
  };
}

export function candidate(f: TieFunction, column: TieColumn): Candidate {
  const rows = column.kind === 'number' ? column.values.length : column.codes.length;
  const values = new Float64Array(Math.min(rowsWithFunctions, rows));
  evaluate(f, column, 0, values.length, values);
  return { f, values };
}

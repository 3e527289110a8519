// Questions that point to a single row of the mirror, and questions asked at random: what a singling-out attacker has.
import { sequence } from '../../core/random.ts';
import type { RowSample } from '../rows.ts';
import { matching, type Operator, type Predicate, type SearchedRows } from './predicates.ts';

export type Query = readonly Predicate[];

/** Columns of a multivariate question. */
const width = 3;
/** Rows that are tried for one question in demand, at most. */
const triesPerQuery = 50;

/** A value that one mirror row has, and the ends of numbers: at most `most` of these questions, in a random order. */
export function univariateQueries(sample: RowSample, rows: SearchedRows, most: number, seed: number): readonly Query[] {
  const queries: Query[] = [];
  for (const [column, { kind }] of sample.columns.entries()) {
    const values = rows.values[column] as Float64Array;
    const order = rows.ascending[column] as Int32Array;
    const present = rows.present[column] as number;
    const at = (i: number): number => values[order[i] as number] as number;
    if (order.length - present === 1) queries.push([{ column, operator: 'equal', value: Number.NaN }]);
    for (let i = 0; i < present; i++) {
      const alone = (i === 0 || at(i - 1) !== at(i)) && (i === present - 1 || at(i + 1) !== at(i));
      if (!alone) continue;
      queries.push([{ column, operator: 'equal', value: at(i) }]);
      if (kind !== 'number') continue;
      if (i === 0) queries.push([{ column, operator: 'atMost', value: at(i) }]);
      if (i === present - 1) queries.push([{ column, operator: 'atLeast', value: at(i) }]);
    }
  }
  return shuffled(queries, seed).slice(0, most);
}

/**
 * Of a random mirror row, three random columns: the row's category, or its number and beyond, away from the median. Only
 * questions that no other mirror row answers.
 */
export function multivariateQueries(
  sample: RowSample,
  rows: SearchedRows,
  most: number,
  seed: number,
): readonly Query[] {
  const draw = sequence(seed, 'singling out');
  const columns = Math.min(width, sample.columns.length);
  const medians = rows.ascending.map((order, column) => {
    const middle = ((rows.present[column] as number) - 1) >> 1;
    return middle < 0 ? Number.NaN : (rows.values[column]?.[order[middle] as number] as number);
  });
  const found = new Map<string, Query>();
  for (let tries = 0; found.size < most && tries < most * triesPerQuery && rows.rowCount > 0; tries++) {
    // Coarse columns single nobody out.
    if (found.size === 0 && tries === most) break;
    const row = Math.floor(draw() * rows.rowCount);
    const query = someColumns(sample.columns.length, columns, draw).map((column): Predicate => {
      const value = rows.values[column]?.[row] as number;
      const isOrdered = sample.columns[column]?.kind === 'number' && !Number.isNaN(value);
      const beyond = value > (medians[column] as number) ? 'atLeast' : 'atMost';
      return { column, operator: isOrdered ? beyond : 'equal', value };
    });
    const key = query.map(({ column, operator, value }) => `${column}${operator}${value}`).join();
    if (!found.has(key) && isAnsweredOnce(rows, query)) found.set(key, query);
  }
  return [...found.values()];
}

const operators: readonly Operator[] = ['equal', 'unequal', 'above', 'below', 'atLeast', 'atMost'];

/** Random columns, operators and values of the mirror: what can be asked without looking for single rows. */
export function randomQueries(
  sample: RowSample,
  rows: SearchedRows,
  columns: number,
  most: number,
  seed: number,
): readonly Query[] {
  const draw = sequence(seed, 'random questions');
  const distinct = rows.values.map((values) => [...new Set(values)]);
  return Array.from({ length: rows.rowCount === 0 ? 0 : most }, () =>
    someColumns(sample.columns.length, Math.min(columns, sample.columns.length), draw).map((column): Predicate => {
      const values = distinct[column] as number[];
      const value = values[Math.floor(draw() * values.length)] as number;
      const choice = sample.columns[column]?.kind === 'number' && !Number.isNaN(value) ? operators.length : 2;
      return { column, operator: operators[Math.floor(draw() * choice)] as Operator, value };
    }),
  );
}

function isAnsweredOnce(rows: SearchedRows, query: Query): boolean {
  let count = 0;
  matching(rows, query, () => ++count < 2);
  return count === 1;
}

/** `count` different numbers below `all`, in ascending order. */
function someColumns(all: number, count: number, draw: () => number): readonly number[] {
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(Math.floor(draw() * all));
  return [...chosen].sort((a, b) => a - b);
}

/** In an order that `seed` chooses (R. Durstenfeld 1964). */
function shuffled(queries: Query[], seed: number): readonly Query[] {
  const draw = sequence(seed, 'order of questions');
  for (let i = queries.length - 1; i > 0; i--) {
    const other = Math.floor(draw() * (i + 1));
    [queries[i], queries[other]] = [queries[other] as Query, queries[i] as Query];
  }
  return queries;
}

// One query of the workload, answered by both sides and by random halves of the real tables, as measurements.
import type { Measurement } from '../../core/audit.ts';
import type { ColumnRole } from '../../core/query-shape.ts';
import { gammaQ99 } from '../statistics/normal.ts';
import { type AnswerTable, type Compared, compareAnswers } from './answers.ts';

export interface AnsweredQuery {
  readonly name: string;
  readonly roles?: readonly ColumnRole[];
  readonly keys?: readonly string[];
  /** Also compare the order of the rows. */
  readonly ranked: boolean;
  readonly scale: number;
  readonly real: AnswerTable;
  readonly synthetic: AnswerTable;
  /** The same query on two random halves of the real tables, several times. */
  readonly halves: readonly (readonly [AnswerTable, AnswerTable])[];
  /** Rows of the smallest table that is read. */
  readonly n: Measurement['n'];
}

/** A measurement, and whether it is of the order of the rows. */
export type QueryMeasurement = Measurement & { readonly order: boolean };

/**
 * A measurement per number column, and one for the order. Null: halves of the real tables differ √2 times as much as two whole
 * samples do, so that their mean error, divided by it, is what a fresh draw would show; its spread is that of the replicates
 * or, if greater, of a mean of as many half-normal errors as there are groups.
 */
export function measureQuery(query: AnsweredQuery, floor: number): readonly QueryMeasurement[] {
  const { name, real, synthetic, n, scale } = query;
  const options = {
    floor,
    ...(query.roles === undefined ? {} : { roles: query.roles }),
    ...(query.keys === undefined ? {} : { keys: query.keys }),
  };
  const found = compareAnswers(real, synthetic, { ...options, scale });
  if (typeof found === 'string') return [{ columns: [], name, value: null, reason: found, n, order: false }];
  const nulls = query.halves
    .map(([a, b]) => compareAnswers(a, b, options))
    .filter((half): half is Compared => typeof half !== 'string');
  const groups = `${found.matched} of ${found.matched + found.unmatched} rows are in both answers`;
  const measurements = found.columns.map(({ column, error, groups: effective }): QueryMeasurement => {
    const errors = nulls.flatMap((half) => half.columns.filter((other) => other.column === column));
    return {
      columns: [],
      name: found.columns.length === 1 ? name : `${name}: ${column}`,
      value: error,
      ...(found.unmatched === 0 ? {} : { reason: groups }),
      ...nullOf(
        errors.map((half) => half.error / Math.SQRT2),
        effective,
      ),
      n,
      order: false,
    };
  });
  if (!query.ranked || found.disorder === undefined) return measurements;
  // Ranks have no such law: the halves' own disorder is cautious about blaming.
  const disorders = nulls.flatMap(({ disorder }) => (disorder === undefined ? [] : [disorder]));
  const order = { columns: [], name: `${name}: order`, value: found.disorder, ...nullOf(disorders, 1), n, order: true };
  return [...measurements, order];
}

function nullOf(values: readonly number[], groups: number): Pick<Measurement, 'null'> {
  if (values.length === 0) return {};
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (mean === 0) return { null: { q50: 0, q99: 0 } };
  const seen = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  const variance = Math.max(seen, (mean * mean * (Math.PI / 2 - 1)) / groups);
  return { null: { q50: mean, q99: gammaQ99(mean, variance) } };
}

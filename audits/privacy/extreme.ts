// prv.extreme: the least and greatest number of the mirror are not those of a few real rows.
import { sql } from 'kysely';
import type { Audit, AuditInput, Measurement } from '../../core/audit.ts';
import { relationRef } from '../../core/sql.ts';
import { allReal, frameOf, numberOf } from '../frame.ts';
import { noOptions } from '../options.ts';

export const extremeAudit: Audit<Record<string, never>> = {
  id: 'prv.extreme',
  title: 'The largest and smallest numbers are not those of a single person.',
  unit: 'extremes',
  tier: 'run',
  family: 'privacy',
  scope: 'column',
  needs: ['aggregates'],
  direction: 'zero',
  minRows: 1,
  options: noOptions,
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  /** How many of a column's two extremes equal a real extreme (train and holdout) that fewer than k real rows hold. */
  async run(input: AuditInput): Promise<readonly Measurement[]> {
    const frame = await frameOf(input);
    const { publicColumns, k } = input.target;
    const measurements: Measurement[] = [];
    for (const column of frame.columns) {
      if (column.kind !== 'number' || publicColumns.includes(column.name)) continue;
      const v = sql.id(column.value);
      const value = await numberOf(
        input.db,
        sql`WITH both_parts AS (${allReal(frame, sql`${v} AS v`)}),
        ends AS (SELECT min(v) AS least, max(v) AS greatest FROM both_parts WHERE isfinite(v)),
        held AS (
          SELECT v, count(*) AS m FROM both_parts, ends WHERE v = least OR v = greatest GROUP BY v),
        mirror AS (
          SELECT min(${v}) AS least, max(${v}) AS greatest FROM ${relationRef(frame.sides.synthetic)} WHERE isfinite(${v}))
        SELECT CAST(count(*) AS DOUBLE) AS n FROM held, ends, mirror WHERE held.m < ${k}
          AND ((held.v = ends.least AND mirror.least = held.v) OR (held.v = ends.greatest AND mirror.greatest = held.v))`,
      );
      measurements.push({ columns: [column.name], value, n: frame.n });
    }
    return measurements;
  },
};

// val.range: numbers and dates of the mirror lie between the real table's least and greatest.
import { sql } from 'kysely';
import type { Audit, AuditInput, Measurement } from '../../core/audit.ts';
import { relationRef } from '../../core/sql.ts';
import { allReal, frameOf, numberOf } from '../frame.ts';
import { noOptions } from '../options.ts';

export const rangeAudit: Audit<Record<string, never>> = {
  id: 'val.range',
  title: 'Numbers and dates stay within the range of the real ones.',
  unit: 'rows',
  tier: 'run',
  family: 'validity',
  scope: 'column',
  needs: ['aggregates'],
  direction: 'zero',
  minRows: 1,
  options: noOptions,
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  async run(input: AuditInput): Promise<readonly Measurement[]> {
    const frame = await frameOf(input);
    const measurements: Measurement[] = [];
    for (const column of frame.columns) {
      if (column.kind !== 'number') continue;
      const v = sql.id(column.value);
      // NaN and ±Infinity have no place in a range: each may occur when the real column has it.
      const outside = sql`CASE WHEN isfinite(v) THEN lo IS NULL OR v < lo OR v > hi
        WHEN isnan(v) THEN NOT nans WHEN v > 0 THEN NOT tops ELSE NOT bottoms END`;
      const value = await numberOf(
        input.db,
        sql`SELECT CAST(count(*) AS DOUBLE) AS n
          FROM (SELECT ${v} AS v FROM ${relationRef(frame.sides.synthetic)} WHERE ${v} IS NOT NULL) AS mirror,
            (SELECT min(v) FILTER (isfinite(v)) AS lo, max(v) FILTER (isfinite(v)) AS hi,
              coalesce(bool_or(isnan(v)), false) AS nans,
              coalesce(bool_or(isinf(v) AND v > 0), false) AS tops,
              coalesce(bool_or(isinf(v) AND v < 0), false) AS bottoms
              FROM (${allReal(frame, sql`${v} AS v`)}) AS both_parts) AS real_range
          WHERE ${outside}`,
      );
      measurements.push({ columns: [column.name], value, n: frame.n });
    }
    return measurements;
  },
};

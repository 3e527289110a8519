// val.domain: categories of the mirror are categories of the real table.
import { sql } from 'kysely';
import type { Audit, AuditInput, Measurement } from '../../core/audit.ts';
import { relationRef } from '../../core/sql.ts';
import { allReal, frameOf } from '../frame.ts';
import { noOptions } from '../options.ts';

/** Free text has no list of allowed values: it is checked when this share of its rows has a value that k rows share. */
const closedShare = 0.95;

export const domainAudit: Audit<Record<string, never>> = {
  id: 'val.domain',
  title: 'Categories are the ones that the real table has.',
  unit: 'rows',
  tier: 'run',
  family: 'validity',
  scope: 'column',
  needs: ['aggregates'],
  direction: 'zero',
  minRows: 1,
  options: noOptions,
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  /**
   * Rows of the mirror whose category is not real. In a text column, values that fewer than k real rows share have to be
   * replaced by something: as many rows (plus three standard deviations) may hold a placeholder.
   */
  async run(input: AuditInput): Promise<readonly Measurement[]> {
    const frame = await frameOf(input);
    const { publicColumns, k } = input.target;
    const measurements: Measurement[] = [];
    for (const column of frame.columns) {
      if (column.kind !== 'category' || publicColumns.includes(column.name)) continue;
      const v = sql.id(column.value);
      const { rows } = await sql<{ unknown: number; filled: number; rare: number }>`
        WITH domain AS (SELECT v, count(*) AS m FROM (${allReal(frame, sql`${v} AS v`)}) AS both_parts
          WHERE v IS NOT NULL GROUP BY v)
        SELECT (SELECT CAST(count(*) AS DOUBLE) FROM ${relationRef(frame.sides.synthetic)} AS s
            WHERE ${v} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM domain WHERE domain.v = s.${v})) AS "unknown",
          (SELECT CAST(coalesce(sum(m), 0) AS DOUBLE) FROM domain) AS filled,
          (SELECT CAST(coalesce(sum(m), 0) AS DOUBLE) FROM domain WHERE m < ${k}) AS rare`.execute(input.db);
      const { unknown, filled, rare } = rows[0] ?? { unknown: 0, filled: 0, rare: 0 };
      const text = column.schema.type.kind === 'text' || column.schema.type.kind === 'uuid';
      if (text && rare > (1 - closedShare) * filled) continue;
      const expected = text && filled > 0 ? (rare / filled) * frame.n.synthetic : 0;
      const allowed = Math.ceil(expected + 3 * Math.sqrt(expected));
      measurements.push({ columns: [column.name], value: Math.max(0, unknown - allowed), n: frame.n });
    }
    return measurements;
  },
};

// prv.rare: no category of the mirror is one that fewer than k real rows have.
import { sql } from 'kysely';
import type { Audit, AuditInput, Measurement } from '../../core/audit.ts';
import { relationRef } from '../../core/sql.ts';
import { allReal, frameOf, numberOf } from '../frame.ts';
import { noOptions } from '../options.ts';

export const rareAudit: Audit<Record<string, never>> = {
  id: 'prv.rare',
  title: 'No category points to a group of real rows smaller than k.',
  unit: 'values',
  tier: 'run',
  family: 'privacy',
  scope: 'column',
  needs: ['aggregates'],
  direction: 'zero',
  minRows: 1,
  options: noOptions,
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  /** Distinct mirror values whose count over all real rows, train and holdout, is 1 to k − 1. */
  async run(input: AuditInput): Promise<readonly Measurement[]> {
    const frame = await frameOf(input);
    const { publicColumns, k } = input.target;
    const measurements: Measurement[] = [];
    for (const column of frame.columns) {
      if (column.kind !== 'category' || publicColumns.includes(column.name)) continue;
      const v = sql.id(column.value);
      const value = await numberOf(
        input.db,
        sql`SELECT CAST(count(*) AS DOUBLE) AS n FROM (
          SELECT v FROM (${allReal(frame, sql`${v} AS v`)}) AS both_parts
          WHERE v IS NOT NULL GROUP BY v HAVING count(*) < ${k}) AS rare
        WHERE v IN (SELECT ${v} FROM ${relationRef(frame.sides.synthetic)})`,
      );
      measurements.push({ columns: [column.name], value, n: frame.n });
    }
    return measurements;
  },
};

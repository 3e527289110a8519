// val.domain: categories of the mirror are categories of the real table.
import type { Audit, AuditInput, Measurement } from '../../core/audit.ts';
import { sumOf } from '../categories.ts';
import { scoreCategories } from '../columns.ts';
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
  run: (input: AuditInput): Promise<readonly Measurement[]> =>
    scoreCategories(input, (counts, { name, schema }, { n }) => {
      const { publicColumns, k } = input.target;
      if (publicColumns.includes(name)) return undefined;
      const values = counts.filter(({ missing }) => !missing);
      const filled = sumOf(values, ({ real, holdout }) => real + holdout);
      const rare = sumOf(values, ({ real, holdout }) => (real + holdout < k ? real + holdout : 0));
      const unknown = sumOf(values, ({ real, holdout, synthetic }) => (real + holdout === 0 ? synthetic : 0));
      const text = schema.type.kind === 'text' || schema.type.kind === 'uuid';
      if (text && rare > (1 - closedShare) * filled) return undefined;
      const expected = text && filled > 0 ? (rare / filled) * n.synthetic : 0;
      const allowed = Math.ceil(expected + 3 * Math.sqrt(expected));
      return { value: Math.max(0, unknown - allowed), n };
    }),
};

// prv.rare: no category of the mirror is one that fewer than k real rows have.
import type { Audit, AuditInput, Measurement } from '../../core/audit.ts';
import { sumOf } from '../categories.ts';
import { scoreCategories } from '../columns.ts';
import { noOptions } from '../options.ts';

export const rareAudit: Audit<Record<string, never>> = {
  id: 'prv.rare',
  title: 'No category points to a group of real rows smaller than k.',
  advice: 'Raise k, or give the column a rule: omit(), fake() or pattern().',
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
  run: (input: AuditInput): Promise<readonly Measurement[]> =>
    scoreCategories(input, (counts, { name }, { n }) => {
      const { publicColumns, k } = input.target;
      if (publicColumns.includes(name)) return undefined;
      const held = counts.filter(({ real, holdout, missing }) => !missing && real + holdout > 0 && real + holdout < k);
      return { value: sumOf(held, ({ synthetic }) => (synthetic > 0 ? 1 : 0)), n };
    }),
};

// prv.extreme: the least and greatest number of the mirror are not those of a few real rows.
import type { Audit, AuditInput, Measurement } from '../../core/audit.ts';
import { scoreNumbers } from '../columns.ts';
import { noOptions } from '../options.ts';

export const extremeAudit: Audit<Record<string, never>> = {
  id: 'prv.extreme',
  title: 'The largest and smallest numbers are not those of a single person.',
  advice: 'Raise k, or cap the column in a view of the source.',
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
  run: (input: AuditInput): Promise<readonly Measurement[]> =>
    scoreNumbers(input, ({ heldExtremes }, { name }, { n }) =>
      input.target.publicColumns.includes(name) ? undefined : { value: heldExtremes, n },
    ),
};

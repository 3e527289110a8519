// val.range: numbers and dates of the mirror lie between the real table's least and greatest.
import type { Audit, AuditInput, Measurement } from '../../core/audit.ts';
import { scoreNumbers } from '../columns.ts';
import { noOptions } from '../options.ts';

export const rangeAudit: Audit<Record<string, never>> = {
  id: 'val.range',
  title: 'Numbers and dates stay within the range of the real ones.',
  advice: 'Learn the table again; of two files, give both columns the same unit.',
  unit: 'rows',
  tier: 'run',
  family: 'validity',
  scope: 'column',
  needs: ['aggregates'],
  direction: 'zero',
  minRows: 1,
  options: noOptions,
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  run: (input: AuditInput): Promise<readonly Measurement[]> =>
    scoreNumbers(input, ({ outside }, _, { n }) => ({ value: outside, n })),
};

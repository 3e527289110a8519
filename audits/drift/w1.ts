// drf.w1: the numbers and dates of the source are about as large as when they were learnt.
import type { Audit, AuditInput, Bounds } from '../../core/audit.ts';
import { bounds } from '../options.ts';
import { scoreDrift } from './columns.ts';
import { driftDistance } from './divergence.ts';

export const driftW1Audit: Audit<Bounds> = {
  id: 'drf.w1',
  title: 'The real numbers and dates are about as large as when they were learnt.',
  unit: 'standard deviations',
  tier: 'run',
  family: 'drift',
  scope: 'column',
  needs: ['aggregates', 'history'],
  direction: 'above',
  severity: 'warn',
  minRows: 1000,
  options: bounds(0.1, 0.25),
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  run: (input: AuditInput) =>
    scoreDrift(input, (learnt, today) =>
      learnt.kind === 'number' && today.kind === 'number' ? driftDistance(learnt, today) : undefined,
    ),
};

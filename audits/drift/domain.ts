// drf.domain: the source has no new categories and reaches no further than when it was learnt.
import type { Audit, AuditInput, Bounds } from '../../core/audit.ts';
import { bounds } from '../options.ts';
import { scoreDrift } from './columns.ts';
import { unknownShare } from './divergence.ts';

export const driftDomainAudit: Audit<Bounds> = {
  id: 'drf.domain',
  title: 'The real table has no values that were unknown when it was learnt.',
  unit: 'share of rows',
  tier: 'run',
  family: 'drift',
  scope: 'column',
  needs: ['aggregates', 'history'],
  direction: 'above',
  severity: 'warn',
  minRows: 1000,
  options: bounds(0.01, 0.05),
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  run: (input: AuditInput) => scoreDrift(input, unknownShare),
};

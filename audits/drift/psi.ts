// drf.psi: the source is still distributed as when it was learnt.
import type { Audit, AuditInput, Bounds } from '../../core/audit.ts';
import { bounds } from '../options.ts';
import { scoreDrift } from './columns.ts';
import { stabilityIndex } from './divergence.ts';

export const psiAudit: Audit<Bounds> = {
  id: 'drf.psi',
  title: 'The real table is distributed as when it was learnt.',
  unit: 'PSI',
  tier: 'run',
  family: 'drift',
  scope: 'column',
  needs: ['aggregates', 'history'],
  direction: 'above',
  severity: 'warn',
  minRows: 1000,
  options: bounds(0.1, 0.25),
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  run: (input: AuditInput) => scoreDrift(input, stabilityIndex),
};

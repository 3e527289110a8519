// col.depth: a mirror that was learnt from synthetic rows has enough real ones to learn from.
import type { Audit, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import { countRows } from '../frame.ts';
import { bounds } from '../options.ts';

export const depthAudit: Audit<Bounds> = {
  id: 'col.depth',
  title: 'The mirror was learnt from real rows, or from enough of them.',
  unit: 'share of real rows learnt',
  tier: 'run',
  family: 'collapse',
  scope: 'history',
  needs: ['history'],
  direction: 'below',
  minRows: 0,
  // A loop that learns from α real rows has (1 − α)/(α(2 − α)) of one sampling's variance too much: 1 at α = .38, 2.2 at .2.
  options: bounds(0.38, 0.2),
  applies: ({ reference, lineage }) => !reference && lineage !== undefined,
  async run({ db, target, real, synthetic }: AuditInput): Promise<readonly Measurement[]> {
    const { generation = 1, realShare = 1 } = target.lineage ?? {};
    const n = { real: await countRows(db, real), synthetic: await countRows(db, synthetic), holdout: 0 };
    const reason = generation > 1 ? { reason: `Generation ${generation}, learnt from rows that are synthetic` } : {};
    return [{ columns: [], value: realShare, ...reason, n }];
  },
};

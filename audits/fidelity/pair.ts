// fid.pair: total variation distance of every pair of columns on the real table's edges, above its noise floor.
import type { Audit, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import { excessDistances } from '../excess.ts';
import { frameOf } from '../frame.ts';
import { bounds } from '../options.ts';

export const pairAudit: Audit<Bounds> = {
  id: 'fid.pair',
  title: 'Every two columns go together as they do in the real table.',
  advice:
    'Look at the heat map of the report: if one column is in all pairs, it has many levels rarer than k; group them, lower k, or set severity warn for it (audits.bounds).',
  unit: 'share of rows above noise',
  tier: 'run',
  family: 'fidelity',
  scope: 'pair',
  needs: ['aggregates'],
  direction: 'above',
  minRows: 2000,
  options: bounds(0.05, 0.1),
  applies: ({ reference, columns }) => !reference && columns.length > 1,
  async run(input: AuditInput): Promise<readonly Measurement[]> {
    const { columns } = await frameOf(input);
    return excessDistances(
      input,
      columns.flatMap((_, i) => columns.slice(i + 1).map((__, j) => [i, i + 1 + j])),
    );
  },
};

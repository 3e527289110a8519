// fid.ks: Kolmogorov–Smirnov distance of each numeric or time column.
import type { Audit, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import { distributionOf } from '../distribution.ts';
import { frameOf } from '../frame.ts';
import { noiseFloor } from '../noise.ts';
import { bounds } from '../options.ts';
import { kolmogorovNull } from '../statistics/kolmogorov.ts';

export const ksAudit: Audit<Bounds> = {
  id: 'fid.ks',
  title: 'Each number and date is distributed as in the real table.',
  unit: 'KS distance',
  tier: 'run',
  family: 'fidelity',
  scope: 'column',
  needs: ['aggregates'],
  direction: 'above',
  minRows: 1000,
  options: bounds(0.05, 0.1),
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  async run(input: AuditInput): Promise<readonly Measurement[]> {
    const frame = await frameOf(input);
    const measurements: Measurement[] = [];
    for (const column of frame.columns) {
      if (column.kind !== 'number') continue;
      const { n, ks } = await distributionOf(input.db, frame, column);
      const columns = [column.name];
      if (ks.synthetic === null) measurements.push({ columns, value: null, reason: 'One side has no values.', n });
      else {
        const floor = noiseFloor(kolmogorovNull(n.real, n.synthetic), ks.holdout, n);
        measurements.push({ columns, value: ks.synthetic, null: floor, n });
      }
    }
    return measurements;
  },
};

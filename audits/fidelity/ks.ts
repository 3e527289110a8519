// fid.ks: Kolmogorov–Smirnov distance of each numeric or time column.
import type { Audit, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import { scoreNumbers } from '../columns.ts';
import { noiseFloor } from '../noise.ts';
import { bounds } from '../options.ts';
import { kolmogorovNull, kolmogorovP } from '../statistics/kolmogorov.ts';

export const ksAudit: Audit<Bounds> = {
  id: 'fid.ks',
  title: 'Each number and date is distributed as in the real table.',
  advice:
    'Heaps of rare values are protected by k: with more rows, or a smaller k, more of them is learnt. Severity warn for the column (audits.bounds) lets the rest be published.',
  unit: 'KS distance',
  tier: 'run',
  family: 'fidelity',
  scope: 'column',
  needs: ['aggregates'],
  direction: 'above',
  minRows: 1000,
  options: bounds(0.05, 0.1),
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  run: (input: AuditInput): Promise<readonly Measurement[]> =>
    scoreNumbers(input, ({ n, ks }) => {
      if (ks.synthetic === null) return { value: null, reason: 'One side has no values.', n };
      const analytic = kolmogorovNull(n.real, n.synthetic);
      const floor = noiseFloor(analytic, ks.holdout, n);
      const p = kolmogorovP(ks.synthetic, n.real, n.synthetic, floor.q99 / analytic.q99);
      return { value: ks.synthetic, null: floor, p, n };
    }),
};

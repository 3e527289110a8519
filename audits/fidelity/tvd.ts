// fid.tvd: total variation distance of each categorical column; NULL is a category.
import type { Audit, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import { scoreCategories } from '../columns.ts';
import { noiseFloor } from '../noise.ts';
import { bounds } from '../options.ts';
import { totalVariation } from '../statistics/tvd.ts';

export const tvdAudit: Audit<Bounds> = {
  id: 'fid.tvd',
  title: 'Each category is as frequent as in the real table.',
  advice:
    'Levels rarer than k are drawn as frequent ones: group them in a view of the source, lower k, or set severity warn for this column (audits.bounds).',
  unit: 'share of rows',
  tier: 'run',
  family: 'fidelity',
  scope: 'column',
  needs: ['aggregates'],
  direction: 'above',
  minRows: 1000,
  options: bounds(0.05, 0.1),
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  run: (input: AuditInput): Promise<readonly Measurement[]> =>
    scoreCategories(input, (counts, _, { n }) => {
      const against = totalVariation(counts.map(({ real, synthetic, times }) => ({ a: real, b: synthetic, times })));
      const observed = totalVariation(counts.map(({ real, holdout, times }) => ({ a: real, b: holdout, times })));
      if (against === undefined) return { value: null, reason: 'One side has no rows.', n };
      return { value: against.value, null: noiseFloor(against.null, observed?.value, n), n };
    }),
};

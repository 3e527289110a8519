// col.cover: the mirror reaches over the real range and has the real categories.
import type { Audit, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import { scoreCategories, scoreNumbers } from '../columns.ts';
import type { Reach } from '../distribution.ts';
import { bounds } from '../options.ts';
import { survivalOf } from './survival.ts';

export const coverageAudit: Audit<Bounds> = {
  id: 'col.cover',
  title: 'The mirror covers the range of numbers and the list of categories.',
  unit: 'share covered',
  tier: 'nightly',
  family: 'collapse',
  scope: 'column',
  needs: ['aggregates'],
  direction: 'below',
  minRows: 1000,
  options: bounds(0.9, 0.8),
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  /**
   * Numbers: how much of the way from the k-th least to the k-th greatest real value lies within the mirror's range; null:
   * the reach of a fresh sample of the mirror's size. Categories: share of those with at least k real rows that the mirror has.
   */
  async run(input: AuditInput): Promise<readonly Measurement[]> {
    const { k } = input.target;
    const numbers = await scoreNumbers(input, ({ reach }, _, { n }) => {
      if (n.real < 2 * k) return { value: null, reason: 'There are fewer than 2 k real rows.', n };
      if (reach === null) return { value: null, reason: 'One side has no values.', n };
      // A constant has no range.
      if (reach.real.high <= reach.real.low) return undefined;
      return { value: covered(reach.real, reach.synthetic), null: { q50: 1, q99: covered(reach.real, reach.null) }, n };
    });
    const categories = await scoreCategories(input, (counts, _, { n }) => {
      if (n.synthetic === 0) return { value: null, reason: 'One side has no rows.', n };
      const { wanted, share, null: floor } = survivalOf(counts, n, k);
      return wanted === 0 ? undefined : { value: share, null: floor, n };
    });
    return [...numbers, ...categories];
  },
};

function covered(real: Reach, other: Reach): number {
  const width = real.high - real.low;
  const missed = Math.max(0, other.low - real.low) + Math.max(0, real.high - other.high);
  return Math.max(0, 1 - missed / width);
}

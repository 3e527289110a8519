// col.rare: rare categories, the first that a collapsing generator loses, are still in the mirror.
import { z } from 'zod';
import type { Audit, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import { categoryCounts } from '../categories.ts';
import { distributionOf } from '../distribution.ts';
import { frameOf } from '../frame.ts';
import { boundsShape } from '../options.ts';
import { survivalOf } from './survival.ts';

interface RareOptions extends Bounds {
  /** Categories with fewer real rows are not looked for, nor those below k. */
  readonly least: number;
  /** Categories with a greater share of the real rows are not rare: other audits see them go. */
  readonly below: number;
}

/** Numbers with at most so many different values are codes of categories. */
const codeValues = 50;

export const rareSurvivalAudit: Audit<RareOptions> = {
  id: 'col.rare',
  title: 'Rare categories have not vanished.',
  unit: 'share of rare categories',
  tier: 'nightly',
  family: 'collapse',
  scope: 'column',
  needs: ['aggregates'],
  direction: 'below',
  minRows: 1000,
  options: z.strictObject({
    ...boundsShape(0.95, 0.95),
    least: z.number().int().positive().default(10),
    below: z.number().gt(0).max(1).default(0.05),
  }),
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  /** A generator pools what fewer than k of its rows have: these it cannot keep, and they are left out. */
  async run(input: AuditInput, { least, below }: RareOptions): Promise<readonly Measurement[]> {
    const frame = await frameOf(input);
    const { n } = frame;
    const measurements: Measurement[] = [];
    if (n.synthetic === 0) return [];
    for (const column of frame.columns) {
      if (column.kind === 'number') {
        const { distinct } = await distributionOf(input, frame, column);
        if (distinct > codeValues) continue;
      }
      const counts = await categoryCounts(input, frame, column);
      const survival = survivalOf(counts, n, Math.max(least, input.target.k), below * n.real);
      if (survival.wanted === 0) continue;
      measurements.push({ columns: [column.name], value: survival.share, null: survival.null, n });
    }
    return measurements;
  },
};

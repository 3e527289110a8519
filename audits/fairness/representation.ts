// fair.repr: every group of people has its real share of the rows.
import { z } from 'zod';
import type { Audit, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import { frameOf } from '../frame.ts';
import { bandShape } from '../options.ts';
import { countGroups, groupColumns, groupsOption, leastGroup, noGroups } from './groups.ts';
import { percent, worstRatio } from './worst-ratio.ts';

export interface GroupOptions extends Bounds {
  /** Columns whose values are groups; by default those whose names say so. */
  readonly groups?: readonly string[] | undefined;
}

export const representationAudit: Audit<GroupOptions> = {
  id: 'fair.repr',
  title: 'Every group of people has its share of the rows.',
  unit: 'times the real share',
  tier: 'nightly',
  family: 'fairness',
  scope: 'column',
  needs: ['aggregates'],
  direction: 'outside',
  minRows: 100,
  options: z.strictObject({ ...bandShape([0.9, 1.11], [0.8, 1.25]), groups: groupsOption }),
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  /** Per column of groups the one whose share is furthest off, among those with 100 real rows. */
  async run(input: AuditInput, options: GroupOptions): Promise<readonly Measurement[]> {
    const frame = await frameOf(input);
    const { n } = frame;
    const groups = groupColumns(frame, 'fair.repr', options.groups);
    if (groups.length === 0) return [{ columns: [], value: null, reason: noGroups, n }];
    const measurements: Measurement[] = [];
    for (const group of groups) {
      const { rows, labels } = await countGroups(input, frame, group);
      const pairs = labels.flat().map(({ rows: own }) => ({ hits: own, rows }));
      const worst = worstRatio(pairs, ({ hits }) => `A group with ${percent(hits.real / rows.real)} of the real rows`);
      const nothing = { value: null, reason: `No group has ${leastGroup} real rows.` };
      measurements.push({ columns: [group.name], ...(worst ?? nothing), n });
    }
    return measurements;
  },
};

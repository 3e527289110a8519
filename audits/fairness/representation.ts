// fair.repr: every group of people has its real share of the rows.
import { z } from 'zod';
import type { Audit, AuditInput, Measurement } from '../../core/audit.ts';
import { bandShape } from '../options.ts';
import { type GroupOptions, groupAudit, groupsOption, scoreGroups } from './grouped.ts';
import { leastGroup } from './groups.ts';
import { percent, worstRatio } from './worst-ratio.ts';

export const representationAudit: Audit<GroupOptions> = {
  ...groupAudit,
  id: 'fair.repr',
  title: 'Every group of people has its share of the rows.',
  unit: 'times the real share',
  direction: 'outside',
  options: z.strictObject({ ...bandShape([0.9, 1.11], [0.8, 1.25]), groups: groupsOption }),
  /** Per column of groups the one whose share is furthest off, among those with 100 real rows. */
  run: (input: AuditInput, options: GroupOptions): Promise<readonly Measurement[]> =>
    scoreGroups(input, { id: 'fair.repr', labels: false }, options, ({ rows, labels }) => {
      const pairs = labels.flat().map(({ rows: own }) => ({ hits: own, rows }));
      const worst = worstRatio(pairs, ({ hits }) => `A group with ${percent(hits.real / rows.real)} of the real rows`);
      return worst ?? { value: null, reason: `No group has ${leastGroup} real rows.` };
    }),
};

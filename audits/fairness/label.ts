// fair.label: every group of people has each label as often as in the real table.
import { z } from 'zod';
import type { Audit, AuditInput, Measurement } from '../../core/audit.ts';
import { bandShape } from '../options.ts';
import { type GroupOptions, groupsOption, outcomeAudit, scoreGroups } from './grouped.ts';
import { leastGroup } from './groups.ts';
import { percent, worstRatio } from './worst-ratio.ts';

export const labelAudit: Audit<GroupOptions> = {
  ...outcomeAudit,
  id: 'fair.label',
  title: 'Every group of people has the outcome as often as in the real table.',
  unit: 'times the real rate',
  direction: 'outside',
  options: z.strictObject({ ...bandShape([0.9, 1.11], [0.8, 1.25]), groups: groupsOption }),
  /** Per column of groups the group and label whose rate is furthest off, among groups with 100 real rows. */
  run: (input: AuditInput, options: GroupOptions): Promise<readonly Measurement[]> =>
    scoreGroups(input, { id: 'fair.label', labels: true }, options, ({ rows: all, labels }) => {
      const pairs = labels.flat().map(({ rows, labelled }) => ({ hits: labelled, rows }));
      const worst = worstRatio(pairs, ({ hits, rows }) => {
        const rate = `${percent(hits.synthetic / rows.synthetic)} instead of ${percent(hits.real / rows.real)}`;
        return `A group with ${percent(rows.real / all.real)} of the real rows has it in ${rate} of them`;
      });
      return worst ?? { value: null, reason: `No group of ${leastGroup} real rows has ten with one outcome.` };
    }),
};

// fair.label: every group of people has each label as often as in the real table.
import { z } from 'zod';
import type { Audit, AuditInput, Measurement } from '../../core/audit.ts';
import { frameOf } from '../frame.ts';
import { bandShape } from '../options.ts';
import { countGroups, groupColumns, groupsOption, leastGroup, noGroups } from './groups.ts';
import type { GroupOptions } from './representation.ts';
import { percent, worstRatio } from './worst-ratio.ts';

export const labelAudit: Audit<GroupOptions> = {
  id: 'fair.label',
  title: 'Every group of people has the outcome as often as in the real table.',
  unit: 'times the real rate',
  tier: 'nightly',
  family: 'fairness',
  scope: 'column',
  needs: ['aggregates'],
  direction: 'outside',
  minRows: 100,
  options: z.strictObject({ ...bandShape([0.9, 1.11], [0.8, 1.25]), groups: groupsOption }),
  applies: ({ reference, columns, target }) => !reference && columns.some(({ name }) => name === target),
  /** Per column of groups the group and label whose rate is furthest off, among groups with 100 real rows. */
  async run(input: AuditInput, options: GroupOptions): Promise<readonly Measurement[]> {
    const frame = await frameOf(input);
    const { n } = frame;
    const { target } = input.target;
    const label = frame.columns.find(({ name }) => name === target);
    if (label === undefined) return [{ columns: [], value: null, reason: 'The mirror has no target.', n }];
    const groups = groupColumns(frame, 'fair.label', options.groups, target);
    if (groups.length === 0) return [{ columns: [], value: null, reason: noGroups, n }];
    const measurements: Measurement[] = [];
    for (const group of groups) {
      const { rows: all, labels } = await countGroups(input, frame, group, label);
      const pairs = labels.flat().map(({ rows, labelled }) => ({ hits: labelled, rows }));
      const worst = worstRatio(pairs, ({ hits, rows }) => {
        const rate = `${percent(hits.synthetic / rows.synthetic)} instead of ${percent(hits.real / rows.real)}`;
        return `A group with ${percent(rows.real / all.real)} of the real rows has it in ${rate} of them`;
      });
      const nothing = { value: null, reason: `No group of ${leastGroup} real rows has ten with one outcome.` };
      measurements.push({ columns: [group.name, label.name], ...(worst ?? nothing), n });
    }
    return measurements;
  },
};

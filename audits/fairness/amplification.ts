// fair.amp: the mirror does not make the differences between groups larger than they are.
import { z } from 'zod';
import type { Audit, AuditInput, Measurement } from '../../core/audit.ts';
import { frameOf } from '../frame.ts';
import type { Sizes } from '../noise.ts';
import { Z975 } from '../statistics/normal.ts';
import { scaledToSize } from '../statistics/proportion.ts';
import { countGroups, type GroupRows, groupColumns, groupsOption, leastGroup, noGroups } from './groups.ts';
import type { GroupOptions } from './representation.ts';
import { percent, worstOf, worstP } from './worst-ratio.ts';

export const amplificationAudit: Audit<GroupOptions> = {
  id: 'fair.amp',
  title: 'Differences between groups are not larger in the mirror than they are.',
  unit: 'difference of rates added',
  tier: 'nightly',
  family: 'fairness',
  scope: 'column',
  needs: ['aggregates'],
  direction: 'above',
  minRows: 100,
  options: z.strictObject({
    warnAt: z.number().nullable().default(0.02),
    failAt: z.number().nullable().default(0.05),
    groups: groupsOption,
  }),
  applies: ({ reference, columns, target }) => !reference && columns.some(({ name }) => name === target),
  /**
   * Per column of groups the largest growth of |P(label | group) − P(label)| from the real table to the mirror (bias
   * amplification as in Zhao et al. 2017, per group and label). Noise: that of the group's rate, for the worst of so many.
   */
  async run(input: AuditInput, options: GroupOptions): Promise<readonly Measurement[]> {
    const frame = await frameOf(input);
    const { n } = frame;
    const { target } = input.target;
    const label = frame.columns.find(({ name }) => name === target);
    if (label === undefined) return [{ columns: [], value: null, reason: 'The mirror has no target.', n }];
    const groups = groupColumns(frame, 'fair.amp', options.groups, target);
    if (groups.length === 0) return [{ columns: [], value: null, reason: noGroups, n }];
    const measurements: Measurement[] = [];
    for (const group of groups) {
      const { rows, labels } = await countGroups(input, frame, group, label);
      const worst = worstGrowth(labels, rows);
      const nothing = { value: null, reason: `Fewer than two groups have ${leastGroup} rows on both sides.` };
      measurements.push({ columns: [group.name, label.name], ...(worst ?? nothing), n });
    }
    return measurements;
  },
};

function worstGrowth(
  labels: readonly (readonly GroupRows[])[],
  all: Sizes,
): Pick<Measurement, 'value' | 'reason' | 'null' | 'p' | 'ci'> | undefined {
  const tests = 2 * labels.flat().length;
  const z = worstOf(tests);
  let worst: { growth: number; reach: number; error: number; share: number } | undefined;
  for (const groups of labels) {
    const usable = groups.filter(({ rows }) => rows.synthetic >= leastGroup);
    if (usable.length < 2) continue;
    const rate = (side: keyof Sizes): number =>
      groups.reduce((sum, { labelled }) => sum + labelled[side], 0) /
      Math.max(
        1,
        groups.reduce((sum, { rows }) => sum + rows[side], 0),
      );
    const overall = { real: rate('real'), synthetic: rate('synthetic'), holdout: rate('holdout') };
    for (const { rows, labelled } of usable) {
      const gap = (side: keyof Sizes): number => Math.abs(labelled[side] / rows[side] - overall[side]);
      const growth = gap('synthetic') - gap('real');
      const pooled = (labelled.real + labelled.synthetic) / (rows.real + rows.synthetic);
      const error = Math.sqrt(pooled * (1 - pooled) * (1 / rows.real + 1 / rows.synthetic));
      const seen =
        rows.holdout < leastGroup
          ? 0
          : scaledToSize(Math.abs(gap('holdout') - gap('real')), rows.real, rows.synthetic, rows.holdout);
      const reach = Math.max(z * error, seen);
      if (worst === undefined || growth - reach > worst.growth - worst.reach) {
        worst = { growth, reach, error, share: rows.real / all.real };
      }
    }
  }
  if (worst === undefined) return undefined;
  const { growth, reach, error, share } = worst;
  return {
    value: growth,
    reason: `A group with ${percent(share)} of the real rows`,
    null: { q50: 0, q99: reach },
    p: worstP(growth, reach, tests),
    ci: { low: growth - Z975 * error, high: growth + Z975 * error, method: 'normal' },
  };
}

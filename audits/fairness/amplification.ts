// fair.amp: the mirror does not make the differences between groups larger than they are.
import { z } from 'zod';
import type { Audit, AuditInput, Measurement } from '../../core/audit.ts';
import type { Sizes } from '../noise.ts';
import { boundsShape } from '../options.ts';
import { Z975 } from '../statistics/normal.ts';
import { scaledToSize } from '../statistics/proportion.ts';
import { type GroupOptions, groupsOption, outcomeAudit, scoreGroups } from './grouped.ts';
import { type GroupRows, leastGroup } from './groups.ts';
import { percent, worstOf, worstP } from './worst-ratio.ts';

export const amplificationAudit: Audit<GroupOptions> = {
  ...outcomeAudit,
  id: 'fair.amp',
  title: 'Differences between groups are not larger in the mirror than they are.',
  unit: 'difference of rates added',
  direction: 'above',
  options: z.strictObject({
    ...boundsShape(0.02, 0.05),
    groups: groupsOption,
  }),
  /**
   * Per column of groups the largest growth of |P(label | group) − P(label)| from the real table to the mirror (bias
   * amplification as in Zhao et al. 2017, per group and label). Noise: that of the group's rate, for the worst of so many.
   */
  run: (input: AuditInput, options: GroupOptions): Promise<readonly Measurement[]> =>
    scoreGroups(
      input,
      { id: 'fair.amp', labels: true },
      options,
      ({ rows, labels }) =>
        worstGrowth(labels, rows) ?? {
          value: null,
          reason: `Fewer than two groups have ${leastGroup} rows on both sides.`,
        },
    ),
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

// utl.label_efficiency: a model that is pre-trained on the mirror is no worse than one that knows a few real labels alone.
import { z } from 'zod';
import type { Audit, Bounds, Measurement } from '../../core/audit.ts';
import { labelCurve, labelSavings, type Savings } from '../../models/downstream/index.ts';
import { metrics } from '../../models/metrics/index.ts';
import { boundsShape } from '../options.ts';
import { signFlipP } from '../statistics/sign-flip.ts';
import { aboutTarget, learnableSides, noRows, targetColumns, undecided } from './learnable.ts';

export interface LabelEfficiencyOptions extends Bounds {
  /** Numbers of real labels; those that there are fewer rows for are left out. */
  readonly labels: readonly number[];
  /** Times that labels are drawn for each number. */
  readonly draws: number;
}

export const labelEfficiencyAudit: Audit<LabelEfficiencyOptions> = {
  ...aboutTarget,
  id: 'utl.label_efficiency',
  title: 'Pre-training a model on the mirror saves real labels, and does no harm.',
  unit: 'gained by pre-training (AUC or R²)',
  tier: 'release',
  direction: 'below',
  options: z.strictObject({
    ...boundsShape(0, -0.01),
    labels: z.array(z.number().int().min(2)).min(1).default([10, 30, 100, 300, 1000, 3000]),
    draws: z.number().int().min(7).max(16).default(10),
  }),
  /**
   * Per number of labels: the score on the holdout of boosted trees that go on from those of the mirror, less that of trees
   * that learnt from the labels alone; mean over draws of the labels. p: sign flips of the draws; interval: bootstrap of them.
   */
  async run(input, { labels, draws }, { seed, signal }): Promise<readonly Measurement[]> {
    const sides = await learnableSides(input, seed);
    if (typeof sides === 'string') return [undecided(input, sides, noRows)];
    const { real, mirror, test, task, metric, n } = sides;
    signal.throwIfAborted();
    const counts = [...new Set(labels)].filter((k) => k < n.real).sort((a, b) => a - b);
    if (counts.length === 0) return [undecided(input, 'There are fewer real rows than labels to draw.', n)];
    const points = labelCurve({ synthetic: mirror, real, test, task, metric, labels: counts, draws, seed });
    if (points === null) return [undecided(input, `${metric} is not defined on the held-out rows.`, n)];
    const sign = metrics[metric].better === 'more' ? 1 : -1;
    return labelSavings(points, metric, seed).map((point, i): Measurement => {
      const { alone = [], tuned = [] } = points[i] ?? {};
      const gains = tuned.map((value, draw) => sign * (value - (alone[draw] as number)));
      return {
        columns: targetColumns(input),
        name: `${point.labels} labels`,
        value: point.gain.value,
        reason: saved(point),
        p: signFlipP(gains),
        ci: { low: point.gain.low, high: point.gain.high, method: 'bootstrap of the draws, 95 %' },
        n,
      };
    });
  },
};

function saved({ saved: { value, low, open } }: Savings): string {
  if (low <= 0) return 'No saving of labels is shown';
  return `It is worth ${open ? 'at least ' : ''}${value} more labels`;
}

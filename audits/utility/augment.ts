// utl.augment: whether real rows and the mirror together make a better model than the real rows alone. It only reports.
import type { Audit, Bounds, Measurement } from '../../core/audit.ts';
import { boosting, joinRows } from '../../models/downstream/index.ts';
import { pairedBootstrap } from '../../models/metrics/index.ts';
import {
  aboutTarget,
  learnableSides,
  noRows,
  reportedOnly,
  sideModels,
  targetColumns,
  undecided,
} from './learnable.ts';

export const augmentAudit: Audit<Bounds> = {
  ...aboutTarget,
  id: 'utl.augment',
  title: 'Rows of the mirror, added to the real ones, make a model better.',
  unit: 'gained (AUC or R²)',
  tier: 'release',
  severity: 'warn',
  direction: 'below',
  options: reportedOnly,
  /** Score of boosted trees that learnt from real rows and the mirror less that of real rows alone, on the holdout. */
  async run(input, _, { seed, signal }): Promise<readonly Measurement[]> {
    const sides = await learnableSides(input, seed);
    if (typeof sides === 'string') return [undecided(input, sides, noRows)];
    const { real, mirror, test, task, metric, n } = sides;
    const { byReal } = await sideModels(input, sides, seed, signal);
    const both = joinRows(real, mirror);
    const byBoth = boosting().learn(both.features, both.target, task, seed);
    const paired = pairedBootstrap(metric, byReal(test.features), byBoth(test.features), test.target, seed);
    if (paired === null) return [undecided(input, `${metric} is not defined on the held-out rows.`, n)];
    const { gain, low, high } = paired;
    const ci = { low, high, method: 'paired bootstrap of the held-out rows, 98 %' };
    const reason = low > 0 ? 'A benefit is shown' : high < 0 ? 'Harm is shown' : 'No benefit is shown';
    return [{ columns: targetColumns(input), value: gain, reason, ci, n }];
  },
};

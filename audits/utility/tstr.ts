// utl.tstr: a model that learnt from the mirror predicts real rows as well as one that learnt from real rows.
import type { Audit, Bounds, Measurement } from '../../core/audit.ts';
import { pairedBootstrap, score } from '../../models/metrics/index.ts';
import { bounds } from '../options.ts';
import { aboutTarget, learnableSides, noRows, sideModels, targetColumns, undecided } from './learnable.ts';

/** Student's t with four degrees of freedom, one-sided 99 %: the mean is known to be 0. */
const t99 = 3.746947387979197;

export const tstrAudit: Audit<Bounds> = {
  ...aboutTarget,
  id: 'utl.tstr',
  title: 'A model that learnt from the mirror predicts real rows as well as one that learnt from real rows.',
  unit: 'gained over real rows (AUC or R²)',
  tier: 'nightly',
  direction: 'below',
  options: bounds(-0.02, -0.05),
  /**
   * Score of boosted trees that learnt from the mirror less that of those that learnt from as many real rows, both on
   * the holdout (TSTR − TRTR: Esteban, Hyland and Rätsch 2017): AUC, its mean over classes against all others, or R².
   * Null: the same for models of disjoint halves of the real rows, whose variance is 4/n against 1/n + 1/m.
   */
  async run(input, _, { seed, signal }): Promise<readonly Measurement[]> {
    const sides = await learnableSides(input, seed);
    if (typeof sides === 'string') return [undecided(input, sides, noRows)];
    const { test, metric, n } = sides;
    const { byReal, byMirror, halves } = await sideModels(input, sides, seed, signal);
    const [real, mirror] = [byReal(test.features), byMirror(test.features)];
    const paired = pairedBootstrap(metric, real, mirror, test.target, seed);
    if (paired === null) return [undecided(input, `${metric} is not defined on the held-out rows.`, n)];
    const differences = halves.map(([one, other]) => {
      const scores = [one, other].map((predict) => score(metric, predict(test.features), test.target) ?? 0);
      return (scores[0] as number) - (scores[1] as number);
    });
    const variance = differences.reduce((sum, difference) => sum + difference ** 2, 0) / differences.length;
    const sd = Math.sqrt((variance / 4) * (1 + n.real / n.synthetic));
    const { gain, low, high } = paired;
    return [
      {
        columns: targetColumns(input),
        value: gain,
        null: { q50: 0, q99: -t99 * sd },
        ci: { low, high, method: 'paired bootstrap of the held-out rows, 98 %' },
        n,
      },
    ];
  },
};

// utl.importance: a model that learnt from the mirror goes by the same columns as one that learnt from real rows.
import type { Audit, Bounds, Measurement } from '../../core/audit.ts';
import type { Predict } from '../../core/downstream.ts';
import { permutationImportances, pickLabelled } from '../../models/downstream/index.ts';
import { bounds } from '../options.ts';
import { correlate, midRanks, standardise } from '../statistics/correlation.ts';
import { aboutTarget, learnableSides, noRows, sideModels, targetColumns, undecided } from './learnable.ts';

/** Rows that are shuffled; more would only take longer. */
const mostRows = 2000;
/** Losses of AUC or R² up to this are none: their order is chance. */
const floor = 0.001;
/** With fewer columns, an order has too few values. */
const leastColumns = 4;
/** Student's t with three degrees of freedom, one-sided 99 %, for the next of four. */
const t99 = 4.540702858568132 * Math.sqrt(1 + 1 / 4);

export const importanceAudit: Audit<Bounds> = {
  ...aboutTarget,
  id: 'utl.importance',
  title: 'What a model learns from the mirror rests on the same columns as what it learns from real rows.',
  unit: 'rank correlation',
  tier: 'nightly',
  direction: 'below',
  options: bounds(0.8, 0.6),
  /**
   * Spearman's correlation of the two models' permutation importances on held-out rows (Breiman 2001), losses below .001
   * being ties. Null: that of models of disjoint halves of the real rows.
   */
  async run(input, _, { seed, signal }): Promise<readonly Measurement[]> {
    const sides = await learnableSides(input, seed);
    if (typeof sides === 'string') return [undecided(input, sides, noRows)];
    const { test, metric, n } = sides;
    const columns = test.features.columns.length;
    if (columns < leastColumns) {
      return [
        undecided(input, `At least ${leastColumns} columns beside the target are needed, there are ${columns}.`, n),
      ];
    }
    const { byReal, byMirror, halves } = await sideModels(input, sides, seed, signal);
    const index = Uint32Array.from({ length: Math.min(mostRows, test.target.length) }, (_row, i) => i);
    const rows = pickLabelled(test, index);
    const importances = (predict: Predict): Float64Array => {
      signal.throwIfAborted();
      const losses = permutationImportances(predict, rows, metric, seed, 2) ?? new Float64Array(columns);
      return losses.map((loss) => (loss <= floor ? 0 : loss));
    };
    const real = importances(byReal);
    if (real.every((loss) => loss === 0))
      return [undecided(input, 'No column matters to the model of the real rows.', n)];
    const byHalves = halves.map(([one, other]) => spearman(importances(one), importances(other)));
    const mean = byHalves.reduce((sum, rho) => sum + rho, 0) / byHalves.length;
    const variance = byHalves.reduce((sum, rho) => sum + (rho - mean) ** 2, 0) / (byHalves.length - 1);
    return [
      {
        columns: targetColumns(input),
        value: spearman(real, importances(byMirror)),
        null: { q50: mean, q99: Math.max(-1, mean - t99 * Math.sqrt(variance)) },
        n,
      },
    ];
  },
};

/** 0 when one side does not vary: a mirror in which nothing matters agrees with nothing. */
function spearman(x: Float64Array, y: Float64Array): number {
  return correlate(standardise(midRanks(x)), standardise(midRanks(y)))?.r ?? 0;
}

// What a synthetic table is worth in labels: much when it says the same, nothing when it says nothing, and harm when it lies.
import assert from 'node:assert/strict';
import { sequence } from '../../../core/random.ts';
import {
  type LabelledRows,
  type LearnerName,
  labelCurve,
  labelSavings,
  type Savings,
} from '../../../models/downstream/index.ts';

function rows(n: number, seed: number, label: (x: number, z: number, chance: number) => boolean): LabelledRows {
  const next = sequence(seed, 'rows');
  const x = Float64Array.from({ length: n }, () => next());
  const z = Float64Array.from({ length: n }, () => next());
  return {
    features: {
      rowCount: n,
      columns: [
        { kind: 'number', name: 'x', values: x },
        { kind: 'number', name: 'z', values: z },
      ],
    },
    target: x.map((value, i) => (label(value, z[i] as number, next()) ? 1 : 0)),
  };
}

const truth = (x: number, z: number, chance: number): boolean => x + z + 0.4 * chance > 1.2;
const real = rows(400, 1, truth);
const test = rows(500, 2, truth);

function savings(synthetic: LabelledRows, learner: LearnerName = 'boosting'): readonly Savings[] {
  const points = labelCurve({
    ...{ synthetic, real, test, task: { kind: 'binary' }, metric: 'auc' },
    ...{ labels: [10, 50, 400], draws: 10, seed: 1, learner },
  });
  assert.ok(points !== null);
  assert.deepEqual(
    points.map(({ alone }) => alone.length),
    [10, 10, 1],
  );
  return labelSavings(points, 'auc', 1);
}

describe('label savings', () => {
  it('are many with few labels when the synthetic table tells the truth', () => {
    const [few, some, all] = savings(rows(1000, 3, truth)) as [Savings, Savings, Savings];
    assert.ok(
      few.gain.low > 0.05 && few.gain.low <= few.gain.value && few.gain.value <= few.gain.high,
      JSON.stringify(few),
    );
    assert.ok(few.saved.low > 30, JSON.stringify(few.saved));
    assert.ok(few.gain.value > some.gain.value && some.gain.value > all.gain.value);
  });

  it('are many for linear models, too, which stay near the weights of the synthetic table', () => {
    const [few, , all] = savings(rows(1000, 3, truth), 'linear') as [Savings, Savings, Savings];
    assert.ok(few.gain.low > 0.01 && few.saved.low > 0, JSON.stringify(few));
    assert.ok(Math.abs(all.gain.value) < 0.02, JSON.stringify(all));
  });

  it('are negative, and shown to be, when it lies', () => {
    const [, , all] = savings(rows(1000, 3, (x, z, chance) => !truth(x, z, chance))) as [Savings, Savings, Savings];
    assert.ok(all.gain.high < 0, JSON.stringify(all));
  });

  it('are read off the curve of real labels, and open where it ends', () => {
    const points = [
      { labels: 10, alone: [0.6], tuned: [0.8] },
      { labels: 100, alone: [0.7], tuned: [0.9] },
      { labels: 1000, alone: [0.8], tuned: [0.8] },
    ];
    const found = labelSavings(points, 'auc', 1).map(({ saved }) => [saved.value, saved.open]);
    assert.deepEqual(found, [
      [990, false],
      [900, true],
      [0, false],
    ]);
    const [half] = labelSavings(
      [
        { labels: 10, alone: [3], tuned: [2] },
        { labels: 1000, alone: [1], tuned: [1] },
      ],
      'rmse',
      1,
    );
    assert.deepEqual([half?.saved.value, half?.gain.value], [90, 1]);
  });
});

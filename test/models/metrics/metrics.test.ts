// Metrics by hand, the paired bootstrap, and boosting() as a downstream model.
import assert from 'node:assert/strict';
import { sequence } from '../../../core/random.ts';
import { boosting, labelled, taskOf } from '../../../models/downstream/index.ts';
import { type metrics, pairedBootstrap, score } from '../../../models/metrics/index.ts';

const of = (...values: readonly number[]): Float64Array => Float64Array.from(values);

describe('downstream metrics', () => {
  const cases: readonly [keyof typeof metrics, Float64Array, Float64Array, number | null][] = [
    ['auc', of(0.1, 0.4, 0.35, 0.8), of(0, 0, 1, 1), 0.75],
    ['auc', of(0.5, 0.5, 0.5), of(0, 1, 1), 0.5],
    ['auc', of(0.5, 0.5), of(1, 1), null],
    ['macro_auc', of(0.6, 0.3, 0.1, 0.2, 0.5, 0.3, 0.2, 0.3, 0.5, 0.3, 0.4, 0.3), of(0, 1, 2, 0), (1 + 1 + 1) / 3],
    ['macro_auc', of(0.1, 0.9, 0, 0.3, 0.7, 0), of(0, 1), 0],
    ['macro_auc', of(0.2, 0.8, 0.5, 0.5), of(1, 1), null],
    ['accuracy', of(0.2, 0.7, 0.9), of(0, 0, 1), 2 / 3],
    ['accuracy', of(0.1, 0.7, 0.2, 0.5, 0.2, 0.3), of(1, 2), 0.5],
    ['logloss', of(0.25, 0.5), of(1, 0), (Math.log(4) + Math.log(2)) / 2],
    ['logloss', of(0.1, 0.7, 0.2), of(1), -Math.log(0.7)],
    ['rmse', of(1, 3), of(2, 5), Math.sqrt(2.5)],
    ['mae', of(1, 3), of(2, 5), 1.5],
    ['r2', of(1, 2, 3), of(1, 2, 3), 1],
    ['r2', of(1, 2), of(4, 4), null],
  ];
  for (const [name, predicted, target, expected] of cases) {
    it(`${name} of ${predicted.join(' ')} for ${target.join(' ')}`, () => {
      const found = score(name, predicted, target);
      if (expected === null) assert.equal(found, null);
      else assert.ok(Math.abs((found ?? Number.NaN) - expected) < 1e-12, String(found));
    });
  }

  it('are compared on the same resampled rows, whichever way they point', () => {
    const next = sequence(1, 'test');
    const target = Float64Array.from({ length: 400 }, () => (next() < 0.4 ? 1 : 0));
    const good = target.map((y) => y + next());
    const poor = target.map((y) => y + 6 * next());
    const better = pairedBootstrap('auc', poor, good, target, 1);
    assert.ok(better !== null && better.low > 0 && better.low < better.gain && better.gain < better.high);
    const same = pairedBootstrap('rmse', good, good, target, 1);
    assert.deepEqual(same, { gain: 0, low: 0, high: 0 });
    const worse = pairedBootstrap('rmse', good, poor, target, 1);
    assert.ok(worse !== null && worse.high < 0);
    assert.deepEqual(pairedBootstrap('auc', poor, good, target, 1), better);
  });

  it('tell what a target is for them', () => {
    const number = (values: readonly number[]) => ({
      rowCount: values.length,
      columns: [{ kind: 'number', name: 'y', values: Float64Array.from(values) }] as const,
    });
    const levels = (n: number) => ({
      rowCount: 1,
      columns: [{ kind: 'category', name: 'y', codes: Int32Array.of(0), levels: n }] as const,
    });
    assert.deepEqual(taskOf([number([0, 1, Number.NaN])], 'y', 'auc'), { kind: 'binary' });
    assert.deepEqual(taskOf([number([0, 2])], 'y', 'rmse'), { kind: 'regression' });
    assert.deepEqual(taskOf([levels(3)], 'y', 'accuracy'), { kind: 'multiclass', classes: 3 });
    assert.equal(taskOf([number([0, 2])], 'y', 'auc'), 'auc needs classes, and y holds numbers');
    assert.equal(taskOf([levels(3)], 'y', 'auc'), 'auc cannot score the 3 classes of y');
    assert.equal(taskOf([levels(1)], 'y', 'auc'), 'y has one class only');
    assert.equal(taskOf([levels(2)], 'x', 'auc'), 'The column x is not in the mirror');
  });

  it('show what boosting() learns, without the rows that have no target', () => {
    const next = sequence(2, 'test');
    const x = Float64Array.from({ length: 600 }, () => next());
    const y = x.map((value, i) => (i % 50 === 0 ? Number.NaN : value > 0.5 ? 1 : 0));
    const rows = {
      rowCount: 600,
      columns: [
        { kind: 'number', name: 'x', values: x },
        { kind: 'number', name: 'y', values: y },
      ] as const,
    };
    const { features, target } = labelled(rows, 'y');
    assert.deepEqual([features.rowCount, features.columns.length], [588, 1]);
    const predict = boosting({ rounds: 10 }).learn(features, target, { kind: 'binary' }, 1);
    assert.ok((score('auc', predict(features), target) ?? 0) > 0.99);
    assert.throws(() => boosting({ round: 3 } as never), /boosting\(\) has a wrong option: round\./);
  });
});

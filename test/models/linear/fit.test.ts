// Linear models against scikit-learn, pulled towards another model, on NULL, unknown levels and bad input.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { sequence } from '../../../core/random.ts';
import { linear } from '../../../models/downstream/index.ts';
import type { FeatureTable, Task } from '../../../models/features.ts';
import { fitLinear, predictLinear } from '../../../models/linear/index.ts';
import { score } from '../../../models/metrics/index.ts';

interface Golden {
  readonly rows: {
    readonly x: readonly (number | null)[];
    readonly z: readonly number[];
    readonly color: readonly number[];
    readonly binary: readonly number[];
    readonly classes: readonly number[];
    readonly numbers: readonly number[];
  };
  readonly fits: readonly {
    readonly task: Task['kind'];
    readonly ridge: number;
    readonly intercepts: readonly number[];
    readonly weights: readonly (readonly number[])[];
    readonly predicted: readonly (number | readonly number[])[];
  }[];
  readonly scores: readonly {
    readonly metric: Parameters<typeof score>[0];
    readonly target: 'binary' | 'classes' | 'numbers';
    readonly predicted: readonly number[];
    readonly score: number;
  }[];
}

const golden = JSON.parse(
  readFileSync(new URL('../../../../test/golden/learners.json', import.meta.url), 'utf8'),
) as Golden;

const rows: FeatureTable = {
  rowCount: golden.rows.x.length,
  columns: [
    { kind: 'number', name: 'x', values: Float64Array.from(golden.rows.x, (value) => value ?? Number.NaN) },
    { kind: 'number', name: 'z', values: Float64Array.from(golden.rows.z) },
    { kind: 'category', name: 'color', codes: Int32Array.from(golden.rows.color), levels: 4 },
  ],
};
const targets = { binary: golden.rows.binary, multiclass: golden.rows.classes, regression: golden.rows.numbers };

function near(found: ArrayLike<number>, expected: readonly number[], tolerance: number, what: string): void {
  assert.equal(found.length, expected.length, what);
  for (const [i, value] of expected.entries()) {
    assert.ok(Math.abs((found[i] ?? Number.NaN) - value) < tolerance, `${what} ${i}: ${found[i]} for ${value}`);
  }
}

describe('linear models', () => {
  for (const { task: kind, ridge, intercepts, weights, predicted } of golden.fits) {
    it(`have the weights of scikit-learn: ${kind}, ridge ${ridge}`, () => {
      const task: Task = kind === 'multiclass' ? { kind, classes: 3 } : { kind };
      const model = fitLinear(rows, Float64Array.from(targets[kind]), task, { ridge });
      const { width } = model.design;
      const outputs = intercepts.length;
      const own = Array.from({ length: outputs }, (_, i) => model.weights[i * (width + 1)] as number);
      const middle = outputs > 1 ? own.reduce((sum, value) => sum + value, 0) / outputs : 0;
      near(
        own.map((value) => value - middle),
        intercepts,
        1e-6,
        'intercept',
      );
      for (const [i, expected] of weights.entries()) {
        near(model.weights.subarray(i * (width + 1) + 1, (i + 1) * (width + 1)), expected, 1e-6, `weights of ${i}`);
      }
      // scikit-learn gives both classes of two.
      const first = predicted.flatMap((row) =>
        typeof row === 'number' ? row : kind === 'binary' ? (row[1] ?? 9) : row,
      );
      near(predictLinear(model, rows).subarray(0, first.length), first, 1e-6, 'prediction');
    });
  }

  it('stay at the model that they are pulled towards, and leave it the less they are pulled', () => {
    const next = sequence(1, 'test');
    const draw = (n: number, slope: number) => {
      const x = Float64Array.from({ length: n }, () => next());
      const columns = [{ kind: 'number', name: 'x', values: x }] as const;
      return { features: { rowCount: n, columns }, target: x.map((value) => slope * value + next() / 10) };
    };
    const regression: Task = { kind: 'regression' };
    const [first, others] = [draw(2000, 1), draw(50, -1)];
    const known = fitLinear(first.features, first.target, regression);
    const slopes = [1e9, 10, 0.001].map((ridge) => {
      const tuned = fitLinear(others.features, others.target, regression, { ridge, towards: known });
      const ends = predictLinear(tuned, {
        rowCount: 2,
        columns: [{ kind: 'number', name: 'x', values: Float64Array.of(0.1, 0.9) }],
      });
      return ((ends[1] ?? 0) - (ends[0] ?? 0)) / 0.8;
    });
    assert.ok(Math.abs((slopes[0] ?? 9) - 1) < 0.01 && Math.abs((slopes[2] ?? 9) + 1) < 0.05, String(slopes));
    assert.ok((slopes[1] ?? 9) < 0.9 && (slopes[1] ?? 9) > -0.99, String(slopes));
  });

  it('give levels that were never seen no weight', () => {
    const codes = Int32Array.from({ length: 100 }, (_, row) => row % 2);
    const target = Float64Array.from(codes, (code) => 4 + 2 * code);
    const features: FeatureTable = { rowCount: 100, columns: [{ kind: 'category', name: 'c', codes, levels: 3 }] };
    const model = fitLinear(features, target, { kind: 'regression' });
    const unknown = { kind: 'category', name: 'c', codes: Int32Array.of(2, -1), levels: 3 } as const;
    const found = predictLinear(model, { rowCount: 2, columns: [unknown] });
    assert.ok(
      found.every((value) => Math.abs(value - 5) < 1e-6),
      String(found),
    );
  });

  it('end on separable classes, constants, infinities and no columns', () => {
    const values = Float64Array.from({ length: 40 }, (_, row) => (row === 0 ? Number.POSITIVE_INFINITY : row));
    const y = values.map((value) => (value > 20 ? 1 : 0));
    const columns = [
      { kind: 'number', name: 'x', values },
      { kind: 'number', name: 'same', values: values.map(() => 3) },
    ] as const;
    const features = { rowCount: 40, columns };
    const shares = predictLinear(fitLinear(features, y, { kind: 'binary' }), features);
    assert.ok((score('auc', shares, y) ?? 0) > 0.99 && shares.every(Number.isFinite));
    const none = { rowCount: 40, columns: [] };
    assert.ok(
      predictLinear(fitLinear(none, y, { kind: 'binary' }), none).every((share) => Math.abs(share - 0.5) < 1e-6),
    );
  });

  const refused: readonly [what: string, code: string, fit: () => unknown][] = [
    [
      'no rows',
      'linear.length',
      () => fitLinear({ rowCount: 0, columns: [] }, new Float64Array(0), { kind: 'binary' }),
    ],
    [
      'a class too many',
      'linear.target',
      () => fitLinear({ rowCount: 1, columns: [] }, Float64Array.of(2), { kind: 'binary' }),
    ],
    [
      'no ridge',
      'linear.option',
      () => fitLinear({ rowCount: 1, columns: [] }, Float64Array.of(1), { kind: 'regression' }, { ridge: 0 }),
    ],
    [
      'other columns',
      'linear.columns',
      () => {
        const model = fitLinear(rows, Float64Array.from(golden.rows.numbers), { kind: 'regression' });
        predictLinear(model, { rowCount: rows.rowCount, columns: rows.columns.slice(1) });
      },
    ],
    ['an unknown option', 'config.invalid-value', () => linear({ alpha: 1 } as never)],
  ];
  for (const [what, code, fit] of refused) it(`refuse ${what}`, () => assert.throws(fit, { code }));
});

describe('metrics', () => {
  for (const { metric, target, predicted, score: expected } of golden.scores) {
    it(`agree with scikit-learn: ${metric} of ${target}`, () => {
      const found = score(metric, Float64Array.from(predicted), Float64Array.from(golden.rows[target]));
      assert.ok(Math.abs((found ?? Number.NaN) - expected) < 1e-9, `${found} for ${expected}`);
    });
  }
});

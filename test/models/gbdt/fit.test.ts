// What boosted trees learn: the splits that a plain search finds, NULLs and categories, several classes, numbers, errors.
import assert from 'node:assert/strict';
import { sequence } from '../../../core/random.ts';
import type { Feature, FeatureTable, Task } from '../../../models/features.ts';
import { fitBoosting, predict } from '../../../models/gbdt/index.ts';
import type { GbdtOptions } from '../../../models/gbdt/types.ts';
import { score } from '../../../models/metrics/index.ts';

const binary: Task = { kind: 'binary' };
const regression: Task = { kind: 'regression' };

const number = (name: string, values: ArrayLike<number>): Feature => ({
  kind: 'number',
  name,
  values: Float64Array.from(values),
});
const category = (name: string, codes: ArrayLike<number>, levels: number): Feature => ({
  kind: 'category',
  name,
  codes: Int32Array.from(codes),
  levels,
});
const table = (...columns: readonly Feature[]): FeatureTable => {
  const [first] = columns;
  return { rowCount: first === undefined ? 0 : (first.kind === 'number' ? first.values : first.codes).length, columns };
};
const draw = (n: number, seed: number): Float64Array => {
  const next = sequence(seed, 'draw');
  return Float64Array.from({ length: n }, () => next());
};

/** Squared error of the best single cut of any column, by trying all of them. */
function bestStump(columns: readonly Float64Array[], y: Float64Array, leastRows: number): number {
  const error = (rows: readonly number[]): number => {
    const mean = rows.reduce((sum, row) => sum + (y[row] as number), 0) / rows.length;
    return rows.reduce((sum, row) => sum + ((y[row] as number) - mean) ** 2, 0);
  };
  let best = Number.POSITIVE_INFINITY;
  for (const values of columns) {
    const order = Array.from(y.keys()).sort((a, b) => (values[a] as number) - (values[b] as number));
    for (let cut = leastRows; cut <= order.length - leastRows; cut++) {
      if (values[order[cut - 1] as number] === values[order[cut] as number]) continue;
      best = Math.min(best, error(order.slice(0, cut)) + error(order.slice(cut)));
    }
  }
  return best;
}

describe('boosted trees', () => {
  // The inner loop takes four columns at a time: every remainder is tried.
  for (const width of [1, 2, 3, 4, 5, 9]) {
    it(`cut ${width} columns where a plain search does`, () => {
      const columns = Array.from({ length: width }, (_, i) => draw(120, 10 + i).map((u) => Math.round(u * 40)));
      const noise = draw(120, 99);
      const y = noise.map(
        (u, row) => u + ((columns[width - 1]?.[row] ?? 0) > 17 ? 2 : 0) + (columns[0]?.[row] ?? 0) / 50,
      );
      const options = { rounds: 1, rate: 1, ridge: 0, maximalLeaves: 2, leastRows: 3 };
      const rows = table(...columns.map((values, i) => number(`c${i}`, values)));
      const found = predict(fitBoosting(rows, y, regression, options), rows);
      const error = y.reduce((sum, value, row) => sum + (value - (found[row] as number)) ** 2, 0);
      assert.ok(Math.abs(error - bestStump(columns, y, 3)) < 1e-6, `${error}`);
    });
  }

  it('give NULL a side of its own', () => {
    const x = draw(400, 1).map((u, i) => (i % 4 === 0 ? Number.NaN : u));
    const y = x.map((value) => (Number.isNaN(value) || value > 0.8 ? 1 : 0));
    const rows = table(number('x', x));
    const found = predict(fitBoosting(rows, y, binary, { rounds: 30 }), rows);
    assert.ok(found.every((share, row) => share > 0.5 === (y[row] === 1)));
  });

  it('tell categories apart in any order, NULL too, and take unknown ones for NULL', () => {
    const codes = draw(2000, 2).map((u) => Math.floor(u * 30) - 1);
    const y = codes.map((code) => (code % 3 === 0 || code === -1 ? 1 : 0));
    const rows = table(category('c', codes, 31));
    const model = fitBoosting(rows, y, binary, { rounds: 20 });
    assert.ok(predict(model, rows).every((share, row) => share > 0.5 === (y[row] === 1)));
    const [unknown, none] = predict(model, table(category('c', [30, -1], 31)));
    assert.equal(unknown, none);
  });

  it('hold more levels than codes', () => {
    const codes = Int32Array.from({ length: 6000 }, (_, row) => row % 600);
    const y = Float64Array.from(codes, (code) => (code < 100 ? 1 : 0));
    const rows = table(category('c', codes, 600));
    const model = fitBoosting(rows, y, binary, { maximalBins: 200 });
    assert.ok((score('auc', predict(model, rows), y) ?? 0) > 0.9);
  });

  it('learn three classes and numbers', () => {
    const [a, b] = [draw(1500, 3), draw(1500, 4)];
    const rows = table(number('a', a), number('b', b));
    const classes = a.map((value, row) => (value < 0.4 ? 0 : (b[row] as number) < 0.5 ? 1 : 2));
    const shares = predict(fitBoosting(rows, classes, { kind: 'multiclass', classes: 3 }, { rounds: 40 }), rows);
    for (let row = 0; row < 1500; row++) {
      assert.ok(Math.abs((shares[3 * row] ?? 0) + (shares[3 * row + 1] ?? 0) + (shares[3 * row + 2] ?? 0) - 1) < 1e-12);
    }
    assert.ok((score('accuracy', shares, classes) ?? 0) > 0.99);
    const sums = a.map((value, row) => value * 3 - (b[row] as number));
    assert.ok((score('r2', predict(fitBoosting(rows, sums, regression), rows), sums) ?? 0) > 0.99);
  });

  it('grow level by level when leaves are not counted', () => {
    const [a, b] = [draw(800, 5), draw(800, 6)];
    const y = a.map((value, row) => (value > 0.5 !== (b[row] as number) > 0.5 ? 1 : 0));
    const rows = table(number('a', a), number('b', b));
    const options = { maximalLeaves: Number.POSITIVE_INFINITY, maximalDepth: 3, rounds: 30, leastRows: 5 };
    const { trees } = fitBoosting(rows, y, binary, options);
    assert.ok(trees.every(({ leaves }) => leaves.length <= 8) && trees.some(({ leaves }) => leaves.length > 4));
  });

  it('are the same every time, whatever was learnt between', () => {
    const rows = table(
      number('a', draw(700, 7)),
      category(
        'b',
        draw(700, 8).map((u) => Math.floor(u * 5)),
        5,
      ),
    );
    const y = draw(700, 9).map((u) => (u > 0.6 ? 1 : 0));
    const first = predict(fitBoosting(rows, y, binary), rows);
    fitBoosting(table(number('z', draw(90, 1))), draw(90, 2), regression);
    assert.deepEqual(predict(fitBoosting(rows, y, binary), rows), first);
  });

  it('stop when rows that were set aside say so, and learn nothing from noise', () => {
    const rows = table(number('a', draw(2000, 11)));
    const y = draw(2000, 12).map((u) => (u > 0.5 ? 1 : 0));
    const { trees } = fitBoosting(rows, y, binary, { rounds: 200, patience: 5 });
    assert.ok(trees.length < 40, String(trees.length));
  });

  it('weigh rows as if they were there more often', () => {
    const a = draw(300, 13).map((u) => Math.round(u * 20));
    const y = a.map((value, row) => (value > 9 ? 1 : 0) + (row % 7 === 0 ? 1 : 0));
    const twice = table(number('a', [...a, ...a]));
    const options: Partial<GbdtOptions> = { rounds: 5, leastRows: 1, leastHessian: 0 };
    const weighted = fitBoosting(table(number('a', a)), y, regression, { ...options, weights: a.map(() => 2) });
    const doubled = fitBoosting(twice, Float64Array.from([...y, ...y]), regression, options);
    const rows = table(number('a', a));
    const [one, other] = [predict(weighted, rows), predict(doubled, rows)];
    assert.ok(one.every((value, row) => Math.abs(value - (other[row] as number)) < 1e-9));
  });

  const refused: readonly [what: string, code: string, fit: () => unknown][] = [
    ['no rows', 'gbdt.no-rows', () => fitBoosting(table(number('a', [])), new Float64Array(0), binary)],
    ['one class', 'gbdt.one-class', () => fitBoosting(table(number('a', [1, 2])), Float64Array.of(1, 1), binary)],
    ['a missing target', 'gbdt.target', () => fitBoosting(table(number('a', [1])), Float64Array.of(NaN), regression)],
    ['too few targets', 'gbdt.length', () => fitBoosting(table(number('a', [1, 2])), Float64Array.of(1), binary)],
    [
      'a code without a level',
      'gbdt.levels',
      () => fitBoosting(table(category('a', [3], 3)), Float64Array.of(1), regression),
    ],
    [
      'no rounds',
      'gbdt.option',
      () => fitBoosting(table(number('a', [1])), Float64Array.of(1), binary, { rounds: -1 }),
    ],
  ];
  for (const [what, code, fit] of refused) it(`refuse ${what}`, () => assert.throws(fit, { code }));

  it('give the mean when there is nothing to ask', () => {
    const y = Float64Array.of(1, 2, 6);
    for (const rows of [
      { rowCount: 3, columns: [] },
      table(number('a', [NaN, NaN, NaN])),
      table(number('a', [1, 1, 1])),
    ]) {
      assert.deepEqual([...predict(fitBoosting(rows, y, regression), rows)], [3, 3, 3]);
    }
  });
});

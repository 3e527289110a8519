import assert from 'node:assert/strict';
import { sequence } from '../../../core/random.ts';
import { learnTie, predict, rowsForTies, sampleForTies, type Tie, type TieColumn } from '../../../models/ties/index.ts';

const rows = 4000;
const uniform = sequence(3, 'ties');
const numbers = (of: (row: number) => number): TieColumn => {
  const values = Float64Array.from({ length: rows }, (_, row) => of(row));
  const sorted = values.filter(Number.isFinite).sort();
  return { kind: 'number', values, low: sorted[20] ?? 0, high: sorted[sorted.length - 21] ?? 0, unit: 0 };
};
const valueAt = (column: TieColumn, row: number): number => (column.kind === 'number' ? (column.values[row] ?? 0) : 0);

const width = numbers(() => 1 + 9 * uniform());
const height = numbers(() => Math.exp(2 * uniform()));
const shop: TieColumn = {
  kind: 'category',
  codeCount: 3,
  codes: Uint16Array.from({ length: rows }, () => 3 * uniform()),
};
const area = numbers((row) => valueAt(width, row) * valueAt(height, row) + 0.1 * uniform());
const loose = numbers((row) => valueAt(width, row) + 10 * uniform());
const priced = numbers((row) => [10, 55, 20][shop.kind === 'category' ? (shop.codes[row] ?? 0) : 0] ?? 0);
const billed = numbers((row) => valueAt(area, row) + valueAt(priced, row));

function learn(columns: readonly TieColumn[]): Tie | undefined {
  return learnTie(sampleForTies(columns, 20), columns.length - 1);
}

describe('models/ties', () => {
  it('finds a product of two numbers', () => {
    const tie = learn([width, height, area]);
    assert.ok(tie);
    const predicted = new Float64Array(rows);
    predict(tie, [width, height], predicted);
    const misses = predicted.map((value, row) => Math.abs(value - valueAt(area, row))).sort();
    assert.ok((misses[rows / 2] ?? 9) < 0.3, `half of the rows are missed by more than ${misses[rows / 2]}`);
    const kept = tie.misses.map(Math.abs).sort();
    assert.ok((kept[kept.length >> 1] ?? 9) < 0.3);
  });

  it('finds a sum that depends on a level', () => {
    const tie = learn([shop, area, billed]);
    assert.ok(tie);
    assert.ok(
      tie.misses.every((miss) => Math.abs(miss) < 0.5),
      `missed by ${tie.misses}`,
    );
  });

  it('lets values follow predictions among near ones as far as they do', () => {
    assert.ok((learn([width, height, area])?.follow ?? 0) > 0.8);
    // Coarse steps of the one are all that ties it to the other: near values know nothing of each other.
    const stepped = numbers((row) => Math.floor(valueAt(width, row)) + 0.9 * uniform());
    const tie = learn([width, stepped]);
    assert.ok(tie !== undefined && tie.follow < 0.3, `${tie?.follow}`);
  });

  it('makes no tie of a loose relation, of levels alone, or of few rows', () => {
    assert.equal(learn([width, loose]), undefined);
    assert.equal(learn([width, shop, priced]), undefined);
    const few = [width, height, area].map(
      (column): TieColumn =>
        column.kind === 'number' ? { ...column, values: column.values.subarray(0, 200) } : column,
    );
    assert.equal(learn(few), undefined);
  });

  it('takes a row without one of the numbers for an average one', () => {
    const holes = numbers((row) => (row % 5 === 0 ? Number.NaN : valueAt(width, row)));
    const sum = numbers((row) => valueAt(width, row) + 0.01 * uniform());
    const tie = learn([holes, sum]);
    assert.ok(tie);
    const predicted = new Float64Array(5);
    predict(tie, [holes], predicted);
    assert.ok(Math.abs((predicted[0] ?? 0) - 5.5) < 0.6, `${predicted[0]}`);
    assert.ok(Math.abs((predicted[1] ?? 0) - valueAt(width, 1)) < 0.1);
  });

  it('has no function of a level that few rows share', () => {
    const codes = Uint16Array.from({ length: 600 }, (_, row) => (row < 30 ? 0 : 1 + (row % 2)));
    const levels: TieColumn = { kind: 'category', codeCount: 3, codes };
    const known = sampleForTies([levels], 20).candidates.map(({ f }) => (f.kind === 'level' ? f.code : -1));
    assert.deepEqual(known, [1, 2]);
  });

  it('takes the same rows again, in no order of the table', () => {
    const chosen = rowsForTies(100_000, 5);
    assert.deepEqual(rowsForTies(100_000, 5), chosen);
    assert.ok(chosen.length > 19_000 && chosen.length < 21_000);
    assert.ok(chosen.subarray(0, 1000).some((row) => row > 90_000));
    assert.equal(new Set(chosen).size, chosen.length);
  });
});

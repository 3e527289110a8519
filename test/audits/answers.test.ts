// Two answers to one query: how rows find each other, and what counts as a difference.
import assert from 'node:assert/strict';
import { type AnswerOptions, type AnswerTable, type Compared, compareAnswers } from '../../audits/utility/answers.ts';
import { measureQuery } from '../../audits/utility/workload.ts';

const answer = (columns: readonly string[], ...rows: readonly (readonly unknown[])[]): AnswerTable => ({
  columns,
  rows,
});
const real = answer(['city', 'n'], ['Roma', 100], ['Köln', 50], ['Łódź', 50]);

function compared(other: AnswerTable, options: Partial<AnswerOptions> = {}, of = real): Compared {
  const found = compareAnswers(of, other, { floor: 0.01, ...options });
  assert.ok(typeof found !== 'string', String(found));
  return found;
}

const errors: readonly [what: string, other: AnswerTable, error: number][] = [
  ['are the same in another order', answer(['city', 'n'], ['Łódź', 50], ['Roma', 100], ['Köln', 50]), 0],
  ['weigh groups by their size', answer(['city', 'n'], ['Roma', 90], ['Köln', 50], ['Łódź', 60]), 0.1],
  ['count a group that is missing as nothing', answer(['city', 'n'], ['Roma', 100], ['Köln', 50]), 0.25],
  ['count a group too many in full', answer(['city', 'n'], ...real.rows, ['Oslo', 50]), 50 / 201],
  ['count NULL and NaN as nothing', answer(['city', 'n'], ['Roma', null], ['Köln', Number.NaN], ['Łódź', 50n]), 0.75],
  ['are all wrong when there are none', answer(['city', 'n']), 1],
];

describe('answers', () => {
  for (const [what, other, error] of errors) {
    it(what, () => {
      const [n] = compared(other).columns;
      assert.ok(Math.abs((n?.error ?? 9) - error) < 0.002, `${n?.error}`);
    });
  }

  it('are aligned by the columns that the query groups by, numbers too', () => {
    const years = answer(['year', 'n'], [2020, 10], [2021, 30]);
    const other = answer(['year', 'n'], [2021, 30], [2020, 20]);
    assert.equal(compared(other, { roles: ['key', 'additive'] }, years).columns[0]?.error, 0.25);
    assert.equal(compared(other, { keys: ['year'] }, years).columns[0]?.error, 0.25);
    assert.equal(compared(other, {}, years).columns[0]?.error, 0.25);
  });

  it('of mirrors of another size are compared per row, where they count', () => {
    const half = answer(['city', 'n', 'mean'], ['Roma', 50, 7], ['Köln', 25, 7], ['Łódź', 25, 7]);
    const whole = answer(['city', 'n', 'mean'], ['Roma', 100, 7], ['Köln', 50, 7], ['Łódź', 50, 7]);
    const roles = ['key', 'additive', 'measure'] as const;
    const { columns } = compared(half, { roles, scale: 0.5 }, whole);
    assert.deepEqual(
      columns.map(({ error }) => error),
      [0, 0],
    );
  });

  it('do not let tiny numbers decide', () => {
    const rare = answer(['city', 'n'], ['Roma', 1e6], ['Köln', 1]);
    assert.ok((compared(answer(['city', 'n'], ['Roma', 1e6], ['Köln', 9]), {}, rare).columns[0]?.error ?? 9) < 1e-5);
    const none = answer(['n'], [0]);
    assert.deepEqual(compared(answer(['n'], [0]), {}, none).columns[0]?.error, 0);
    assert.deepEqual(compared(answer(['n'], [3]), {}, none).columns[0]?.error, 1);
  });

  it('have an order', () => {
    const reversed = answer(real.columns, ...[...real.rows].reverse());
    assert.equal(compared(real).disorder, 0);
    assert.equal(compared(reversed).disorder, 2);
    assert.equal(compared(answer(['n'], [1]), {}, answer(['n'], [1])).disorder, undefined);
  });

  it('that cannot be compared say why', () => {
    const options = { floor: 0.01 };
    assert.match(String(compareAnswers(real, answer(['city']), options)), /different columns/);
    const twice = answer(['city', 'n'], ['Roma', 1], ['Roma', 2]);
    assert.match(String(compareAnswers(twice, real, options)), /name the columns/);
    assert.match(String(compareAnswers(real, real, { ...options, keys: ['town'] })), /no column "town"/);
    const words = answer(['city'], ['Roma']);
    assert.match(String(compareAnswers(words, words, options)), /no number/);
  });

  it('are measured against what halves of the real tables differ by', () => {
    const n = { real: 5000, synthetic: 5000, holdout: 0 };
    const other = answer(['city', 'n'], ['Roma', 104], ['Köln', 48], ['Łódź', 50]);
    const pair = [
      answer(['city', 'n'], ['Roma', 52], ['Köln', 24]),
      answer(['city', 'n'], ['Roma', 50], ['Köln', 26]),
    ] as const;
    const query = { name: 'q', ranked: true, scale: 1, real, synthetic: other, halves: [pair, pair], n };
    const [count, order] = measureQuery(query, 0.01);
    assert.equal(count?.value, 6 / 200);
    assert.ok(Math.abs((count?.null?.q50 ?? 9) - 4 / 76 / Math.SQRT2) < 1e-12);
    assert.ok((count?.null?.q99 ?? 0) > (count?.null?.q50 ?? 9));
    assert.deepEqual([order?.name, order?.value, order?.order], ['q: order', 0, true]);
  });
});

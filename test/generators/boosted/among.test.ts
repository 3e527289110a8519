// Rows drawn among some values of some columns: weighed, they are the rows that come up by themselves.
import assert from 'node:assert/strict';
import type { ColumnVector } from '../../../core/batch.ts';
import type { Among } from '../../../core/generator.ts';
import { createPool } from '../../../core/pool.ts';
import type { BoostedFit } from '../../../generators/boosted/model.ts';
import { generator } from '../../../generators/boosted.ts';
import { categories, entries, fitContext, ids, sampleContext, visits } from '../../conformance/generator.ts';

const integer = (value: number): ColumnVector => ({ kind: 'integer', values: BigInt64Array.of(BigInt(value)) });
const number = (value: number): ColumnVector => ({ kind: 'number', values: Float64Array.of(value) });

describe('generators/boosted, drawn among', () => {
  let fitted: BoostedFit;
  before(async () => {
    await using pool = createPool(1);
    // Draws that do not depend on each other are the joint distribution as it is.
    fitted = await generator.fit(visits(6000), generator.options.parse({ draws: 'independent' }), fitContext(pool));
  });

  type Row = Record<string, string | null>;
  const rowsOf = (columns: Record<string, (string | null)[]>): Row[] =>
    (columns.plan ?? []).map((_, i) =>
      Object.fromEntries(Object.entries(columns).map(([name, all]) => [name, all[i] ?? null])),
    );
  const weighed = (
    rows: number,
    among: Record<string, Among[]>,
    fit: BoostedFit = fitted,
  ): { row: Row; weight: number }[] => {
    const request = { rowIds: ids(0, rows), attempt: 0 };
    const found = generator.weigh?.(fit, request, sampleContext, new Map(Object.entries(among)));
    assert.ok(found);
    return rowsOf(entries(found.rows)).map((row, i) => ({ row, weight: Math.exp(found.logWeights[i] as number) }));
  };

  const cases: readonly (readonly [what: string, among: Record<string, Among[]>, is: (row: Row) => boolean])[] = [
    [
      'levels of a late column and a range of an earlier one',
      {
        amount: [{ kind: 'range', low: number(40), high: number(70) }],
        active: [{ kind: 'values', values: categories(['true']) }],
      },
      ({ amount, active }) => Number(amount) >= 40 && Number(amount) <= 70 && active === 'true',
    ],
    [
      'several levels, and one end',
      {
        plan: [{ kind: 'values', values: categories(['basic', 'größer, "gold"']) }],
        count: [{ kind: 'range', low: integer(30) }],
      },
      ({ plan, count }) => plan !== 'free' && count !== null && Number(count) >= 30,
    ],
    [
      'two ranges of one column, which meet in one value',
      {
        count: [
          { kind: 'range', low: integer(12) },
          { kind: 'range', high: integer(12) },
        ],
      },
      ({ count }) => count === '12',
    ],
    ['NULL', { count: [{ kind: 'null' }] }, ({ count }) => count === null],
    ['anything but NULL', { count: [{ kind: 'present' }] }, ({ count }) => count !== null],
    [
      'days of a timestamp',
      { started: [{ kind: 'range', high: integer(300_000 * 60_000_000) }] },
      ({ started }) => started !== null && Number(started) <= 300_000 * 60_000_000,
    ],
  ];
  const shares: readonly (readonly [what: string, of: (row: Row) => boolean])[] = [
    ['free plans', ({ plan }) => plan === 'free'],
    ['active ones', ({ active }) => active === 'true'],
    ['counts below 20', ({ count }) => count !== null && Number(count) < 20],
    ['missing counts', ({ count }) => count === null],
    ['amounts below 40', ({ amount }) => Number(amount) < 40],
    ['early starts', ({ started }) => started !== null && Number(started) < 250_000 * 60_000_000],
  ];
  for (const [what, among, is] of cases) {
    it(`gives ${what} as often as they come up, with what goes with them`, () => {
      const rows = 40_000;
      const drawn = rowsOf(
        entries(generator.sample(fitted, { rowIds: ids(0, rows), attempt: 0 }, { ...sampleContext, seed: 5 })),
      ).filter(is);
      const kept = weighed(rows, among).filter(({ row }) => is(row));
      const total = kept.reduce((sum, { weight }) => sum + weight, 0);
      assert.ok(Math.abs(total - drawn.length) < 5 * Math.sqrt(drawn.length), `${total} for ${drawn.length}`);
      assert.ok(kept.length > drawn.length * 0.99, 'more rows than by themselves');
      const share = (hits: number, all: number): number => hits / all;
      const free = share(drawn.filter(({ plan }) => plan === 'free').length, drawn.length);
      const weighedFree = share(
        kept.reduce((sum, { row, weight }) => sum + (row.plan === 'free' ? weight : 0), 0),
        total,
      );
      assert.ok(Math.abs(free - weighedFree) < 0.05, `free: ${weighedFree} for ${free}`);
    });
  }

  it('has the shares of balanced draws, which few trees alone do not have', async () => {
    await using pool = createPool(1);
    const few = await generator.fit(visits(6000), generator.options.parse({ rounds: 2 }), fitContext(pool));
    const rows = 2 * 65_536;
    const plain = rowsOf(entries(generator.sample(few, { rowIds: ids(0, rows), attempt: 0 }, sampleContext)));
    for (const [what, among, is] of cases) {
      const filtered = plain.filter(is);
      const steered = weighed(65_536, among, few).filter(({ row }) => is(row));
      const total = steered.reduce((sum, { weight }) => sum + weight, 0);
      const effective = total ** 2 / steered.reduce((sum, { weight }) => sum + weight ** 2, 0);
      for (const [name, of] of shares) {
        const one = filtered.filter(of).length / filtered.length;
        const other = steered.reduce((sum, { row, weight }) => sum + (of(row) ? weight : 0), 0) / total;
        const noise = Math.sqrt((one * (1 - one) + 1e-4) * (1 / filtered.length + 1 / effective));
        const z = Math.abs(one - other) / noise;
        assert.ok(z < 4, `${name} of ${what}: ${one} by filtering, ${other} by steering, ${z} standard errors`);
      }
    }
  });

  it('draws only what is asked for where codes tell it apart', () => {
    const kept = weighed(2000, { plan: [{ kind: 'values', values: categories(['basic']) }] });
    assert.ok(kept.every(({ row }) => row.plan === 'basic'));
  });

  const never: readonly (readonly [what: string, among: Record<string, Among[]>])[] = [
    ['a level', { plan: [{ kind: 'values', values: categories(['platinum']) }] }],
    ['a range', { amount: [{ kind: 'range', low: number(5000) }] }],
    ['a value', { count: [{ kind: 'values', values: integer(70) }] }],
    [
      'ranges that do not meet',
      {
        count: [
          { kind: 'range', low: integer(30) },
          { kind: 'range', high: integer(3) },
        ],
      },
    ],
    ['NULL where there is none', { plan: [{ kind: 'null' }] }],
  ];
  for (const [what, among] of never) {
    it(`says of ${what} that was never learnt that nothing weighs anything`, () => {
      assert.ok(weighed(3, among).every(({ weight }) => weight === 0));
    });
  }
});

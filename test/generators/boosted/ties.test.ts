import assert from 'node:assert/strict';
import type { ColumnBatch } from '../../../core/batch.ts';
import type { FitSource } from '../../../core/generator.ts';
import { createPool } from '../../../core/pool.ts';
import { sequence } from '../../../core/random.ts';
import type { BoostedFit } from '../../../generators/boosted/model.ts';
import { generator } from '../../../generators/boosted.ts';
import { batch, column, fitContext, ids, sampleContext, table } from '../../conformance/generator.ts';

const rows = 4000;
const doubles = (name: string): ReturnType<typeof column> => column(name, { kind: 'float', bits: 64 });
const columns = [doubles('price'), doubles('pieces'), doubles('total')];

/** Orders whose total is price times pieces and up to a cent of rounding. */
function orders(): FitSource {
  const uniform = sequence(11, 'orders');
  const price = Float64Array.from({ length: rows }, () => Math.round(100 + 9900 * uniform()) / 100);
  const pieces = Float64Array.from({ length: rows }, () => 1 + Math.floor(9 * uniform() ** 2));
  const total = price.map((value, row) => Math.round(100 * value * (pieces[row] as number) + uniform()) / 100);
  return {
    table,
    columns,
    rows: batch(
      columns,
      [price, pieces, total].map((values) => ({ kind: 'number', values })),
    ),
  };
}

async function learn(draws: 'balanced' | 'independent'): Promise<BoostedFit> {
  await using pool = createPool(1);
  return await generator.fit(orders(), generator.options.parse({ draws }), fitContext(pool, 20));
}

function numbersOf(drawn: ColumnBatch, name: string): Float64Array {
  const vector = drawn.columns.get(name);
  assert.ok(vector?.kind === 'number');
  return vector.values;
}

/** By how much a total is off, of the rows in the middle. */
function missOf(drawn: ColumnBatch): number {
  const [price, pieces, total] = columns.map(({ name }) => numbersOf(drawn, name)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  return (
    total.map((value, row) => Math.abs(value - (price[row] as number) * (pieces[row] as number))).sort()[rows >> 1] ??
    99
  );
}

describe('generators/boosted, ties', () => {
  for (const draws of ['balanced', 'independent'] as const) {
    it(`draws a product of two columns closer than its codes are wide: ${draws}`, async () => {
      const fitted = await learn(draws);
      assert.ok(fitted.models[2]?.tie !== undefined);
      const drawn = generator.sample(fitted, { rowIds: ids(0, rows), attempt: 0 }, sampleContext);
      const off = missOf(drawn);
      // Without the tie, codes of 128 kinds miss by 5.
      assert.ok(off < 1.5, `missed by ${off}`);
      const given = { rowCount: rows, columns: new Map([...drawn.columns].filter(([name]) => name !== 'total')) };
      const completed = generator.sample(fitted, { rowIds: ids(0, rows), attempt: 0, given }, sampleContext);
      assert.ok(missOf(completed) < 1.5, `of given columns missed by ${missOf(completed)}`);
    });
  }

  it('keeps the values of a tied column as learnt', async () => {
    const real = numbersOf(orders().rows, 'total').slice().sort();
    const drawn = generator.sample(await learn('balanced'), { rowIds: ids(0, rows), attempt: 0 }, sampleContext);
    const total = numbersOf(drawn, 'total').slice().sort();
    for (const share of [0.1, 0.25, 0.5, 0.75, 0.9]) {
      const [a, b] = [real, total].map((values) => values[Math.floor(share * rows)] as number) as [number, number];
      assert.ok(Math.abs(a - b) < 0.02 * a, `quantile ${share}: ${a} and ${b}`);
    }
  });

  it('draws a row alone as among others, and again the same', async () => {
    const fitted = await learn('independent');
    const whole = numbersOf(generator.sample(fitted, { rowIds: ids(0, 300), attempt: 0 }, sampleContext), 'total');
    const one = numbersOf(generator.sample(fitted, { rowIds: ids(217, 1), attempt: 0 }, sampleContext), 'total');
    assert.equal(one[0], whole[217]);
  });
});

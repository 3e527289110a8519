import assert from 'node:assert/strict';
import { createPool } from '../../core/pool.ts';
import { sequence } from '../../core/random.ts';
import { autoregressive, generator } from '../../generators/autoregressive.ts';
import {
  batch,
  categories,
  column,
  describeGenerator,
  entries,
  fitContext,
  ids,
  sampleContext,
  table,
} from '../conformance/generator.ts';
import { describeTables } from '../conformance/tables.ts';
import { describeNeural, sampleNeural } from './neural/support.ts';

const quick = { epochs: 12, width: 16, batch: 128, rate: 0.01 };

describeGenerator(autoregressive({ ...quick, epochs: 2 }));
describeTables(autoregressive({ ...quick, epochs: 2 }));
describeNeural(autoregressive(quick));

describe('generators/autoregressive', () => {
  for (const order of ['any', 'fixed'] as const) {
    it(`learns ${order === 'any' ? 'every order' : 'a fixed order'}`, async () => {
      const next = sequence(4, 'pairs');
      const schemas = [column('x', { kind: 'float', bits: 64 }), column('side', { kind: 'text' })];
      const xs = Float64Array.from({ length: 2000 }, () => Math.round(next() * 1000) / 1000 - 0.5);
      const sides = categories(Array.from(xs, (x) => (x < 0 ? 'left' : 'right')));
      const rows = batch(schemas, [{ kind: 'number', values: xs }, sides]);
      await using pool = createPool(1);
      const options = generator.options.parse({ ...quick, order });
      const fitted = await generator.fit({ table, columns: schemas, rows }, options, fitContext(pool));
      const drawn = sampleNeural(generator, fitted, 1000);
      const { x = [], side = [] } = drawn;
      const wrong = x.filter((value, i) => Number(value) < 0 !== (side[i] === 'left')).length;
      assert.ok(wrong < 100, `${wrong} of 1000 rows`);
      if (order === 'fixed') return;
      // The last column is given: the first follows it.
      const given = categories(Array.from({ length: 1000 }, (_, i) => (i % 2 ? 'left' : 'right')));
      const request = {
        rowIds: ids(0, 1000),
        attempt: 0,
        given: { rowCount: 1000, columns: new Map([['side', given]]) },
      };
      const { x: follows = [] } = entries(generator.sample(fitted, request, sampleContext));
      const broken = follows.filter((value, i) => Number(value) < 0 !== (i % 2 === 1)).length;
      assert.ok(broken < 100, `${broken} of 1000 rows`);
    });
  }

  it('draws only real levels of a column with many, in two digits', async () => {
    const schema = column('city', { kind: 'text' });
    const values = Array.from({ length: 6000 }, (_, i) => `city ${i % 600}`);
    const rows = batch([schema], [categories(values)]);
    await using pool = createPool(1);
    const options = generator.options.parse({ ...quick, epochs: 2 });
    const fitted = await generator.fit({ table, columns: [schema], rows }, options, fitContext(pool, 5));
    const { city = [] } = sampleNeural(generator, fitted, 5000);
    assert.ok(city.every((name) => name !== null && /^city \d+$/.test(name)));
    assert.ok(new Set(city).size > 550);
  });
});

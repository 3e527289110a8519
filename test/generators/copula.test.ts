import assert from 'node:assert/strict';
import type { ColumnBatch } from '../../core/batch.ts';
import type { FitSource } from '../../core/generator.ts';
import { createPool } from '../../core/pool.ts';
import { sequence } from '../../core/random.ts';
import { copula, generator } from '../../generators/copula.ts';
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
  visits,
} from '../conformance/generator.ts';
import { describeTables } from '../conformance/tables.ts';

describeGenerator(copula());
describeTables(copula());

type Fit = Awaited<ReturnType<typeof generator.fit>>;

async function learn(source: FitSource, k = 10): Promise<Fit> {
  await using pool = createPool(1);
  return await generator.fit(source, generator.options.parse({}), fitContext(pool, k));
}

function sample(fitted: Fit, rows: number, given?: ColumnBatch): Record<string, (string | null)[]> {
  const request = { rowIds: ids(0, rows), attempt: 0, ...(given === undefined ? {} : { given }) };
  return entries(generator.sample(fitted, request, sampleContext));
}

describe('generators/copula', () => {
  it('keeps shares of levels and of NULL', async () => {
    const { plan = [], count = [] } = sample(await learn(visits(4000)), 20_000);
    const share = (values: readonly unknown[], wanted: unknown): number =>
      values.filter((value) => value === wanted).length / values.length;
    assert.ok(Math.abs(share(plan, 'free') - 0.6) < 0.03);
    assert.ok(Math.abs(share(count, null) - 0.2) < 0.03);
  });

  it('learns that an amount depends on a plan', async () => {
    const { plan = [], amount = [] } = sample(await learn(visits(3000)), 3000);
    const broken = plan.filter((name, i) => (name === 'free') !== (amount[i] === '0')).length;
    // Independent columns would break it in about 48 % of the rows.
    assert.ok(broken < 300, `${broken} of 3000 rows`);
  });

  it('draws the other columns given any column, also the last', async () => {
    const next = sequence(4, 'pairs');
    const schemas = [column('x', { kind: 'float', bits: 64 }), column('side', { kind: 'text' })];
    const xs = Float64Array.from({ length: 3000 }, () => Math.round(next() * 1000) / 1000 - 0.5);
    const sides = categories(Array.from(xs, (x) => (x < 0 ? 'left' : 'right')));
    const fitted = await learn({
      table,
      columns: schemas,
      rows: batch(schemas, [{ kind: 'number', values: xs }, sides]),
    });
    const given = categories(Array.from({ length: 1000 }, (_, i) => (i % 2 ? 'left' : 'right')));
    const { x = [] } = sample(fitted, 1000, { rowCount: 1000, columns: new Map([['side', given]]) });
    const wrong = x.filter((value, i) => Number(value) < 0 !== (i % 2 === 1)).length;
    assert.ok(wrong < 100, `${wrong} of 1000 rows`);
  });

  it('never draws a category that fewer than k rows share', async () => {
    const schema = column('c', { kind: 'text' });
    const values = Array.from({ length: 1000 }, (_, i) => (i < 9 ? 'rare' : i < 30 ? `own ${i}` : i % 2 ? 'a' : 'b'));
    const fitted = await learn({ table, columns: [schema], rows: batch([schema], [categories(values)]) });
    assert.deepEqual([...new Set(sample(fitted, 20_000).c)].sort(), ['a', 'b']);
    assert.ok(!new TextDecoder().decode(generator.serialise(fitted)).includes('own'));
  });

  it('draws given a parent, also one that it never saw', async () => {
    const next = sequence(9, 'context');
    const parents = Array.from({ length: 3000 }, () => (next() < 0.5 ? 'shop' : 'web'));
    const amounts = Float64Array.from(parents, (parent) => (parent === 'shop' ? 1 : 5) + Math.round(next() * 4) / 10);
    const [kind, amount] = [column('parent', { kind: 'text' }), column('x', { kind: 'float', bits: 64 })];
    const fitted = await learn({
      table,
      columns: [amount],
      rows: batch([amount], [{ kind: 'number', values: amounts }]),
      context: { columns: [kind], rows: batch([kind], [categories(parents)]) },
    });
    const given = Array.from({ length: 900 }, (_, i) => ['shop', 'web', 'phone'][i % 3] ?? '');
    const context = batch([kind], [categories(given)]);
    const drawn = generator.sample(fitted, { rowIds: ids(0, 900), context, attempt: 0 }, sampleContext);
    const xs = entries(drawn).x ?? [];
    const wrong = xs.filter((x, i) => given[i] !== 'phone' && Number(x) > 3 !== (given[i] === 'web')).length;
    assert.ok(wrong < 60, `${wrong} of 600 rows`);
  });
});

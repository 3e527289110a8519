// What every neural generator must keep beyond the conformance of all generators.
import assert from 'node:assert/strict';
import type { FitSource, Generator, GeneratorChoice } from '../../../core/generator.ts';
import { createPool } from '../../../core/pool.ts';
import { sequence } from '../../../core/random.ts';
import type { ColumnSchema } from '../../../core/schema.ts';
import {
  batch,
  categories,
  column,
  entries,
  fitContext,
  ids,
  sampleContext,
  table,
  visits,
} from '../../conformance/generator.ts';

export function sampleNeural(generator: Generator, fitted: unknown, rows: number): Record<string, (string | null)[]> {
  return entries(generator.sample(fitted, { rowIds: ids(0, rows), attempt: 0 }, sampleContext));
}

function oneColumn(schema: ColumnSchema, values: readonly (string | null)[]): FitSource {
  return { table, columns: [schema], rows: batch([schema], [categories(values)]) };
}

export function describeNeural({ generator, options }: GeneratorChoice): void {
  const learn = async (source: FitSource, more: object = {}, k = 10): Promise<unknown> => {
    await using pool = createPool(1);
    return await generator.fit(source, generator.options.parse({ ...options, ...more }), fitContext(pool, k));
  };
  const share = (values: readonly unknown[], wanted: unknown): number =>
    values.filter((value) => value === wanted).length / values.length;

  describe(`neural generator ${generator.name}`, () => {
    it('keeps shares of levels and of NULL, and what depends on what', async () => {
      const { plan = [], count = [], amount = [] } = sampleNeural(generator, await learn(visits(4000)), 4000);
      assert.ok(Math.abs(share(plan, 'free') - 0.6) < 0.06, `${share(plan, 'free')}`);
      assert.ok(Math.abs(share(count, null) - 0.2) < 0.06, `${share(count, null)}`);
      const broken = plan.filter((name, i) => (name === 'free') !== (amount[i] === '0')).length;
      // Independent columns would break it in about 48 % of the rows.
      assert.ok(broken < 400, `${broken} of 4000 rows`);
    });

    it('never draws a category that fewer than k rows share, nor stores one', async () => {
      const values = Array.from({ length: 1000 }, (_, i) => (i < 9 ? 'rare' : i < 30 ? `own ${i}` : i % 2 ? 'a' : 'b'));
      const fitted = await learn(oneColumn(column('c', { kind: 'text' }), values));
      assert.deepEqual([...new Set(sampleNeural(generator, fitted, 5000).c)].sort(), ['a', 'b']);
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

    it('learns a table of 50 rows', async () => {
      const { plan = [] } = sampleNeural(generator, await learn(visits(50), {}, 3), 200);
      assert.equal(plan.length, 200);
    });

    it('stops when it is told to', async () => {
      await using pool = createPool(1);
      const context = { ...fitContext(pool), signal: AbortSignal.abort(new Error('stopped')) };
      await assert.rejects(generator.fit(visits(500), generator.options.parse(options), context), /stopped/);
    });

    it('spends no more than its minutes', async () => {
      const lines: string[] = [];
      await using pool = createPool(1);
      const context = { ...fitContext(pool), log: (line: string) => void lines.push(line) };
      await generator.fit(visits(500), generator.options.parse({ ...options, epochs: 5000, minutes: 1e-4 }), context);
      assert.ok(lines.length < 50, `${lines.length} epochs`);
    });
  });
}

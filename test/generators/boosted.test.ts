import assert from 'node:assert/strict';
import type { ColumnBatch, ColumnVector } from '../../core/batch.ts';
import type { FitSource } from '../../core/generator.ts';
import { createPool } from '../../core/pool.ts';
import { sequence } from '../../core/random.ts';
import type { ColumnSchema } from '../../core/schema.ts';
import type { BoostedFit } from '../../generators/boosted/model.ts';
import { boosted, generator } from '../../generators/boosted.ts';
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

describeGenerator(boosted());
describeTables(boosted());
describeGenerator(boosted({ order: ['started', 'count'], k: 30, bins: 16 }));

async function learn(source: FitSource, k = 10): Promise<BoostedFit> {
  await using pool = createPool(1);
  return await generator.fit(source, generator.options.parse({}), fitContext(pool, k));
}

const sample = (fitted: BoostedFit, rows: number): ColumnBatch =>
  generator.sample(fitted, { rowIds: ids(0, rows), attempt: 0 }, sampleContext);

const sampleRow = (fitted: unknown, row: number): ColumnBatch =>
  generator.sample(fitted as BoostedFit, { rowIds: ids(row, 1), attempt: 0 }, sampleContext);

const integers = column('n', { kind: 'integer', bits: 64, signed: true });
const doubles = column('x', { kind: 'float', bits: 64 });
const texts = column('c', { kind: 'text' });

function one(schema: ColumnSchema, vector: ColumnVector): FitSource {
  return { table, columns: [schema], rows: batch([schema], [vector]) };
}

describe('generators/boosted', () => {
  it('learns that an amount depends on a plan', async () => {
    const { plan, amount } = entries(sample(await learn(visits(3000)), 3000));
    const broken = plan?.filter((name, i) => (name === 'free') !== (amount?.[i] === '0')).length ?? 0;
    assert.ok(broken < 30, `${broken} of 3000 rows`);
  });

  it('keeps shares of levels and of NULL', async () => {
    const { plan, count } = entries(sample(await learn(visits(4000)), 20_000));
    const share = (hits: number | undefined): number => (hits ?? 0) / 20_000;
    assert.ok(Math.abs(share(plan?.filter((name) => name === 'free').length) - 0.6) < 0.03);
    assert.ok(Math.abs(share(count?.filter((value) => value === null).length) - 0.2) < 0.03);
  });

  it('draws shares of levels, of NULL and of pairs as learnt, beyond chance', async () => {
    const source = visits(4000);
    const shares = (rows: ColumnBatch): number[] => {
      const { plan = [], count = [], active = [] } = entries(rows);
      const of = (holds: (row: number) => boolean): number => plan.filter((_, row) => holds(row)).length / plan.length;
      return [
        of((row) => plan[row] === 'free'),
        of((row) => count[row] === null),
        of((row) => plan[row] === 'basic' && active[row] === 'true'),
      ];
    };
    const drawn = shares(sample(await learn(source), 20_000));
    // Chance alone would be off by about .0035, a standard error.
    for (const [i, share] of shares(source.rows).entries()) assert.ok(Math.abs((drawn[i] ?? 0) - share) < 0.001);
  });

  it('draws each row alone when draws are independent', async () => {
    await using pool = createPool(1);
    const options = generator.options.parse({ draws: 'independent' });
    const fitted = await generator.fit(visits(1000), options, fitContext(pool));
    const [all, one] = [entries(sample(fitted, 100)), entries(sampleRow(fitted, 42))];
    for (const [name, values] of Object.entries(one)) assert.deepEqual(values, [all[name]?.[42]], name);
  });

  it('keeps values on their grid: cents, whole minutes', async () => {
    const { amount, started } = entries(sample(await learn(visits(3000)), 2000));
    for (const value of amount ?? []) assert.equal(value, String(Math.round(Number(value) * 100) / 100));
    for (const value of started ?? []) assert.equal(BigInt(value ?? '1') % 60_000_000n, 0n);
  });

  it('never draws a category that fewer than k rows share', async () => {
    const values = Array.from({ length: 1000 }, (_, i) => (i < 9 ? 'rare' : i < 30 ? `own ${i}` : i % 2 ? 'a' : 'b'));
    const fitted = await learn(one(texts, categories(values)));
    assert.deepEqual([...new Set(entries(sample(fitted, 20_000)).c)].sort(), ['a', 'b']);
    assert.ok(!new TextDecoder().decode(generator.serialise(fitted)).includes('own'));
  });

  it('keeps rare levels that are public', async () => {
    const values = Array.from({ length: 1000 }, (_, i) => (i < 3 ? 'known' : i < 6 ? 'secret' : 'a'));
    const source = { ...one(texts, categories(values)), publicLevels: new Map([['c', ['known', 'a', 'other']]]) };
    assert.deepEqual([...new Set(entries(sample(await learn(source), 20_000)).c)].sort(), ['a', 'known']);
  });

  it('never draws a number beyond the k-th smallest and largest', async () => {
    const next = sequence(5, 'tails');
    const values = Float64Array.from({ length: 2000 }, () => Math.exp(6 * next()) + next());
    const sorted = values.slice().sort();
    const drawn = (entries(sample(await learn(one(doubles, { kind: 'number', values })), 20_000)).x ?? []).map(Number);
    assert.ok(Math.min(...drawn) >= (sorted[9] ?? 0));
    assert.ok(Math.max(...drawn) <= (sorted[1990] ?? 0));
  });

  it('has at least k rows behind every piece, level and special', async () => {
    for (const { codes } of (await learn(visits(3000), 25)).columns.flatMap(({ parts }) => parts)) {
      const counts = codes.kind === 'number' ? [...codes.counts, ...codes.specialCounts] : [...codes.counts];
      for (const count of counts) assert.ok(count >= 25);
    }
  });

  const nan = Array.from({ length: 300 }, (_, i) => [1.5, Number.NaN, Infinity, -Infinity, 2][i % 5] ?? 0);
  const edges: readonly (readonly [string, ColumnSchema, ColumnVector, readonly (string | null)[]])[] = [
    ['a constant', integers, { kind: 'integer', values: new BigInt64Array(50).fill(7n) }, ['7']],
    ['one category', texts, categories(new Array(50).fill('x')), ['x']],
    [
      'empty strings and emoji',
      texts,
      categories(Array.from({ length: 60 }, (_, i) => ['', '🦊', null][i % 3] ?? null)),
      ['', null, '🦊'],
    ],
    ['only NULL', integers, { kind: 'integer', values: new BigInt64Array(50), valid: new Uint8Array(50) }, [null]],
    [
      'only NULL in a single row',
      integers,
      { kind: 'integer', values: new BigInt64Array(1), valid: new Uint8Array(1) },
      [null],
    ],
    ['only NULL categories', texts, categories(new Array(50).fill(null)), [null]],
    [
      'the ends of 64 bits',
      integers,
      {
        kind: 'integer',
        values: BigInt64Array.from({ length: 60 }, (_, i) => (i % 2 ? 9223372036854775807n : -9223372036854775808n)),
      },
      ['-9223372036854775808', '9223372036854775807'],
    ],
    [
      'NaN and both infinities',
      doubles,
      { kind: 'number', values: Float64Array.from(nan) },
      ['-Infinity', '1.5', '2', 'Infinity', 'NaN'],
    ],
    [
      'singles',
      column('f', { kind: 'float', bits: 32 }),
      { kind: 'number', values: Float64Array.from({ length: 60 }, (_, i) => Math.fround(i % 2 ? 0.1 : 2.7)) },
      [String(Math.fround(0.1)), String(Math.fround(2.7))],
    ],
    [
      'dates far apart',
      column('d', { kind: 'date' }),
      { kind: 'integer', values: BigInt64Array.from({ length: 60 }, (_, i) => (i % 2 ? -719162n : 2932896n)) },
      ['-719162', '2932896'],
    ],
    [
      'timestamps in nanoseconds',
      column('t', { kind: 'timestamp', unit: 'ns', zoned: true }),
      {
        kind: 'integer',
        values: BigInt64Array.from({ length: 60 }, (_, i) =>
          i % 2 ? 1_700_000_000_123_456_789n : 1_600_000_000_000_000_001n,
        ),
      },
      [],
    ],
  ];
  for (const [name, schema, vector, expected] of edges) {
    it(`learns a column of ${name}`, async () => {
      const values = entries(sample(await learn(one(schema, vector)), 500))[schema.name] ?? [];
      if (expected.length > 0) assert.deepEqual([...new Set(values)].sort(), [...expected].sort());
      assert.equal(values.length, 500);
    });
  }

  it('learns 10,000 categories', async () => {
    const values = Array.from({ length: 30_000 }, (_, i) => `level ${i % 10_000}`);
    const drawn = entries(sample(await learn(one(texts, categories(values)), 3), 5000)).c;
    assert.ok(new Set(drawn).size > 3000);
  });

  it('names the column and the ways out when every value is rare', async () => {
    const values = Array.from({ length: 200 }, (_, i) => `person ${i}`);
    await assert.rejects(learn(one(texts, categories(values))), (error: Error & { code?: string; hint?: string }) => {
      assert.equal(error.code, 'fit.all-rare');
      assert.match(error.message, /"c"/);
      assert.match(error.hint ?? '', /omit\(\).*nulls\(\).*fake\(\).*k/);
      assert.ok(!`${error.message}${error.hint}`.includes('person'));
      return true;
    });
  });

  it('names the nearest column when "order" has one that is not there', async () => {
    await using pool = createPool(1);
    const options = generator.options.parse({ order: ['amuont'] });
    await assert.rejects(generator.fit(visits(200), options, fitContext(pool)), {
      code: 'fit.unknown-column',
      hint: /amount/,
    });
  });

  it('draws columns given their context, also for values that it never saw', async () => {
    const next = sequence(9, 'context');
    const parents = Array.from({ length: 3000 }, () => (next() < 0.5 ? 'shop' : 'web'));
    const amounts = Float64Array.from(parents, (parent) => (parent === 'shop' ? 1 : 5) + Math.round(next() * 4) / 10);
    const kind = column('parent', { kind: 'text' });
    const fitted = await learn({
      ...one(doubles, { kind: 'number', values: amounts }),
      context: { columns: [kind], rows: batch([kind], [categories(parents)]) },
    });
    const given = Array.from({ length: 900 }, (_, i) => ['shop', 'web', 'phone'][i % 3] ?? '');
    const context = batch([kind], [categories(given)]);
    const drawn = generator.sample(fitted, { rowIds: ids(0, 900), context, attempt: 0 }, sampleContext);
    assert.deepEqual([...drawn.columns.keys()], ['x']);
    const wrong = (entries(drawn).x ?? []).filter(
      (x, i) => given[i] !== 'phone' && Number(x) > 3 !== (given[i] === 'web'),
    );
    assert.ok(wrong.length < 10, `${wrong.length} of 600 rows`);
  });
});

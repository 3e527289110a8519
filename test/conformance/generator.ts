// What every generator must keep: call `describeGenerator(choice)` in a mocha test of your own generator.
import assert from 'node:assert/strict';
import type { ColumnBatch, ColumnVector } from '../../core/batch.ts';
import { isNull, takeRows } from '../../core/batch.ts';
import type { FitContext, FitSource, GeneratorChoice, SampleContext } from '../../core/generator.ts';
import { createPool, type WorkerPool } from '../../core/pool.ts';
import { sequence } from '../../core/random.ts';
import type { ColumnSchema, ColumnType } from '../../core/schema.ts';

export const table = { schema: 'main', table: 'visits' };
export const sampleContext: SampleContext = { seed: 11, table };

export function fitContext(pool: WorkerPool, k = 10): FitContext {
  return { seed: 11, k, pool, signal: new AbortController().signal, progress: () => {}, log: () => {}, note: () => {} };
}

export function column(name: string, type: ColumnType): ColumnSchema {
  return { name, type, sqlType: type.kind.toUpperCase(), nullable: true };
}

/** A vector of a category from its labels; null is NULL. */
export function categories(values: readonly (string | null)[]): ColumnVector {
  const labels = [...new Set(values.filter((value) => value !== null))].sort();
  return {
    kind: 'category',
    codes: Uint32Array.from(values, (value) => Math.max(0, labels.indexOf(value ?? ''))),
    labels,
    valid: Uint8Array.from(values, (value) => (value === null ? 0 : 1)),
  };
}

/** A mixed table in which `amount` depends on `plan`, `ended` follows `started`, and some entries are NULL. */
export function visits(rows: number): FitSource {
  const next = sequence(3, 'visits');
  const draws = Array.from({ length: rows }, () => ({ plan: next(), noise: next(), missing: next(), day: next() }));
  const plans = draws.map(({ plan }) => (plan < 0.6 ? 'free' : plan < 0.9 ? 'basic' : 'größer, "gold"'));
  const columns = [
    column('plan', { kind: 'text' }),
    column('amount', { kind: 'float', bits: 64 }),
    column('count', { kind: 'integer', bits: 32, signed: true }),
    column('started', { kind: 'timestamp', unit: 'us', zoned: false }),
    column('active', { kind: 'boolean' }),
  ];
  const amounts = draws.map(({ noise }, i) => (plans[i] === 'free' ? 0 : (1000 + Math.round(noise * 9000)) / 100));
  const vectors: ColumnVector[] = [
    categories(plans),
    { kind: 'number', values: Float64Array.from(amounts) },
    {
      kind: 'integer',
      values: BigInt64Array.from(draws, ({ noise }) => BigInt(Math.floor(noise * 40))),
      valid: Uint8Array.from(draws, ({ missing }) => (missing < 0.2 ? 0 : 1)),
    },
    { kind: 'integer', values: BigInt64Array.from(draws, ({ day }) => BigInt(Math.floor(day * 3e6)) * 60_000_000n) },
    categories(draws.map(({ noise }) => (noise < 0.5 ? 'false' : 'true'))),
  ];
  return { table, columns, rows: batch(columns, vectors) };
}

export function batch(columns: readonly ColumnSchema[], vectors: readonly ColumnVector[]): ColumnBatch {
  const [first] = vectors;
  const rowCount = first === undefined ? 0 : first.kind === 'category' ? first.codes.length : first.values.length;
  return { rowCount, columns: new Map(columns.map(({ name }, i) => [name, vectors[i] as ColumnVector])) };
}

/** An entry as text; null for NULL. */
export function entry(vector: ColumnVector | undefined, row: number): string | null {
  if (vector === undefined) throw new Error('a column is absent');
  if (isNull(vector, row)) return null;
  return vector.kind === 'category' ? (vector.labels[vector.codes[row] ?? 0] ?? '') : String(vector.values[row]);
}

/** All entries, column by column, as text. */
export function entries({ rowCount, columns }: ColumnBatch): Record<string, (string | null)[]> {
  return Object.fromEntries(
    [...columns].map(([name, vector]) => [name, Array.from({ length: rowCount }, (_, row) => entry(vector, row))]),
  );
}

export function ids(from: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => from + i);
}

/** Declares the tests that hold for every generator which can learn the table of {@link visits}. */
export function describeGenerator({ generator, options }: GeneratorChoice): void {
  describe(`generator ${generator.name}`, () => {
    const source = visits(3000);
    const checked = generator.options.parse(options);
    const fitWith = async (threads: number): Promise<unknown> => {
      await using pool = createPool(threads);
      return await generator.fit(source, checked, fitContext(pool));
    };
    let fitted: unknown;
    let whole: ColumnBatch;
    before(async () => {
      fitted = await fitWith(1);
      whole = generator.sample(fitted, { rowIds: ids(0, 2000), attempt: 0 }, sampleContext);
    });

    it('refuses options that it does not know', () => {
      assert.throws(() => generator.options.parse({ noSuchOption: 1 }));
    });

    it('says why it cannot learn a column of an unsupported type', () => {
      const reasons = generator.unsupported([column('payload', { kind: 'unsupported' })]);
      assert.equal(reasons[0]?.column, 'payload');
      assert.deepEqual(generator.unsupported(source.columns), []);
    });

    it('gives the columns of the source in their order, with their kinds', () => {
      assert.deepEqual([...whole.columns.keys()], [...source.rows.columns.keys()]);
      assert.equal(whole.rowCount, 2000);
      for (const [name, vector] of whole.columns) {
        const real = source.rows.columns.get(name);
        assert.ok(vector.kind === real?.kind || vector.kind === 'text', name);
      }
    });

    it('fits the same bytes with any number of threads', async () => {
      const [one, two] = [generator.serialise(fitted), generator.serialise(await fitWith(2))];
      assert.equal(Buffer.compare(one, two), 0);
    });

    it('samples the same after a round trip of bytes', () => {
      const again = generator.deserialise(generator.serialise(fitted));
      const sample = generator.sample(again, { rowIds: ids(0, 2000), attempt: 0 }, sampleContext);
      assert.deepEqual(entries(sample), entries(whole));
    });

    it('samples the same rows for any partition into whole blocks', () => {
      // Two rows into the second block, if there are blocks.
      const block = generator.blockRows ?? 700;
      const rows = block + 2;
      const expected = entries(generator.sample(fitted, { rowIds: ids(0, rows), attempt: 0 }, sampleContext));
      for (const [from, count] of [
        [0, block],
        [block, 2],
      ] as const) {
        const part = entries(generator.sample(fitted, { rowIds: ids(from, count), attempt: 0 }, sampleContext));
        for (const [name, values] of Object.entries(part)) {
          assert.deepEqual(values, expected[name]?.slice(from, from + count), name);
        }
      }
    });

    it('draws single rows again alone', () => {
      const all = entries(generator.sample(fitted, { rowIds: ids(0, 300), attempt: 1 }, sampleContext));
      const some = entries(generator.sample(fitted, { rowIds: Float64Array.of(7, 250), attempt: 1 }, sampleContext));
      for (const [name, values] of Object.entries(some)) {
        assert.deepEqual(values, [all[name]?.[7], all[name]?.[250]], name);
      }
    });

    it('draws other rows for another seed and for another attempt', () => {
      const seed = generator.sample(fitted, { rowIds: ids(0, 200), attempt: 0 }, { ...sampleContext, seed: 12 });
      const attempt = generator.sample(fitted, { rowIds: ids(0, 200), attempt: 1 }, sampleContext);
      const expected = entries(whole).amount?.slice(0, 200);
      assert.notDeepEqual(entries(seed).amount, expected);
      assert.notDeepEqual(entries(attempt).amount, expected);
    });

    it('keeps given columns exactly', () => {
      const [first] = generator.drawOrder(fitted);
      assert.ok(first !== undefined);
      const reversed = Uint32Array.from({ length: 500 }, (_, i) => 1999 - i);
      const fixed = takeRows(whole.columns.get(first) as ColumnVector, reversed);
      const given = { rowCount: 500, columns: new Map([[first, fixed]]) };
      const sample = generator.sample(fitted, { rowIds: ids(0, 500), given, attempt: 0 }, sampleContext);
      assert.deepEqual(entries(sample)[first], entries(given)[first]);
    });

    it('draws no rows when asked for none', () => {
      const none = generator.sample(fitted, { rowIds: ids(0, 0), attempt: 0 }, sampleContext);
      assert.equal(none.rowCount, 0);
      assert.deepEqual([...none.columns.keys()], [...source.rows.columns.keys()]);
    });
  });
}

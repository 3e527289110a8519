// Tables that every generator must learn, or refuse with a reason: all types, hardly any rows, constants, given parents.
import assert from 'node:assert/strict';
import type { ColumnBatch, ColumnVector } from '../../core/batch.ts';
import { SynthError } from '../../core/errors.ts';
import type { FitSource, GeneratorChoice } from '../../core/generator.ts';
import { createPool } from '../../core/pool.ts';
import { sequence } from '../../core/random.ts';
import type { ColumnSchema, ColumnType } from '../../core/schema.ts';
import { batch, categories, column, entries, fitContext, ids, sampleContext, table } from './generator.ts';

const typedRows = 1500;
/** Share of NULL in every column but the first, which has none. */
const nullShare = 0.25;

interface TypedColumn {
  readonly type: ColumnType;
  /** An entry for a uniform draw. */
  entry(u: number): bigint | number | string;
}

const day = 86_400_000_000;
const columnsOfAllTypes: Readonly<Record<string, TypedColumn>> = {
  boolean: { type: { kind: 'boolean' }, entry: (u) => String(u < 0.3) },
  tiny: { type: { kind: 'integer', bits: 8, signed: true }, entry: (u) => BigInt(Math.floor(u * 20) - 10) },
  big: { type: { kind: 'integer', bits: 64, signed: false }, entry: (u) => BigInt(Math.floor(u * 1e6)) },
  wide: { type: { kind: 'wide', scale: 0 }, entry: (u) => Math.floor(u * 1e6) * 2 ** 60 },
  decimal: { type: { kind: 'decimal', precision: 9, scale: 2 }, entry: (u) => BigInt(Math.floor(u * 50_000)) },
  float: { type: { kind: 'float', bits: 64 }, entry: (u) => Math.log(u + 0.01) },
  single: { type: { kind: 'float', bits: 32 }, entry: (u) => Math.fround(u * 100) },
  text: { type: { kind: 'text' }, entry: (u) => `level ${Math.floor(u * 7)}, "quoted"` },
  enum: { type: { kind: 'enum', labels: ['low', 'high', 'never'] }, entry: (u) => (u < 0.6 ? 'low' : 'high') },
  date: { type: { kind: 'date' }, entry: (u) => BigInt(Math.floor(u * 4000) + 10_000) },
  time: { type: { kind: 'time' }, entry: (u) => BigInt(Math.floor(u * 1440)) * 60_000_000n },
  timestamp: {
    type: { kind: 'timestamp', unit: 'us', zoned: true },
    entry: (u) => BigInt(Math.floor(u * 1000 * day)) + 1_500_000_000_000_000n,
  },
  interval: { type: { kind: 'interval' }, entry: (u) => BigInt(Math.floor(u * 48)) * 3_600_000_000n },
  constant: { type: { kind: 'integer', bits: 32, signed: true }, entry: () => 7n },
};

function vectorOf(values: readonly (bigint | number | string | null)[]): ColumnVector {
  const sample = values.find((value) => value !== null);
  if (sample === undefined || typeof sample === 'string') return categories(values as (string | null)[]);
  const valid = Uint8Array.from(values, (value) => (value === null ? 0 : 1));
  return typeof sample === 'number'
    ? { kind: 'number', values: Float64Array.from(values, (value) => Number(value ?? 0)), valid }
    : { kind: 'integer', values: BigInt64Array.from(values, (value) => BigInt(value ?? 0)), valid };
}

function allTypes(): FitSource {
  const next = sequence(21, 'all types');
  const columns: ColumnSchema[] = [];
  const vectors: ColumnVector[] = [];
  for (const [name, { type, entry }] of Object.entries(columnsOfAllTypes)) {
    const isNullable = columns.length > 0;
    columns.push({ ...column(name, type), nullable: isNullable });
    vectors.push(
      vectorOf(Array.from({ length: typedRows }, () => (isNullable && next() < nullShare ? null : entry(next())))),
    );
  }
  return { table, columns, rows: batch(columns, vectors) };
}

/** Declares the tests, for options that name no column. */
export function describeTables({ generator, options }: GeneratorChoice): void {
  const checked = generator.options.parse(options);
  const learn = async (source: FitSource): Promise<unknown> => {
    await using pool = createPool(1);
    return await generator.fit(source, checked, fitContext(pool));
  };
  const draw = (fitted: unknown, rows: number, context?: ColumnBatch): Record<string, (string | null)[]> => {
    const request = { rowIds: ids(0, rows), attempt: 0, ...(context === undefined ? {} : { context }) };
    const sample = generator.sample(fitted, request, sampleContext);
    assert.equal(sample.rowCount, rows);
    return entries(sample);
  };

  describe(`generator ${generator.name} and odd tables`, () => {
    it('learns every type of column: kinds, ranges, levels and shares of NULL', async () => {
      const source = allTypes();
      assert.deepEqual(generator.unsupported(source.columns), []);
      const drawn = draw(await learn(source), 3000);
      const real = entries(source.rows);
      assert.deepEqual(Object.keys(drawn), Object.keys(columnsOfAllTypes));
      for (const [name, values] of Object.entries(drawn)) {
        assert.equal(values.length, 3000, name);
        const nulls = values.filter((value) => value === null).length / values.length;
        const wanted = (real[name] ?? []).filter((value) => value === null).length / typedRows;
        assert.ok(Math.abs(nulls - wanted) < 0.08, `${name}: ${nulls} NULL, not ${wanted}`);
        if (wanted === 0) assert.equal(nulls, 0, name);
        const known = (real[name] ?? []).filter((value) => value !== null);
        const found = values.filter((value) => value !== null);
        if (source.rows.columns.get(name)?.kind === 'category') {
          for (const value of new Set(found)) assert.ok(known.includes(value), `${name}: a level that is not real`);
        } else {
          const [low, high] = [Math.min(...known.map(Number)), Math.max(...known.map(Number))];
          assert.ok(
            found.every((value) => Number(value) >= low && Number(value) <= high),
            `${name}: beyond its range`,
          );
        }
      }
      assert.deepEqual([...new Set(drawn.constant?.filter((value) => value !== null))], ['7']);
    });

    for (const [name, values, expected] of [
      ['one row', ['only'], 'only'],
      ['one category', new Array<string>(60).fill('x'), 'x'],
      ['nothing but NULL', new Array<null>(60).fill(null), null],
      ['levels that are all rare', Array.from({ length: 60 }, (_, i) => `own ${i}`), 'own'],
    ] as const) {
      it(`learns ${name}, or says why not`, async () => {
        const schema = column('c', { kind: 'text' });
        const source = { table, columns: [schema], rows: batch([schema], [categories(values)]) };
        let fitted: unknown;
        try {
          fitted = await learn(source);
        } catch (error) {
          assert.ok(error instanceof SynthError && error.hint !== undefined, 'a reason and a hint');
          // A real value that fewer than k rows share is no part of a message.
          if (expected === 'only' || expected === 'own')
            assert.ok(!`${error.message} ${error.hint}`.includes(expected));
          return;
        }
        const { c = [] } = draw(fitted, 100);
        for (const value of new Set(c)) {
          const isReal = value === null ? expected === null : values.length >= 60 && expected === value;
          assert.ok(isReal || value === null, 'neither a real value that was shared often, nor NULL');
        }
      });
    }

    it('draws children given their parents, also parents that it never saw, and the same again', async () => {
      const next = sequence(9, 'parents');
      const parents = Array.from({ length: 800 }, () => (next() < 0.5 ? 'shop' : 'web'));
      const sizes = parents.map(() => BigInt(Math.floor(next() * 30)));
      const [kind, size, amount] = [
        column('parent', { kind: 'text' }),
        column('size', { kind: 'integer', bits: 32, signed: true }),
        column('x', { kind: 'float', bits: 64 }),
      ];
      const amounts = parents.map((parent) => (parent === 'shop' ? 1 : 5) + Math.round(next() * 4) / 10);
      const fitted = await learn({
        table,
        columns: [amount],
        rows: batch([amount], [vectorOf(amounts)]),
        context: { columns: [kind, size], rows: batch([kind, size], [categories(parents), vectorOf(sizes)]) },
      });
      const given = Array.from({ length: 90 }, (_, i) => ['shop', 'web', 'phone', null][i % 4] ?? null);
      const grown = given.map((_, i) => (i % 5 === 0 ? null : BigInt(10 * i)));
      const context = batch([kind, size], [categories(given), vectorOf(grown)]);
      const drawn = draw(fitted, 90, context);
      assert.deepEqual(Object.keys(drawn), ['x']);
      assert.ok(drawn.x?.every((value) => Number(value) >= 1 && Number(value) <= 5.4));
      assert.deepEqual(draw(generator.deserialise(generator.serialise(fitted)), 90, context), drawn);
    });

    describeFiles(generator, async () => {
      const schema = column('c', { kind: 'text' });
      const values = Array.from({ length: 60 }, (_, i) => (i % 2 ? 'a' : 'b'));
      return await learn({ table, columns: [schema], rows: batch([schema], [categories(values)]) });
    });
  });
}

/** Declares the tests of a generator that learns no column: the run makes them all. */
export function describeUnlearnt({ generator, options }: GeneratorChoice): void {
  const checked = generator.options.parse(options);
  const { columns } = allTypes();
  const learn = async (rows: number): Promise<unknown> => {
    await using pool = createPool(1);
    return await generator.fit(
      { table, columns: [], rows: { rowCount: rows, columns: new Map() } },
      checked,
      fitContext(pool),
    );
  };

  describe(`generator ${generator.name}, which learns nothing`, () => {
    it('says of columns of every type that it cannot learn them, and what to do', () => {
      const reasons = generator.unsupported(columns);
      assert.deepEqual(
        reasons.map((reason) => reason.column),
        columns.map(({ name }) => name),
      );
      for (const { column: name, message, hint } of reasons) {
        assert.ok(message.includes(`"${name}"`), message);
        assert.ok(hint.length > 0);
      }
      assert.deepEqual(generator.unsupported([]), []);
    });

    it('refuses options that it does not know', () => {
      assert.throws(() => generator.options.parse({ noSuchOption: 1 }));
    });

    it('draws as many rows as asked for, without columns, also after a round trip and from a table without rows', async () => {
      for (const learnt of [0, 1, 3]) {
        const fitted = await learn(learnt);
        assert.deepEqual(generator.drawOrder(fitted), []);
        for (const from of [fitted, generator.deserialise(generator.serialise(fitted))]) {
          for (const rows of [0, 4]) {
            const sample = generator.sample(from, { rowIds: ids(0, rows), attempt: 0 }, sampleContext);
            assert.deepEqual(sample, { rowCount: rows, columns: new Map() });
          }
        }
      }
    });

    describeFiles(generator, async () => await learn(3));
  });
}

function describeFiles(generator: GeneratorChoice['generator'], learn: () => Promise<unknown>): void {
  it('refuses a file that was cut, in a sentence', async () => {
    const bytes = generator.serialise(await learn());
    for (const length of [0, 20, Math.floor(bytes.length / 2), bytes.length - 8]) {
      assert.throws(
        () => generator.deserialise(bytes.slice(0, length)),
        { code: 'fit.not-readable' },
        `${length} bytes`,
      );
    }
  });

  it('refuses a file of another version, and names both', async () => {
    const text = Buffer.from(generator.serialise(await learn())).toString('latin1');
    const [whole = '', version = ''] = /"version":(\d+)/.exec(text) ?? [];
    const other = text.replace(
      whole,
      `"version":${version.replace(/\d/g, (digit) => String((Number(digit) + 6) % 10))}`,
    );
    assert.throws(() => generator.deserialise(Buffer.from(other, 'latin1')), {
      code: 'fit.not-readable',
      message: /version \d+; this one reads version \d+/,
    });
  });
}

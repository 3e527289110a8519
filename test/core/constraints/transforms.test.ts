import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ColumnBatch, ColumnVector } from '../../../core/batch.ts';
import type { Constraint } from '../../../core/config/types.ts';
import {
  dependent,
  fixed,
  learnTransforms,
  learntColumns,
  sum,
  undoTransforms,
} from '../../../core/constraints/index.ts';
import { SynthError } from '../../../core/errors.ts';
import { infinityOf } from '../../../core/infinity.ts';
import type { ColumnSchema } from '../../../core/schema.ts';
import {
  type ColumnSpec,
  contents,
  date,
  decimal,
  drawFor,
  float,
  integer,
  table,
  text,
  timestamp,
  tiny,
  type Value,
} from './tables.ts';

function roundTrip(constraints: readonly Constraint[], specs: Record<string, ColumnSpec>, k = 1) {
  const { columns, rows } = table(specs);
  const learnt = learnTransforms(constraints, columns, rows, { k });
  // A worker gets a clone.
  const steps = structuredClone(learnt.steps);
  return { ...learnt, undone: undoTransforms(steps, learnt.rows, drawFor(rows.rowCount)), given: rows };
}

function repeat(values: readonly Value[], times: number): Value[] {
  return Array.from({ length: times }, () => values).flat();
}

/** Rows whose values in each column were drawn independently: what a bad generator would give. */
function shuffled(rows: ColumnBatch, columns: readonly ColumnSchema[]): ColumnBatch {
  const turned = new Map<string, ColumnVector>();
  columns.forEach(({ name }, position) => {
    const vector = rows.columns.get(name) as ColumnVector;
    const take = <T>(values: ArrayLike<T>): T[] =>
      Array.from(values, (_, row) => values[(row * 7 + position * 5) % values.length] as T);
    const valid = 'valid' in vector && vector.valid !== undefined ? { valid: Uint8Array.from(take(vector.valid)) } : {};
    if (vector.kind === 'number')
      turned.set(name, { ...vector, values: Float64Array.from(take(vector.values)), ...valid });
    else if (vector.kind === 'integer')
      turned.set(name, { ...vector, values: BigInt64Array.from(take(vector.values)), ...valid });
    else if (vector.kind === 'category')
      turned.set(name, { ...vector, codes: Uint32Array.from(take(vector.codes)), ...valid });
    else turned.set(name, { kind: 'text', values: take(vector.values) });
  });
  return { rowCount: rows.rowCount, columns: turned };
}

const withNulls = <T extends Value>(values: fc.Arbitrary<T>) => fc.option(values, { freq: 6 });
const anyInteger = withNulls(fc.bigInt({ min: -1000n, max: 1000n }));

describe('transforms for rules', () => {
  it('leave a table without rules as it is', () => {
    const { columns, rows } = table({ a: { type: integer, values: [1, 2] } });
    assert.deepEqual(learnTransforms(['a > 0'], columns, rows, { k: 1 }), { steps: [], columns, rows });
  });

  describe('undo what they did', () => {
    const property = (
      title: string,
      rowsOf: fc.Arbitrary<Record<string, Value>>,
      types: Record<string, ColumnSpec['type']>,
      constraints: readonly Constraint[],
      learns: readonly string[],
    ): void => {
      it(title, () => {
        fc.assert(
          fc.property(fc.array(rowsOf, { minLength: 1, maxLength: 40 }), (list) => {
            const specs = Object.fromEntries(
              Object.entries(types).map(([name, type]) => [
                name,
                { type, values: list.map((row) => row[name] ?? null) },
              ]),
            );
            const { undone, given, columns } = roundTrip(constraints, specs);
            assert.deepEqual(contents(undone), contents(given));
            assert.deepEqual([...undone.columns.keys()], [...given.columns.keys()]);
            if (list.every((row) => Object.values(row).every((value) => value !== null))) {
              assert.deepEqual(
                columns.map((column) => column.name),
                learns,
              );
            }
          }),
        );
      });
    };

    property(
      'for sums of decimals of different scales, NULL where a part is',
      fc
        .tuple(anyInteger, anyInteger)
        .map(([a, b]) => ({ a, b, total: a === null || b === null ? null : a * 10n + b })),
      { total: decimal(2), a: decimal(1), b: decimal(2) },
      [sum('total', ['a', 'b'])],
      ['a', 'b'],
    );
    property(
      'for sums in which NULL parts count as 0',
      fc
        .tuple(fc.bigInt({ min: 1n, max: 9n }), withNulls(fc.bigInt({ min: 1n, max: 9n })))
        .map(([a, b]) => ({ a, b, total: a + (b ?? 0n) })),
      { a: integer, b: integer, total: integer },
      [sum('total', ['a', 'b'])],
      ['a', 'b'],
    );
    property(
      'for sums of doubles with cents',
      fc.tuple(fc.integer({ min: 0, max: 99999 }), fc.integer({ min: 0, max: 99999 })).map(([a, b]) => ({
        a: a / 100,
        b: b / 100,
        total: (a + b) / 100,
      })),
      { a: float, b: float, total: float },
      [sum('total', ['a', 'b'])],
      ['a', 'b'],
    );
    property(
      'for orderings of integers, with NULLs on either side',
      fc
        .tuple(anyInteger, withNulls(fc.bigInt({ min: 0n, max: 99n })))
        .map(([a, gap]) => ({ a, b: gap === null ? null : (a ?? 0n) + gap })),
      { a: integer, b: integer },
      ['a <= b'],
      ['a', 'b from a'],
    );
    property(
      'for chains of timestamps',
      fc
        .tuple(
          fc.bigInt({ min: 0n, max: 2n ** 52n }),
          fc.bigInt({ min: 0n, max: 10n ** 9n }),
          fc.bigInt({ min: 1n, max: 10n ** 9n }),
        )
        .map(([a, b, c]) => ({ a, b: a + b, c: a + b + c })),
      { c: timestamp, b: timestamp, a: timestamp },
      ['a <= b and b < c'],
      ['c from b', 'b from a', 'a'],
    );
    property(
      'for orderings of doubles with cents',
      fc
        .tuple(fc.integer({ min: -9999, max: 9999 }), fc.integer({ min: 0, max: 9999 }))
        .map(([a, gap]) => ({ a: a / 100, b: (a + gap) / 100 }))
        .filter(({ a, b }) => !Object.is(a, -0) && !Object.is(b, -0)),
      { a: float, b: float },
      ['b >= a'],
      ['a', 'b from a'],
    );
    property(
      'for fixed combinations of text, numbers and NULLs',
      fc.record({
        name: withNulls(fc.constantFrom('x', 'y', '', "o'", '1')),
        size: withNulls(fc.constantFrom(1n, 2n ** 60n, 2n ** 60n + 1n)),
        other: fc.bigInt({ min: 0n, max: 9n }),
        share: withNulls(fc.constantFrom(0.5, Number.NaN, Number.POSITIVE_INFINITY)),
      }),
      { name: text, other: integer, size: integer, share: float },
      [fixed('name', 'size', 'share')],
      ['name + size + share', 'other'],
    );
    property(
      'for columns that follow from one or two others',
      fc
        .tuple(fc.constantFrom('x', 'y'), fc.constantFrom('u', 'v'))
        .map(([a, b]) => ({ a, b, ab: a === 'x' && b === 'u' ? null : 5n, c: a === 'x' ? 'north' : 'south' })),
      { a: text, b: text, ab: integer, c: text },
      [dependent('ab', { on: ['a', 'b'] }), dependent('c', { on: 'a' })],
      ['a + b + ab + c'],
    );
    property(
      'for a sum of a gap and a looked-up column',
      fc
        .tuple(fc.constantFrom('x', 'y'), fc.bigInt({ min: 0n, max: 9n }), fc.bigInt({ min: 0n, max: 9n }))
        .map(([kind, a, gap]) => {
          const fee = kind === 'x' ? 3n : 4n;
          return { total: fee + a + gap, kind, fee, a, b: a + gap };
        }),
      { total: integer, kind: text, fee: integer, a: integer, b: integer },
      [sum('total', ['b', 'fee']), 'a <= b', dependent('fee', { on: 'kind' })],
      ['kind', 'a', 'b from a'],
    );
  });

  describe('hold for rows that a generator draws badly', () => {
    const days = Array.from({ length: 60 }, (_, row) => row);

    it('keeps orderings, strict ones too, without going beyond the k-th greatest value', () => {
      const { columns, rows } = table({
        start: { type: date, values: days.map((day) => (day * 37) % 500) },
        end: { type: date, values: days.map((day) => ((day * 37) % 500) + 1 + ((day * day) % 100)) },
      });
      const learnt = learnTransforms(['start < "END"'], columns, rows, { k: 5 });
      assert.deepEqual(
        learnt.columns.map(({ name, type }) => [name, type.kind]),
        [
          ['start', 'date'],
          ['end from start', 'integer'],
        ],
      );
      const undone = contents(undoTransforms(learnt.steps, shuffled(learnt.rows, learnt.columns), drawFor(60)));
      const fifth = [...(contents(rows).end as bigint[])].sort((a, b) => Number(b - a))[4] as bigint;
      (undone.end as bigint[]).forEach((end, row) => {
        const start = undone.start?.[row] as bigint;
        assert.ok(start < end);
        assert.ok(end <= fifth || end === start + 1n);
      });
    });

    for (const type of [date, float]) {
      it(`begins orderings of a ${type.kind} no earlier than the k-th least value`, () => {
        // The earlier the start, the longer the gap: short ones of others do not fit there.
        const starts = days.map((day) => (day * 37) % 500);
        const ends = starts.map((start, day) => start + (start < 100 ? 90 : 0) + (day % 2) * 200);
        const { columns, rows } = table({ start: { type, values: starts }, end: { type, values: ends } });
        const learnt = learnTransforms(['start <= "end"'], columns, rows, { k: 5 });
        const drawn = shuffled(learnt.rows, learnt.columns);
        const undone = contents(undoTransforms(learnt.steps, drawn, drawFor(60)));
        const near = ends.sort((a, b) => a - b)[4] as number;
        const made = undone.end?.map(Number) ?? [];
        assert.ok(
          made.every((end, row) => end >= near && end >= Number(undone.start?.[row])),
          `${Math.min(...made)} before ${near}`,
        );
        // Without it some would come earlier.
        const gaps = contents(drawn)['end from start'] ?? [];
        assert.ok(gaps.some((gap, row) => Number(undone.start?.[row]) + Number(gap) < near));
      });
    }

    it('cuts parts so that a sum stays in the type of its total', () => {
      const values = [100, 20, 1, 90, 30, 27];
      const { columns, rows } = table({
        a: { type: tiny, values },
        b: { type: tiny, values: values.map((value) => 127 - value) },
        total: { type: tiny, values: values.map(() => 127) },
      });
      const learnt = learnTransforms([sum('total', ['a', 'b'])], columns, rows, { k: 1 });
      const undone = contents(undoTransforms(learnt.steps, shuffled(learnt.rows, learnt.columns), drawFor(6)));
      (undone.total as bigint[]).forEach((total, row) => {
        assert.equal(total, (undone.a?.[row] as bigint) + (undone.b?.[row] as bigint));
        assert.ok(total <= 127n);
      });
    });

    it('give only combinations that k rows have', () => {
      const from = [...repeat(['a', 'b'], 20), ...repeat(['a'], 3), 'c'];
      const to = [...repeat(['x', 'y'], 20), ...repeat(['y'], 3), 'z'];
      const { columns, rows } = table({ from: { type: text, values: from }, to: { type: text, values: to } });
      const learnt = learnTransforms([fixed('from', 'to')], columns, rows, { k: 5 });
      const undone = contents(undoTransforms(learnt.steps, learnt.rows, drawFor(from.length)));
      const pairs = undone.from?.map((value, row) => `${value}${undone.to?.[row]}`) ?? [];
      assert.deepEqual([...new Set(pairs)].sort(), ['ax', 'by']);
      assert.ok(!JSON.stringify(learnt.steps).includes('"c"'), 'a rare level is in what is stored');
      // ay is learnt as a combination that shares its a or its y.
      assert.ok(pairs.slice(40, 43).every((pair) => pair === 'ax' || pair === 'by'));
    });

    it('draw a known combination for a level that is none', () => {
      const { columns, rows } = table({
        a: { type: text, values: repeat(['p', 'q'], 9) },
        b: { type: integer, values: repeat([1, 2], 9) },
      });
      const { steps } = learnTransforms([fixed('a', 'b')], columns, rows, { k: 2 });
      const odd: ColumnVector = { kind: 'text', values: ['0', '1', null, 'other', '-1', '7'] };
      const undone = contents(undoTransforms(steps, { rowCount: 6, columns: new Map([['a + b', odd]]) }, drawFor(6)));
      for (let row = 0; row < 6; row++) assert.equal(undone.b?.[row], undone.a?.[row] === 'p' ? 1n : 2n);
      const again = undoTransforms(steps, { rowCount: 6, columns: new Map([['a + b', odd]]) }, drawFor(6));
      assert.deepEqual(contents(again), undone);
    });

    it('give one value per determinant, rare ones included, in every batch', () => {
      const cities = Array.from({ length: 300 }, (_, row) => `city ${row % 3 === 0 ? row : row % 9}`);
      const { columns, rows } = table({
        city: { type: text, values: cities },
        state: { type: text, values: cities.map((city) => `state ${city.length}`) },
      });
      const learnt = learnTransforms([dependent('state', { on: 'city' })], columns, rows, { k: 10 });
      assert.deepEqual(
        learnt.columns.map((column) => column.name),
        ['city'],
      );
      const undone = contents(undoTransforms(learnt.steps, learnt.rows, drawFor(300)));
      const states = new Map<Value, Value>();
      undone.city?.forEach((city, row) => {
        const state = undone.state?.[row] as Value;
        assert.equal(states.get(city) ?? state, state);
        states.set(city, state);
      });
      const later: ColumnVector = { kind: 'text', values: ['city 300', 'city 99', 'city 1'] };
      const batch = contents(
        undoTransforms(learnt.steps, { rowCount: 3, columns: new Map([['city', later]]) }, drawFor(3)),
      );
      assert.equal(batch.state?.[1], states.get('city 99'));
      assert.equal(batch.state?.[2], 'state 6');
    });

    it('give an unknown number what its nearest neighbour has', () => {
      const ages = repeat([10, 20, 60, 70], 10);
      const { columns, rows } = table({
        age: { type: integer, values: ages },
        group: { type: text, values: ages.map((age) => (Number(age) < 50 ? 'young' : 'old')) },
      });
      const { steps } = learnTransforms([dependent('group', { on: 'age' })], columns, rows, { k: 10 });
      const drawn = table({ age: { type: integer, values: [-5, 21, 38, 44, 65, 900] } }).rows;
      const undone = contents(undoTransforms(steps, drawn, drawFor(6)));
      assert.deepEqual(undone.group, ['young', 'young', 'young', 'old', 'old', 'old']);
    });

    it('never store the value of a single row', () => {
      const { columns, rows } = table({
        id: { type: integer, values: days },
        salary: { type: integer, values: days.map((day) => 1000000 + day * day) },
      });
      const { steps } = learnTransforms([dependent('salary', { on: 'id' })], columns, rows, { k: 10 });
      const { salary } = contents(undoTransforms(steps, rows, drawFor(60)));
      const real = new Set(contents(rows).salary);
      assert.ok(salary?.every((value) => !real.has(value)));
    });
  });

  it('keep a total NULL as often as the source has it NULL without reason', () => {
    const parts = Array.from({ length: 100 }, (_, row) => row);
    const { undone, given, columns } = roundTrip(
      [sum('total', ['a', 'b'])],
      {
        a: { type: integer, values: parts },
        b: { type: integer, values: parts },
        total: { type: integer, values: parts.map((part) => (part % 4 === 0 ? null : 2 * part)) },
      },
      20,
    );
    assert.deepEqual(contents(undone), contents(given));
    assert.deepEqual(
      columns.map(({ name, type }) => [name, type.kind]),
      [
        ['a', 'integer'],
        ['b', 'integer'],
        ['total is there', 'boolean'],
      ],
    );
  });

  it('leave an ordering that the source breaks to redrawing', () => {
    const { steps } = roundTrip(['a <= b'], {
      a: { type: integer, values: [1, 2] },
      b: { type: integer, values: [1, 1] },
    });
    assert.deepEqual(steps, []);
  });

  it('leave an ordering with infinite ends to redrawing: the gap to them is none', () => {
    for (const type of [date, timestamp]) {
      const infinity = infinityOf(type) ?? 0n;
      const finite: Record<string, ColumnSpec> = { a: { type, values: [1, 2] }, b: { type, values: [4, 9] } };
      const steps = (specs: typeof finite): string[] => roundTrip(['a <= b'], specs).steps.map(({ name }) => name);
      assert.ok(steps(finite).includes('gap'));
      assert.ok(!steps({ ...finite, b: { type, values: [4, infinity] } }).includes('gap'));
      assert.ok(!steps({ ...finite, a: { type, values: [1, -infinity] } }).includes('gap'));
    }
  });

  it('say from which learnt columns a column of the source is made', () => {
    const { steps } = roundTrip([sum('t', ['b', 'c']), 'a <= b', fixed('c', 'd')], {
      a: { type: integer, values: [1] },
      b: { type: integer, values: [2] },
      c: { type: integer, values: [3] },
      d: { type: integer, values: [4] },
      t: { type: integer, values: [5] },
    });
    assert.deepEqual([...learntColumns(steps, ['t'])].sort(), ['a', 'b from a', 'c + d']);
    assert.deepEqual(learntColumns(steps, ['d']), ['c + d']);
  });

  describe('name the rule that cannot be', () => {
    const ten = Array.from({ length: 1000 }, (_, row) => row % 10);
    const specs: Record<string, ColumnSpec> = {
      a: { type: integer, values: ten },
      b: { type: integer, values: ten.map((value) => value + 1) },
      total: { type: integer, values: ten.map((value, row) => 2 * value + (row < 500 ? 1 : 0)) },
      name: { type: text, values: ten.map((value) => `n${value % 3}`) },
      id: { type: integer, values: ten.map((_, row) => row) },
    };
    const cases: readonly [Constraint[], string, RegExp][] = [
      [[sum('totl', ['a', 'b'])], 'constraint.unknown-column', /sum\('totl', \['a', 'b'\]\)/],
      [[sum('total', ['a', 'b'])], 'constraint.sum-broken', /50\.0 %/],
      [[sum('total', ['a', 'name'])], 'constraint.wrong-type', /"name"/],
      [[sum('total', ['a', 'a'])], 'constraint.repeated-column', /more than once/],
      [[sum('a', ['b', 'id']), sum('b', ['a', 'id'])], 'constraint.conflict', /sum\('b'/],
      [[sum('total', ['a', 'b']), fixed('total', 'name')], 'constraint.conflict', /"total"/],
      [[fixed('name')], 'constraint.too-few-columns', /fixed\('name'\)/],
      [[fixed('name', 'id')], 'constraint.too-rare', /fixed\('name', 'id'\)/],
      [[dependent('id', { on: 'a' })], 'constraint.not-dependent', /dependent\('id', \{ on: 'a' \}\)/],
    ];
    for (const [constraints, code, message] of cases) {
      it(`${code} for ${JSON.stringify(constraints)}`, () => {
        const { columns, rows } = table(specs);
        assert.throws(
          () => learnTransforms(constraints, columns, rows, { k: 5 }),
          (error) => error instanceof SynthError && error.code === code && message.test(error.message),
        );
      });
    }

    it('and which column was probably meant', () => {
      const { columns, rows } = table(specs);
      assert.throws(
        () => learnTransforms([fixed('nam', 'a')], columns, rows, { k: 5 }),
        (error) => error instanceof SynthError && error.hint === 'Did you mean "name"?',
      );
    });
  });
});

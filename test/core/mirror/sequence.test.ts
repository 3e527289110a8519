// Rows that follow each other below one owner: their order, their gaps, what they share and what they remember.
import assert from 'node:assert/strict';
import type { ColumnBatch, ColumnVector } from '../../../core/batch.ts';
import { elderContext, memoryContext, ownerContext, POSITION, SIBLINGS } from '../../../core/mirror/names.ts';
import { chooseMemories } from '../../../core/mirror/sequence/memory.ts';
import { constantColumns } from '../../../core/mirror/sequence/order.ts';
import { placeTimes, planTime } from '../../../core/mirror/sequence/time.ts';
import { sequence } from '../../../core/random.ts';
import type { ColumnSchema } from '../../../core/schema.ts';
import { boosted } from '../../../generators/index.ts';
import { type Mirrored, withMirror } from './support.ts';

const whole = (values: readonly (number | null)[]): ColumnVector => ({
  kind: 'integer',
  values: BigInt64Array.from(values, (value) => BigInt(value ?? 0)),
  valid: Uint8Array.from(values, (value) => (value === null ? 0 : 1)),
});
const batch = (columns: Readonly<Record<string, ColumnVector>>): ColumnBatch => ({
  rowCount: Math.max(
    ...Object.values(columns).map((vector) => (vector.kind === 'category' ? vector.codes : vector.values).length),
  ),
  columns: new Map(Object.entries(columns)),
});
const date = (name: string): ColumnSchema => ({ name, sqlType: 'DATE', type: { kind: 'date' }, nullable: false });
const integer = (name: string): ColumnSchema => ({
  name,
  sqlType: 'INTEGER',
  type: { kind: 'integer', bits: 32, signed: true },
  nullable: false,
});

describe('the time of events', () => {
  /** 300 owners with three events each: the first 5 to 9 days after the owner's date, then 30 days apart. */
  const owners = 300;
  const joined = Array.from({ length: owners }, (_, owner) => 1000 + owner * 7);
  const day = joined.flatMap((base, owner) => [0, 30, 60].map((later) => base + 5 + (owner % 5) + later));
  const rows = batch({
    day: whole(day),
    [elderContext('day')]: whole(day.map((_, row) => (row % 3 === 0 ? null : (day[row - 1] as number)))),
    [POSITION]: whole(day.map((_, row) => 1 + (row % 3))),
    [SIBLINGS]: whole(day.map(() => 3)),
    [ownerContext('joined')]: whole(day.map((_, row) => joined[Math.floor(row / 3)] as number)),
    [ownerContext('born')]: whole(day.map((_, row) => (Math.floor(row / 3) * 7919) % 10_000)),
  });

  it('is told from the date of the owner that tells it best, and from the event before', () => {
    const plan = planTime(date('day'), [date('born'), date('joined')], rows, 20);
    assert.equal(plan?.base?.column, 'joined');
    const { first, later } = plan as NonNullable<typeof plan>;
    assert.deepEqual(
      new Set(first.values.kind === 'integer' ? first.values.values : []),
      new Set([5n, 6n, 7n, 8n, 9n]),
    );
    assert.deepEqual(new Set(later.values.kind === 'integer' ? later.values.values : []), new Set([30n]));
    // The twentieth first event and the twentieth last one from the end.
    assert.equal(plan?.low, BigInt([...day.filter((_, row) => row % 3 === 0)].sort((a, b) => a - b)[19] as number));
    assert.equal(plan?.high, BigInt([...day.filter((_, row) => row % 3 === 2)].sort((a, b) => b - a)[19] as number));
  });

  it('is learnt as it is when it has NULLs or few values', () => {
    const few = day.map((value) => value % 100);
    assert.equal(
      planTime(integer('day'), [], batch({ ...Object.fromEntries(rows.columns), day: whole(few) }), 20),
      undefined,
    );
    const gaps = day.map((value, row) => (row === 7 ? null : value));
    assert.equal(
      planTime(date('day'), [], batch({ ...Object.fromEntries(rows.columns), day: whole(gaps) }), 20),
      undefined,
    );
  });

  it('stays within what k owners have', () => {
    const placed = placeTimes({ low: 10n, high: 20n }, whole([5, 12, 19]), whole([1, 3, 8]));
    assert.deepEqual(placed.kind === 'integer' ? [...placed.values] : [], [10n, 15n, 20n]);
  });
});

describe('what rows remember', () => {
  const draw = sequence(3, 'memory');
  const n = 6000;
  const level = Array.from({ length: n }, () => Math.floor(draw() * 4) * 10);
  const near = (of: number): number => Math.round(of + 12 * draw());
  const own = level.map(near);
  const other = level.map(() => near(0));
  const rows = batch({
    spent: whole(own),
    [elderContext('spent')]: whole(level.map(near)),
    [memoryContext('spent')]: whole(level.map((mean) => mean + 6)),
    luck: whole(other),
    [elderContext('luck')]: whole(other.map(() => near(0))),
    [memoryContext('luck')]: whole(other.map(() => near(0))),
  });

  it('is what tells more than the elder sibling does', () => {
    const memories = ['luck', 'spent'].map((column) => ({ column, kind: 'mean' as const }));
    assert.deepEqual(
      chooseMemories(memories, rows, 20).map(({ column }) => column),
      ['spent'],
    );
  });

  it('is not needed of columns that siblings share', () => {
    const shared = batch({
      ...Object.fromEntries(rows.columns),
      [elderContext('spent')]: whole(own),
      [POSITION]: whole(own.map(() => 2)),
    });
    assert.deepEqual(constantColumns([integer('spent'), integer('luck')], shared, 20), ['spent']);
  });
});

/** 900 customers with one to seven visits: a plan for all of them, days apart, and a mood that lasts. */
const warehouse = `
  create table customers as select i as id, date '2019-01-01' + cast(hash(i, 1) % 900 as integer) as joined from range(900) as t(i);
  alter table customers add primary key (id);
  create table visits as
    select id as customer_id, joined + cast(sum(2 + (hash(id, n, 2) // 977) % 40) over (partition by id order by n) as integer) as day,
      case (hash(id, 3) // 977) % 3 when 0 then 'free' when 1 then 'basic' else 'gold' end as plan,
      case when (hash(id, n // 3, 4) // 977) % 2 = 0 then 'good' else 'bad' end as mood, cast((hash(id, n, 5) // 977) % 5 as integer) as pages
    from customers, range(7) as t(n) where n <= (hash(id, 6) // 977) % 7;`;

describe('a mirror of events', () => {
  const mirror = <Result>(rows: number | undefined, check: (mirrored: Mirrored) => Promise<Result>): Promise<Result> =>
    withMirror(
      {
        warehouse,
        choice: boosted({ rounds: 20 }),
        tables: {
          visits: {
            relations: [{ columns: 'customer_id', references: 'customers' }],
            ...(rows !== undefined && { rows }),
          },
        },
      },
      check,
    );
  const gaps = `select day - lag(day) over (partition by customer_id order by day) as gap from mirror.visits`;

  it('keeps their order, the gaps between them, what follows the owner, and what all of them share', async () => {
    await mirror(undefined, async ({ fits, value }) => {
      const learnt = fits.get('visits')?.owner?.sequence;
      assert.deepEqual(learnt?.order, ['day']);
      assert.deepEqual(learnt?.constants, ['plan']);
      assert.equal(learnt?.time?.base?.column, 'joined');
      // None is below 0; the few that meet the last time that may be told are cut short.
      assert.equal(await value(`select count(*) from (${gaps}) where gap < 0 or gap > 41`), 0);
      assert.ok((await value(`select count(*) from (${gaps}) where gap < 2`)) <= 5);
      assert.equal(
        await value(
          'select count(*) from mirror.visits as v join mirror.customers as c on c.id = v.customer_id where v.day < c.joined',
        ),
        0,
      );
      assert.equal(
        await value(
          'select max(plans) from (select count(distinct plan) as plans from mirror.visits group by customer_id)',
        ),
        1,
      );
      const lasts = `select avg(case when mood = before then 1 else 0 end) from (select mood,
        lag(mood) over (partition by customer_id order by day) as before from NAME.visits) where before is not null`;
      const [real, made] = [
        await value(lasts.replace('NAME', 'source.main')),
        await value(lasts.replace('NAME', 'mirror')),
      ];
      assert.ok(Math.abs(real - made) < 0.06, `${real} ${made}`);
    });
  });

  it('that is smaller leaves events out, so that gaps are those of what is left', async () => {
    await mirror(1200, async ({ value }) => {
      assert.equal(await value('select count(*) from mirror.visits'), 1200);
      assert.ok((await value(`select count(*) from (${gaps}) where gap > 60`)) > 20);
    });
  });
});

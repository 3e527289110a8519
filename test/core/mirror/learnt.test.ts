// What the default generator keeps of a family: dependence on parents and siblings, heavy tails, the same bytes on any machine.
import assert from 'node:assert/strict';
import { SynthError } from '../../../core/errors.ts';
import { deserialiseTableFit, serialiseTableFit } from '../../../core/mirror/index.ts';
import { boosted } from '../../../generators/boosted.ts';
import { bootstrap } from './bootstrap.ts';
import { withMirror } from './support.ts';

/** Customers with many or few visits; each visit costs what the customer's tier and the visit before say. */
const warehouse = `
  create table customers (id integer primary key, tier varchar not null, score double);
  insert into customers select i, case when hash(i) % 5 = 0 then 'gold' else 'basic' end, (hash(i, 1) % 1000) / 10.0 from range(1, 2001) t(i);
  create table visits (id integer primary key, customer_id integer not null references customers(id), cost double, mood varchar);
  insert into visits
    with recursive sizes as (
      select id, tier, case when hash(id, 2) % 4 = 0 then 0 else cast(floor(power((1 + hash(id, 3) % 1000) / 1000.0, -0.7)) as integer) end
        + case when tier = 'gold' then 3 else 0 end as n from customers
    ), chain as (
      select id, tier, n, 1 as j, case when hash(id, 4) % 2 = 0 then 'up' else 'down' end as mood from sizes where n > 0
      union all
      select id, tier, n, j + 1, case when hash(id, j, 5) % 10 = 0 then case mood when 'up' then 'down' else 'up' end else mood end from chain where j < n
    )
    select row_number() over (order by id, j), id, case tier when 'gold' then 100 else 10 end + hash(id, j, 6) % 10, mood from chain;
`;

const lag = (schema: string): string => `select avg((mood = before)::int) from (
  select mood, lag(mood) over (partition by customer_id order by id) as before from ${schema}.visits) where before is not null`;
const degrees = (schema: string): string => `(select coalesce(n, 0) as n from ${schema}.customers c
  left join (select customer_id, count(*) as n from ${schema}.visits group by 1) v on v.customer_id = c.id)`;

describe('a learnt family', () => {
  it('keeps what children owe to their parents and elder siblings, and the tail of their number', () =>
    withMirror({ warehouse, choice: boosted() }, async ({ value }) => {
      assert.equal(
        await value('select count(*) from mirror.visits'),
        await value('select count(*) from source.visits'),
      );
      const cost = (tier: string): Promise<number> =>
        value(
          `select avg(cost) from mirror.visits v join mirror.customers c on c.id = v.customer_id where tier = '${tier}'`,
        );
      const [gold, basic] = [await cost('gold'), await cost('basic')];
      assert.ok(gold > 95 && basic < 25, `costs follow the tier: ${gold}, ${basic}`);
      const [real, mirror] = [await value(lag('source')), await value(lag('mirror'))];
      assert.ok(Math.abs(real - mirror) < 0.05, `moods follow the mood before: ${real}, ${mirror}`);
      for (const [name, bound] of [
        ['avg((n = 0)::int)', 0.04],
        ['avg((n = 1)::int)', 0.04],
        ['avg((n > 5)::int)', 0.04],
        ['avg((n > 12)::int)', 0.02],
      ] as const) {
        const [a, b] = [
          await value(`select ${name} from ${degrees('source')}`),
          await value(`select ${name} from ${degrees('mirror')}`),
        ];
        assert.ok(Math.abs(a - b) < bound, `${name}: ${a}, ${b}`);
      }
    }));

  it('is the same for any number of threads', async () => {
    const digests: unknown[] = [];
    for (const threads of [1, 2, 3]) {
      await withMirror({ warehouse, choice: boosted({ rounds: 5 }), threads }, async ({ query }) => {
        digests.push(
          await query(`select md5(string_agg(t::varchar, '|' order by rowid)) as visits,
            (select md5(string_agg(c::varchar, '|' order by rowid)) from mirror.customers c) as customers from mirror.visits t`),
        );
      });
    }
    assert.deepEqual(digests[1], digests[0]);
    assert.deepEqual(digests[2], digests[0]);
  });

  it('scales with its parents, and to the rows that are asked for', () =>
    withMirror(
      { warehouse, choice: boosted({ rounds: 0 }), tables: { customers: { rows: '2x' } } },
      async ({ value }) => {
        assert.equal(await value('select count(*) from mirror.customers'), 4000);
        assert.equal(
          await value('select count(*) from mirror.visits'),
          2 * (await value('select count(*) from source.visits')),
        );
      },
    ));

  it('has exactly the children that are asked for', () =>
    withMirror({ warehouse, choice: bootstrap(), tables: { visits: { rows: 777 } } }, async ({ value }) =>
      assert.equal(await value('select count(*) from mirror.visits'), 777),
    ));

  it('can be drawn again from stored fits', () =>
    withMirror({ warehouse, choice: bootstrap() }, async ({ fits }) => {
      const stored = new Map([...fits].map(([label, fit]) => [label, deserialiseTableFit(serialiseTableFit(fit))]));
      assert.deepEqual(stored, fits);
      await withMirror({ warehouse, choice: bootstrap(), options: { fits: stored } }, async (again) => {
        assert.equal(again.fits.size, 0, 'nothing is learnt twice');
        assert.equal(
          await again.value('select count(*) from mirror.visits'),
          await again.value('select count(*) from source.visits'),
        );
      });
      assert.throws(
        () => deserialiseTableFit(new Uint8Array(40)),
        (error) => error instanceof SynthError && error.code === 'fit.format',
      );
    }));
});

describe('odd tables', () => {
  const odd: Readonly<Record<string, string>> = {
    'one row': "create table t (id integer primary key, a varchar, b integer); insert into t values (1, 'x', 2);",
    'no row': 'create table t (id integer primary key, a varchar not null, b double);',
    'only a key': 'create table t (id integer primary key); insert into t select range from range(100);',
    'only NULLs': 'create table t (a varchar, b integer); insert into t select null, null from range(100);',
    'strange names': `create table t ("select" integer primary key, "a""b" varchar, "ü.x" double, "it's" date);
      insert into t select i, ['x', 'y'][1 + i % 2], i / 2, date '2024-01-01' + i::integer from range(200) t(i);`,
    'no key': "create table t (a varchar, b integer); insert into t select 'v' || i % 3, i % 7 from range(500) t(i);",
  };
  for (const [title, script] of Object.entries(odd)) {
    it(`are mirrored with ${title}`, () =>
      withMirror({ warehouse: script, choice: title === 'one row' ? bootstrap() : boosted() }, async ({ value }) => {
        assert.equal(await value('select count(*) from mirror.t'), await value('select count(*) from source.t'));
      }));
  }

  it('with text that hardly repeats are an error, or get text of the same shape', async () => {
    const text =
      "create table t (a integer, note varchar); insert into t select i % 3, 'note ' || md5(i::varchar) from range(300) t(i);";
    await assert.rejects(
      withMirror({ warehouse: text, choice: boosted() }, async () => {}),
      (error) =>
        error instanceof SynthError && error.code === 'plan.unsupported-column' && /nulls\(\)/.test(error.hint ?? ''),
    );
    await withMirror({ warehouse: text, choice: boosted(), options: { freeText: 'pattern' } }, async ({ value }) => {
      assert.equal(await value("select count(*) from mirror.t where regexp_matches(note, '^note [0-9a-f]{32}$')"), 300);
      assert.equal(await value('select count(*) from mirror.t semi join source.t using (note)'), 0);
    });
  });
});

describe('rules of the config', () => {
  const text = `create table t (id integer primary key, low integer, high integer, a integer, b integer, total integer, secret blob, mail varchar, name varchar);
    insert into t select i, i % 50, i % 50 + i % 20, i % 7, i % 11, i % 7 + i % 11, 'x', 'm' || i, 'n' from range(1000) t(i);`;
  it('are kept, and ruled columns are made', () =>
    withMirror(
      {
        warehouse: text,
        choice: boosted(),
        tables: {
          t: {
            constraints: ['low <= high', 'low + a <> 12', { kind: 'sum', total: 'total', parts: ['a', 'b'] }],
            columns: {
              secret: { kind: 'omit' },
              mail: { kind: 'expression', sql: "'id' || id || '@example.org'" },
              name: { kind: 'nulls' },
            },
          },
        },
      },
      async ({ value, query }) => {
        assert.equal(await value('select count(*) from mirror.t'), 1000);
        assert.equal(
          await value('select count(*) from mirror.t where low > high or low + a = 12 or total <> a + b'),
          0,
        );
        assert.equal(
          await value("select count(*) from mirror.t where mail <> 'id' || id || '@example.org' or name is not null"),
          0,
        );
        assert.equal(
          (await query("select * from duckdb_columns() where schema_name = 'mirror' and column_name = 'secret'"))
            .length,
          0,
        );
        assert.match(
          String((await query("select comment from duckdb_tables() where schema_name = 'mirror'"))[0]?.comment),
          /[Ss]ynthetic/,
        );
      },
    ));
});

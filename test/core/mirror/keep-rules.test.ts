// Rules that no construction holds: rows that break them get other values in the columns that the rule is about.
import assert from 'node:assert/strict';
import type { Constraint } from '../../../core/config/types.ts';
import { SynthError } from '../../../core/errors.ts';
import { boosted } from '../../../generators/boosted.ts';
import { withMirror } from './support.ts';

const people = `create table people (id integer primary key, kind varchar not null);
  insert into people select i, case when i % 4 = 0 then 'vip' else 'plain' end from range(1, 41) t(i);`;
const transfers = `${people}
  create table transfers (id integer primary key, sender integer not null references people(id),
    receiver integer not null references people(id), size varchar not null);
  insert into transfers select i, 1 + (i * 7) % 40, 1 + ((i * 7) + 1 + (i * 11) % 39) % 40,
    ['big', 'small'][1 + i % 2] from range(1, 2001) t(i);`;

/** With rules, `a` and `b` are drawn first; `c` and `d` follow. */
const numbers = `create table t (id integer primary key, a integer, b integer, c varchar, d date);
  insert into t select i, (hash(i, 1) % 40)::int, (hash(i, 2) % 40)::int, 'v' || (hash(i, 3) % 4),
    date '2024-01-01' + (hash(i, 4) % 90)::int from range(3000) t(i);`;

describe('rules that are kept by drawing again', function () {
  this.timeout(60_000);

  it('may be about two keys into one table', () =>
    withMirror(
      {
        warehouse: transfers,
        choice: boosted({ rounds: 5 }),
        tables: { transfers: { constraints: ['sender <> receiver'] } },
      },
      async ({ value, results }) => {
        assert.equal(await value('select count(*) from mirror.transfers where sender = receiver'), 0);
        assert.equal(await value('select count(*) from mirror.transfers'), 2000);
        assert.equal(
          await value('select count(*) from mirror.transfers t anti join mirror.people p on p.id = t.receiver'),
          0,
        );
        assert.ok((results.find(({ table }) => table.label === 'transfers')?.redrawn ?? 0) > 0, 'nothing was redrawn');
      },
    ));

  it('change what the rule is about and what follows, not the columns before', async () => {
    const draw = (constraints: readonly Constraint[]): Promise<Record<string, unknown>[]> =>
      withMirror(
        {
          warehouse: numbers,
          choice: boosted({ rounds: 5, order: ['c', 'd', 'a', 'b'] }),
          tables: { t: { constraints } },
        },
        ({ query }) => query('select c, d::varchar as d, a, b from mirror.t order by rowid'),
      );
    const free = await draw([]);
    const ruled = await draw(['a + b <> 40']);
    assert.equal(ruled.length, free.length);
    let changed = 0;
    for (const [row, was] of free.entries()) {
      const now = ruled[row] as typeof was;
      assert.notEqual(Number(now.a) + Number(now.b), 40);
      assert.deepEqual({ c: now.c, d: now.d, a: now.a }, { c: was.c, d: was.d, a: was.a }, `row ${row}`);
      if (now.b !== was.b) changed++;
    }
    assert.equal(changed, free.filter(({ a, b }) => Number(a) + Number(b) === 40).length);
    assert.ok(changed > 10);
  });

  it('may be keys of a link and a learnt column, or declared unique', () =>
    withMirror(
      {
        warehouse: `${people}
          create table clubs (id integer primary key, size varchar);
          insert into clubs select i, ['s', 'm', 'l'][1 + i % 3] from range(1, 21) t(i);
          create table games (club integer not null references clubs(id), person integer not null references people(id),
            day date not null, place integer, primary key (club, person, day), unique (person, place));
          insert into games select 1 + i % 20, 1 + (i // 20) % 40, date '2024-01-01' + (3 * (i // 800) + hash(i) % 3)::int, i::int
            from range(0, 1200) t(i);`,
        choice: boosted({ rounds: 5 }),
      },
      async ({ value }) => {
        assert.equal(await value('select count(*) from mirror.games'), 1200);
        assert.equal(await value('select count(distinct (club, person, day)) from mirror.games'), 1200);
        assert.equal(await value('select count(distinct (person, place)) from mirror.games'), 1200);
      },
    ));

  const failures: readonly (readonly [string, Constraint, string, RegExp])[] = [
    ['no row can keep', 'a > 1000', 'constraint.unsatisfied', /^3000 rows of t still break the rule "a > 1000" after/],
    ['is about a key', 'id > 100', 'constraint.fixed', /^\d+ rows of t break the rule "id > 100", and none/],
  ];
  for (const [title, rule, code, message] of failures) {
    it(`end in an error with the rule and the number of rows when it ${title}`, () =>
      assert.rejects(
        withMirror(
          { warehouse: numbers, choice: boosted({ rounds: 0 }), tables: { t: { constraints: [rule] } } },
          async () => {},
        ),
        (error) => error instanceof SynthError && error.code === code && message.test(error.message),
      ));
  }
});

// Foreign keys and keys of every kind that warehouses have.
import assert from 'node:assert/strict';
import { SynthError } from '../../../core/errors.ts';
import { bootstrap } from './bootstrap.ts';
import { type Mirrored, withMirror } from './support.ts';

interface Case {
  readonly title: string;
  readonly warehouse: string;
  readonly tables?: NonNullable<Parameters<typeof withMirror>[0]['tables']>;
  check(mirrored: Mirrored): Promise<void>;
}

const copied = { ...bootstrap(), generator: { ...bootstrap().generator, name: 'reference' } };

const people = `create table people (id integer primary key, kind varchar not null);
  insert into people select i, case when i % 4 = 0 then 'vip' else 'plain' end from range(1, 401) t(i);`;

const cases: readonly Case[] = [
  {
    title: 'two foreign keys to one table, of which one is optional',
    warehouse: `${people}
      create table transfers (id integer primary key, sender integer not null references people(id),
        receiver integer references people(id), size varchar not null);
      insert into transfers select i, 1 + (i * 7) % 400, case when i % 5 = 0 then null when i % 2 = 0
          then 4 * (1 + (i * 3) % 100) else 1 + 4 * ((i * 11) % 100) end, case when i % 2 = 0 then 'big' else 'small' end
        from range(1, 3001) t(i);`,
    async check({ value }) {
      assert.equal(await value('select count(*) from mirror.transfers'), 3000);
      assert.equal(
        await value('select count(*) from mirror.transfers t anti join mirror.people p on p.id = t.sender'),
        0,
      );
      assert.equal(
        await value(
          'select count(*) from mirror.transfers t anti join mirror.people p on p.id = t.receiver where receiver is not null',
        ),
        0,
      );
      const nullShare = await value('select avg((receiver is null)::int) from mirror.transfers');
      assert.ok(Math.abs(nullShare - 0.2) < 0.03, String(nullShare));
      const vips = await value(
        "select avg((p.kind = 'vip')::int) from mirror.transfers t join mirror.people p on p.id = t.receiver where size = 'big'",
      );
      assert.ok(vips > 0.95, `big transfers go to VIPs: ${vips}`);
    },
  },
  {
    title: 'a reference to the same table, without circles',
    warehouse: `create table staff (id integer primary key, manager_id integer references staff(id), grade varchar);
      insert into staff select i, null, 'a' from range(1, 4) t(i);
      insert into staff select i, 1 + i % 3, 'b' from range(4, 40) t(i);
      insert into staff select i, 4 + i % 36, 'c' from range(40, 601) t(i);`,
    async check({ value }) {
      assert.equal(await value('select count(*) from mirror.staff'), 600);
      assert.equal(await value('select count(*) from mirror.staff where manager_id = id'), 0);
      assert.ok((await value('select count(*) from mirror.staff where manager_id is null')) > 0);
      assert.equal(
        await value(`with recursive reached as (select id from mirror.staff where manager_id is null
          union all select s.id from mirror.staff s join reached r on s.manager_id = r.id) select count(*) from reached`),
        600,
      );
      const heads = await value('select count(distinct manager_id) from mirror.staff');
      assert.ok(heads >= 20 && heads <= 80, `few have subordinates: ${heads}`);
    },
  },
  {
    title: 'a circle between two tables through a nullable key',
    warehouse: `create table firms (id integer primary key, city varchar, contact_id integer);
      create table contacts (id integer primary key, firm_id integer not null references firms(id), role varchar);
      insert into firms select i, ['x', 'y'][1 + i % 2], case when i % 3 > 0 then i end from range(1, 301) t(i);
      insert into contacts select i, 1 + i % 300, ['boss', 'other'][1 + i % 2] from range(1, 901) t(i);`,
    tables: { firms: { relations: [{ columns: 'contact_id', references: 'contacts' }] } },
    async check({ value, plan }) {
      assert.deepEqual(
        plan.tables.map(({ label }) => label),
        ['firms', 'contacts'],
      );
      assert.equal(
        await value(
          'select count(*) from mirror.firms f anti join mirror.contacts c on c.id = f.contact_id where contact_id is not null',
        ),
        0,
      );
      assert.equal(
        await value('select count(*) from mirror.contacts c anti join mirror.firms f on f.id = c.firm_id'),
        0,
      );
      const share = await value('select avg((contact_id is null)::int) from mirror.firms');
      assert.ok(Math.abs(share - 1 / 3) < 0.1, String(share));
    },
  },
  {
    title: 'an optional owner, and orphans',
    warehouse: `${people}
      create table visits (id bigint primary key, person_id integer, page varchar);
      insert into visits select i * 10, case when i % 4 = 0 then null when i % 50 = 1 then 99999 else 1 + i % 300 end, ['p', 'q'][1 + i % 2]
        from range(1, 2001) t(i);`,
    tables: { visits: { relations: [{ columns: 'person_id', references: 'people' }] } },
    async check({ value, notes }) {
      assert.equal(await value('select count(*) from mirror.visits'), 2000);
      assert.equal(
        await value(
          'select count(*) from mirror.visits v anti join mirror.people p on p.id = v.person_id where person_id is not null',
        ),
        0,
      );
      assert.ok(
        notes.some((note) => note.includes('reference no row of people')),
        notes.join(),
      );
      const share = await value('select avg((person_id is null)::int) from mirror.visits');
      assert.ok(share > 0.15 && share < 0.35, String(share));
      assert.ok(
        (await value('select count(*) from mirror.people p anti join mirror.visits v on p.id = v.person_id')) > 20,
      );
    },
  },
  {
    title: 'UUID keys, text keys and dates as keys',
    warehouse: `create table accounts (id uuid primary key, code varchar unique, kind varchar);
      insert into accounts select md5(i::varchar)::uuid, 'ACC-' || lpad((i * 3)::varchar, 5, '0'), ['a', 'b'][1 + i % 2] from range(1, 201) t(i);
      create table statements (account_id uuid not null references accounts(id), day date not null, total integer, primary key (account_id, day));
      insert into statements select md5(i::varchar)::uuid, date '2024-01-01' + (i + j * (1 + i % 3))::integer, i % 7 from range(1, 201) t(i), range(0, 5) u(j);
      create table days (day date primary key, weekday varchar);
      insert into days select date '2024-01-01' + i::integer, ['x', 'y'][1 + i % 2] from range(0, 100) t(i);
      create table tokens (token varchar primary key, n integer);
      insert into tokens select 'T' || substr(md5(i::varchar), 1, 9), i % 3 from range(0, 300) t(i);`,
    async check({ value, query }) {
      assert.equal(
        await value("select count(distinct id) from mirror.accounts where substr(id::varchar, 15, 1) = '4'"),
        200,
      );
      assert.equal(await value('select count(*) from mirror.accounts semi join source.accounts using (id)'), 0);
      assert.equal(
        await value("select count(distinct code) from mirror.accounts where regexp_matches(code, '^ACC-[0-9]{5}$')"),
        200,
      );
      assert.equal(await value('select count(distinct (account_id, day)) from mirror.statements'), 1000);
      assert.equal(
        await value('select count(*) from mirror.statements anti join mirror.accounts a on a.id = account_id'),
        0,
      );
      assert.equal(await value('select count(distinct day) from mirror.days'), 100);
      assert.equal(
        await value("select count(distinct token) from mirror.tokens where regexp_matches(token, '^T[0-9a-f]{9}$')"),
        300,
      );
      assert.ok((await query('select * from mirror.tokens semi join source.tokens using (token)')).length === 0);
    },
  },
  {
    title: 'a key of two foreign keys',
    warehouse: `${people}
      create table clubs (id integer primary key, size varchar);
      insert into clubs select i, ['s', 'm', 'l'][1 + i % 3] from range(1, 61) t(i);
      create table members (person_id integer not null references people(id), club_id integer not null references clubs(id),
        rank varchar, primary key (person_id, club_id));
      insert into members select distinct on (p, c) p, c, ['a', 'b'][1 + (p + c) % 2] from (select 1 + i % 350 as p, 1 + (i * i) % 60 as c from range(1, 1501) t(i));`,
    async check({ value }) {
      const rows = await value('select count(*) from source.members');
      assert.equal(await value('select count(*) from mirror.members'), rows);
      assert.equal(await value('select count(distinct (person_id, club_id)) from mirror.members'), rows);
      assert.equal(
        await value('select count(*) from mirror.members m anti join mirror.clubs c on c.id = m.club_id'),
        0,
      );
    },
  },
  {
    title: 'composite keys into copied tables, and numbers as keys of them',
    warehouse: `create table shops (country varchar, number integer, title varchar, primary key (country, number));
      insert into shops select ['de', 'fr'][1 + i % 2], i, 'shop ' || i from range(1, 21) t(i);
      create table taxes (id integer primary key, rate integer);
      insert into taxes values (7, 7), (19, 19);
      create table sales (id integer primary key, country varchar, number integer, tax integer references taxes(id), amount integer,
        foreign key (country, number) references shops(country, number));
      insert into sales select i, ['de', 'fr'][1 + (1 + i % 20) % 2], 1 + i % 20, case when i % 3 = 0 then 7 when i % 3 = 1 then 19 end, i % 50 from range(1, 1001) t(i);`,
    tables: { shops: { choice: copied }, taxes: { choice: copied } },
    async check({ value }) {
      assert.equal(await value('select count(*) from mirror.sales anti join mirror.shops using (country, number)'), 0);
      assert.equal(
        await value(
          'select count(*) from mirror.sales s anti join mirror.taxes t on t.id = s.tax where tax is not null',
        ),
        0,
      );
      assert.equal(
        await value('select count(*) from (select * from mirror.shops except select * from source.shops)'),
        0,
      );
    },
  },
];

describe('foreign keys', () => {
  for (const { title, check, ...setup } of cases) {
    it(`are whole with ${title}`, () => withMirror({ choice: bootstrap(), ...setup }, check));
  }

  it('that form a circle without a nullable key are an error', async () => {
    const warehouse = `create table a (id integer primary key, b integer not null); create table b (id integer primary key, a integer not null);`;
    const tables = {
      a: { relations: [{ columns: 'b', references: 'b' }] },
      b: { relations: [{ columns: 'a', references: 'a' }] },
    };
    await assert.rejects(
      withMirror({ warehouse, choice: bootstrap(), tables }, async () => {}),
      (error) => error instanceof SynthError && error.code === 'plan.key-cycle',
    );
  });
});

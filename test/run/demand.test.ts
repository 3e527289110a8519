// Mirrors whose config asks for kinds of rows: exact counts, labels by rule, and audits that know what was asked for.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { BuildResult } from '../../core/run/index.ts';
import { buildIn, duck, failureOf, inFolder, one, shop, writeConfig } from './support.ts';

const lenient = "audits: { bounds: ['prv.*', 'fid.pair'].map((audit) => ({ audit, severity: 'warn' })) },";

function build(tables: string, check: (result: BuildResult, mirrors: string) => Promise<void>): Promise<void> {
  return inFolder(async (folder) => {
    const home = process.cwd();
    await shop(folder, { customers: 4000, orders: 4000 });
    await writeConfig(folder, tables, lenient);
    process.chdir(folder);
    try {
      const result = await buildIn(folder);
      await check(result, join(folder, 'mirrors.duckdb'));
    } finally {
      process.chdir(home);
    }
  });
}

function verdicts({ tables }: BuildResult, id: string, column: string): readonly string[] {
  return tables.flatMap(({ audits }) =>
    audits.filter((audit) => audit.id === id && audit.columns.includes(column)).map(({ verdict }) => verdict),
  );
}

describe('a config that asks for kinds of rows', function () {
  this.timeout(60_000);

  it('balances a column exactly, labels by rule, and is judged by the shares that were asked for', () =>
    build(
      `customers: {
        generator: boosted(), rows: 3000, balance: { region: { north: 0.6, south: 0.1 } },
        labels: { senior: 'coalesce(age >= 60, false)', spent: 'age * 2' },
      }`,
      async (result, mirrors) => {
        assert.equal(result.published, true, JSON.stringify(result.tables));
        const found = await one(
          `select count(*)::int as n, count(distinct id)::int as ids, count(*) filter (where region = 'north')::int as north,
            count(*) filter (where region = 'south')::int as south,
            count(*) filter (where senior is distinct from coalesce(age >= 60, false))::int as wrong,
            count(*) filter (where spent is distinct from age * 2)::int as replaced from customers`,
          mirrors,
        );
        assert.deepEqual(found, { n: 3000, ids: 3000, north: 1800, south: 300, wrong: 0, replaced: 0 });
        // A quarter each in the source: against it this would fail.
        const [verdict] = verdicts(result, 'fid.tvd', 'region');
        assert.ok(verdict === 'pass' || verdict === 'inconclusive', verdict);
      },
    ));

  it('makes so many rows of each kind, children by a column of their parents', () =>
    build(
      `customers: { generator: boosted(), atLeast: { where: 'age >= 75', count: 900 } },
       orders: { generator: boosted(), rows: [{ where: "customers.region = 'east'", count: 500 }, { count: 700 }] }`,
      async (result, mirrors) => {
        assert.equal(result.published, true, JSON.stringify(result.tables));
        const found = await one(
          `select (select count(*)::int from customers) as customers,
            (select count(*)::int from customers where age >= 75) as old, count(*)::int as orders,
            count(*) filter (where c.region = 'east')::int >= 500 as enough from orders join customers as c on c.id = customer_id`,
          mirrors,
        );
        assert.deepEqual(found, { customers: 4000, old: 900, orders: 1200, enough: true });
      },
    ));

  it('finds rare rows by drawing with the values that a condition leaves no choice of', () =>
    build(
      `customers: { generator: boosted(), rows: [
        { where: "region = 'north' and age between 70 and 72 and spent > 900", count: 400 }, { count: 3000 },
      ] }`,
      async (result, mirrors) => {
        assert.equal(result.published, true, JSON.stringify(result.tables));
        const found = await one(
          `select count(*)::int between 400 and 420 as enough, count(distinct spent)::int > 250 as spread,
            count(*) filter (where age = 71)::int between 140 and 230 as usual
            from customers where region = 'north' and age between 70 and 72 and spent > 900`,
          mirrors,
        );
        // Of the real ones of these ages, 45 % are 71: shares are matched to that.
        assert.deepEqual(found, { enough: true, spread: true, usual: true });
      },
    ));

  for (const rows of ['1e13', "'9000000000x'", "[{ count: 5 }, { where: 'age > 30', count: 1e13 }]"]) {
    it(`says before it learns that rows: ${rows} have no room`, async () => {
      const error = await failureOf(build(`customers: { generator: boosted(), rows: ${rows} }`, async () => {}));
      assert.equal(error.code, 'space.short', error.message);
      assert.match(error.message, /rows of customers take about [\d,.]+ GB, and .* GB left\.$/);
    });
  }

  it('gives parents that were asked for as many children as such parents have, and judges these by those of such parents', () =>
    inFolder(async (folder) => {
      const home = process.cwd();
      const source = await shop(folder, { customers: 3000, orders: 3000 });
      await duck(
        [
          // In the north six orders of a kind of their own, elsewhere one.
          'delete from orders',
          `insert into orders select row_number() over (), c.id, date '2024-01-01' + (hash(c.id, k) % 365)::int,
             hash(c.id, k, 1) % 1000 + case when region = 'north' then 2000 else 0 end, 'sent'
           from customers as c, range(6) as t(k) where region = 'north' or k = 0`,
        ],
        source,
      );
      await writeConfig(
        folder,
        `customers: { generator: boosted(), balance: { region: { north: 0.8 } } }, orders: { generator: boosted() }`,
        lenient,
      );
      process.chdir(folder);
      try {
        const result = await buildIn(folder);
        assert.equal(result.published, true, JSON.stringify(result.tables));
        const found = await one(
          `select count(*)::int as customers, (select count(*)::int from orders) as orders from customers`,
          join(folder, 'mirrors.duckdb'),
        );
        // 2,400 parents with six children and 600 with one.
        assert.equal(found.customers, 3000);
        assert.ok(Math.abs(Number(found.orders) - 15_000) < 900, String(found.orders));
        // Of all real orders .67 are of the north, of the mirror's .96.
        for (const id of ['fid.ks', 'fid.w1']) assert.deepEqual(verdicts(result, id, 'amount'), ['pass'], id);
      } finally {
        process.chdir(home);
      }
    }));

  const wrong: readonly (readonly [config: string, message: RegExp])[] = [
    ['balance: { region: { north: 1.2 } }', /a share between 0 and 1/],
    ['balance: { region: { north: 0.7, south: 0.4 } }', /add up to more than 1/],
    ['balance: { region: { north: 0.5 }, age: { 30: 0.5 } }', /Only one column can be balanced/],
    ["rows: [{ where: 'age > 3', count: 5 }], atLeast: { where: 'age > 3', count: 5 }", /Ask for one of/],
    ["rows: [{ were: 'age > 3', count: 5 }]", /a whole number, a factor/],
    ["rows: 10, atLeast: { where: 'age > 3', count: 11 }", /more rows than the mirror has/],
    ["labels: { risk: 'agee > 3' }", /names "agee"/],
    ['balance: { regio: { north: 0.5 } }', /names "regio"/],
  ];
  for (const [config, message] of wrong) {
    it(`refuses ${config}`, async () => {
      const error = await failureOf(
        build(`customers: { generator: boosted({ rounds: 1 }), ${config} }`, async () => {}),
      );
      assert.match(error.message, message);
    });
  }
});

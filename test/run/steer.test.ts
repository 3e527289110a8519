// Rows on demand that conditions steer: the same rows as come up by themselves, in far fewer draws.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { loadConfig } from '../../core/config/load.ts';
import { runSample } from '../../core/run/sample.ts';
import { builtProject, duck, failureOf, one, type Project, writeConfig } from './support.ts';

/** Gold customers and shops spend more, the same product tends to come again, and dear orders come back. */
const warehouse = [
  'create table customers (id integer primary key, kind varchar not null, age integer not null)',
  `insert into customers select i, case when hash(i) % 10 < 2 then 'gold' else 'plain' end, 18 + (hash(i, 2) % 60)::int
    from range(1500) t(i)`,
  `create table orders (id integer primary key, customer_id integer not null references customers (id), placed date not null,
    shop varchar not null, product varchar not null, net integer not null, tax integer not null, total integer not null,
    status varchar not null)`,
  `insert into orders
    with drawn as (
      select i, i % 1500 as c, hash(i, 3) % 1000 / 1000 as u, hash(i, 4) % 1000 / 1000 as v, hash(i, 5) % 1000 / 1000 as w
      from range(9000) t(i)
    ), bought as (
      select *, case when hash(c, 6) % 4 = 0 then 'post' else 'web' end as shop,
        case when u < case when c % 5 = 0 then .15 else .02 end then 'piano' when u < .6 then 'book' else 'lamp' end as product
      from drawn
    ), priced as (
      select *, round((case product when 'piano' then 900 when 'lamp' then 60 else 20 end)
        * (case when hash(c) % 10 < 2 then 1.6 else 1 end) * (.6 + v))::int as net from bought
    )
    select i, c, date '2024-01-01' + (i // 1500 * 40 + hash(i, 8) % 30)::int, shop, product, net, (net * .2)::int,
      net + (net * .2)::int, case when w < case when net > 700 then .4 else .08 end then 'back' else 'sent' end
    from priced`,
];
const tables = `
  customers: { generator: boosted({ rounds: 12 }), constraints: ['age >= 18', "kind <> 'gold' or age < 75"] },
  orders: { generator: boosted({ rounds: 12 }), order: 'placed',
    constraints: [{ kind: 'sum', total: 'total', parts: ['net', 'tax'] }, 'tax < net'] },
`;

describe('synth sample, steered', function () {
  this.timeout(120_000);
  let project: Project;
  before(async () => {
    project = await builtProject(async (path) => {
      await duck(warehouse, join(path, 'shop.duckdb'));
      const severity = "['fid.*', 'prv.*', 'utl.*', 'col.*'].map((audit) => ({ audit, severity: 'warn' }))";
      await writeConfig(path, tables, `audits: { bounds: ${severity} },`);
    });
  });
  after(() => project?.leave());

  const draw = async (table: string, rows: number, where: string, tries?: number): Promise<string> => {
    const out = join(project.folder, `${table}-${tries ?? 'any'}-${where.length}.parquet`);
    await runSample({
      config: await loadConfig({ directory: project.folder }),
      ...{ table, rows, where, out, threads: 1 },
      ...(tries !== undefined && { tries }),
      signal: new AbortController().signal,
      progress: () => {},
    });
    return out;
  };

  /** The same conditions, one of them so that nothing can be steered by it. */
  const cases = [
    {
      what: 'children by their own columns, given their parents and elder siblings',
      table: 'orders',
      rows: 900,
      tries: 30_000,
      where: "product = 'piano' and status = 'back'",
      hidden: "product || '' = 'piano' and status || '' = 'back'",
      rules: 'total = net + tax and tax < net',
      shares: [
        'net > 900',
        'net > 1300',
        "shop = 'post'",
        "placed < '2024-04-01'",
        'customer_id % 5 = 0',
        "placed < '2024-02-01'",
      ],
    },
    {
      what: 'tables with rules',
      table: 'customers',
      rows: 1500,
      tries: 140_000,
      where: "kind = 'gold' and age = 30",
      hidden: "kind || '' = 'gold' and age + 0 = 30",
      rules: "kind <> 'gold' or age < 75",
      shares: [],
    },
  ];
  for (const { what, table, rows, tries, where, hidden, rules, shares } of cases) {
    it(`steers ${what}: few draws, and the shares of rows that come up by themselves`, async () => {
      const steered = await draw(table, rows, where, tries);
      const all = await one(`select count(*)::int as n, count(distinct id)::int as ids,
        count(*) filter (where (${where}) and (${rules}))::int as kept from '${steered}'`);
      assert.deepEqual(all, { n: rows, ids: rows, kept: rows });
      const error = await failureOf(draw(table, rows, hidden, tries));
      assert.equal(error.code, 'demand.too-rare');
      if (shares.length === 0) return;
      const plain = await draw(table, rows, hidden);
      for (const share of shares) {
        const found = await one(`select (select avg((${share})::int) from '${steered}') as one,
          (select avg((${share})::int) from '${plain}') as other`);
        const [a, b] = [Number(found.one), Number(found.other)];
        const z = Math.abs(a - b) / Math.sqrt(((a + b) / 2) * (1 - (a + b) / 2) * (2 / rows) + 1e-9);
        assert.ok(z < 4, `${share}: ${a} steered, ${b} by themselves, ${z} standard errors`);
      }
    });
  }
});

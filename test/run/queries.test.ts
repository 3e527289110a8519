// The user's own SQL in a build: audits that find rows, and a workload that must answer alike.
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditResult } from '../../core/audit.ts';
import { buildIn, failureOf, inFolder, shop, writeConfig } from './support.ts';

function inShop(body: (folder: string) => Promise<void>): Promise<void> {
  return inFolder(async (folder) => {
    const home = process.cwd();
    await shop(folder, { customers: 1500, orders: 4000 });
    process.chdir(folder);
    try {
      await body(folder);
    } finally {
      process.chdir(home);
    }
  });
}

const all = 'customers: boosted({ rounds: 5 }), orders: boosted({ rounds: 5 })';
const ids = (results: readonly AuditResult[], prefix: string): readonly string[] =>
  results.filter(({ id }) => id.startsWith(prefix)).map(({ id, name, verdict }) => `${name ?? id} ${verdict}`);

describe('queries of a config', function () {
  this.timeout(120_000);

  it('are run in a build: offending rows stop it, wrong answers too', () =>
    inShop(async (folder) => {
      await mkdir(join(folder, 'checks'));
      await mkdir(join(folder, 'queries'));
      await writeFile(join(folder, 'checks/negative.sql'), 'select * from orders where amount < 0; -- none\n');
      await writeFile(
        join(folder, 'queries/regions.sql'),
        'select region, count(*) as n, avg(amount) as mean from orders o join customers c on c.id = customer_id group by 1',
      );
      const settings = `audits: {
        sql: ['checks/*.sql', { name: 'young', sql: 'select * from customers where age < 30', owner: 'crm', because: 'New.' },
          { name: 'few', sql: 'select * from customers where age < 30', failAt: 1500, warnAt: 0 },
          { name: 'broken', sql: 'select nothing from customers', severity: 'warn' },
          { name: 'unlooked', sql: 'select * from orders', severity: 'off' }],
        workload: ['queries/*.sql', { name: 'source', sql: "select count(*) n from orders where current_database() = 'x'" },
          { name: 'alone', sql: 'select status, count(*) n from orders group by 1' }],
        severity: { 'sql.young': 'error', 'sql.*': 'warn' },
      },`;
      const tables = all.replace(/orders: (.*)$/, "orders: { generator: $1, columns: { status: { kind: 'omit' } } }");
      await writeConfig(folder, tables, settings);
      const result = await buildIn(folder);
      assert.equal(result.published, false);
      const results = result.tables.flatMap(({ audits }) => audits);
      assert.deepEqual(ids(results, 'sql.').toSorted(), [
        'sql.broken error',
        'sql.few warn',
        'sql.negative pass',
        'sql.young fail',
      ]);
      const young = results.find(({ id }) => id === 'sql.young');
      assert.deepEqual([young?.table, young?.owner, young?.because], ['customers', 'crm', 'New.']);
      assert.deepEqual([young?.severity, results.find(({ id }) => id === 'sql.few')?.severity], ['error', 'warn']);
      assert.deepEqual(ids(results, 'utl.').toSorted(), [
        'alone fail',
        'regions: mean pass',
        'regions: n pass',
        'source pass',
      ]);
      const report = await readFile(join(folder, 'target/synth/report/index.html'), 'utf8');
      assert.match(report, /crm: New\./);
      assert.match(report, /The query (?:"|&quot;)young(?:"|&quot;) finds no row\./);
    }));

  it('are run again alone when they change, also on tables that stay as they are', () =>
    inShop(async (folder) => {
      await writeConfig(folder, all);
      assert.equal((await buildIn(folder)).published, true);
      const settings = (sql: string): string => `audits: { workload: [{ name: 'q', sql: '${sql}' }] },`;
      await writeConfig(folder, all, settings('select count(*) n from customers'));
      const one = await buildIn(folder);
      assert.deepEqual(
        one.tables.map(({ status }) => status === 'skip'),
        [false, true],
      );
      assert.deepEqual(
        ids(
          one.tables.flatMap(({ audits }) => audits),
          'utl.',
        ),
        ['q pass'],
      );
      await writeConfig(
        folder,
        all.replace('orders: boosted({ rounds: 5 })', 'orders: boosted({ rounds: 6 })'),
        settings('select count(*) n from orders, customers where age > 200'),
      );
      const next = await buildIn(folder);
      assert.equal(next.published, true);
      assert.deepEqual(
        ids(
          next.tables.flatMap(({ audits }) => audits),
          'utl.',
        ),
        ['q pass'],
      );
    }));

  const wrong: readonly [what: string, audits: string, says: RegExp][] = [
    [
      'a table',
      "workload: [{ name: 'q', sql: 'select count(*) from custmers' }]",
      /reads "custmers".*Did you mean "customers"/,
    ],
    ['the text', "sql: [{ name: 'q', sql: 'selec 1' }]", /audits\.sql\[0\]: q: DuckDB cannot read this/],
    ['a path', "sql: ['queries/*.sql']", /No file is found for "queries\/\*\.sql"/],
    ['a missing name', "sql: [{ sql: 'select 1' }]", /needs a `name`/],
    ['a key', "workload: [{ name: 'q', sql: 'select 1', ordermatters: true }]", /Did you mean "orderMatters"/],
    [
      'a name twice',
      "sql: [{ name: 'q', sql: 'select 1' }, { name: 'q', sql: 'select 2' }]",
      /another query "q" at audits\.sql\[0\]/,
    ],
    [
      'an id',
      "sql: [{ name: 'q', sql: 'select 1' }], severity: { 'sql.p': 'warn' }",
      /There is no audit "sql\.p"\. Did you mean "sql\.q"/,
    ],
  ];
  it('are checked before anything is learnt', () =>
    inShop(async (folder) => {
      for (const [what, audits, says] of wrong) {
        await writeConfig(folder, all, `audits: { ${audits} },`);
        assert.match((await failureOf(buildIn(folder))).message, says, what);
      }
    }));
});

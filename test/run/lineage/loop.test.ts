// Where mirrors come from: sources that are mirrors are refused, loops on purpose are counted.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../../core/config/load.ts';
import { type BuildResult, runBuild } from '../../../core/run/index.ts';
import { runLineage } from '../../../core/run/inspect.ts';
import { duck, failureOf, inFolder } from '../support.ts';

let minutes = 0;

async function build(folder: string, fullRefresh = false): Promise<BuildResult> {
  const at = new Date(Date.UTC(2026, 0, 5, 6, minutes++));
  return runBuild({
    config: await loadConfig({ directory: folder }),
    ...{ fullRefresh, wait: false, threads: 1, signal: new AbortController().signal },
    progress: () => {},
    clock: () => at,
  });
}

function write(folder: string, table: string, source = 'shop.duckdb', mirrors = 'mirrors.duckdb'): void {
  writeFileSync(
    join(folder, 'synth.config.ts'),
    `import { copula, defineConfig, duckdb } from 'synthouse';
export default defineConfig({
  source: duckdb({ path: '${source}' }), mirrors: duckdb({ path: '${mirrors}' }), tables: { orders: { generator: copula(), ${table} } },
});`,
  );
}

async function inShop(table: string, body: (folder: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    await duck(
      `create table orders as select i as id, (hash(i, 1) % 100000)::int as amount, (hash(i, 3) % 1000) / 8 as weight,
         ['web', 'shop', 'phone'][(hash(i, 2) % 3)::int + 1] as channel from range(3000) t(i)`,
      join(folder, 'shop.duckdb'),
    );
    write(folder, table);
    const home = process.cwd();
    process.chdir(folder);
    try {
      await body(folder);
    } finally {
      process.chdir(home);
    }
  });
}

const add = (folder: string, rows: string) =>
  duck([`attach 'mirrors.duckdb' as m (read_only)`, `insert into orders ${rows}`], join(folder, 'shop.duckdb'));

describe('lineage', function () {
  this.timeout(120_000);

  it('refuses a source that is a mirror, and one into which rows of a mirror came back', () =>
    inShop("key: 'id'", async (folder) => {
      assert.equal((await build(folder)).published, true);
      // Real rows alone: whatever their number, nothing is found.
      await add(folder, 'select id + 3000, (amount * 7 + 13) % 100000, weight, channel from orders');
      assert.equal((await build(folder)).published, true);
      // By way of a file, with keys of their own and in another order.
      await add(folder, `select id + 10000, amount, weight, channel from m.main.orders order by weight limit 200`);
      const failure = await failureOf(build(folder));
      assert.equal(failure.code, 'source.contaminated');
      assert.match(failure.message, /The source of orders holds rows of a mirror: at least 1\d\d of 6,200/);
      assert.match(failure.hint ?? '', /contamination: 'warn' or 'allow'/);

      write(folder, "key: 'id', contamination: 'warn'");
      const warned = await build(folder);
      assert.ok(warned.notes.some((note) => note.includes('holds rows of a mirror')));
      const [last] = (await runLineage({ config: await loadConfig({ directory: folder }), table: 'orders' })).slice(-1);
      assert.equal(last?.contaminated, true);
      assert.ok((last?.realShare ?? 1) < 0.99 && (last?.realShare ?? 0) > 0.95, JSON.stringify(last));

      write(folder, "key: 'id'", 'mirrors.duckdb', 'second.duckdb');
      assert.equal((await failureOf(build(folder))).code, 'source.mirror');
    }));

  it('counts the generations of a loop on purpose, in the state, the mirrors and the report', () =>
    inShop("key: 'id', blend: { real: 0.4, with: 'accumulate' }", async (folder) => {
      for (let generation = 1; generation <= 3; generation++) assert.equal((await build(folder, true)).published, true);
      const chain = await runLineage({ config: await loadConfig({ directory: folder }), table: 'orders' });
      assert.deepEqual(
        chain.map(({ generation, ancestors }) => [generation, ancestors.length]),
        [
          [1, 0],
          [2, 1],
          [3, 2],
        ],
      );
      assert.deepEqual(
        chain.map(({ realShare }) => Number(realShare.toFixed(2))),
        [1, 0.44, 0.4],
      );
      const told = await duck(
        `select generation, real_share < 1 as mixed, len(ancestors) as n from synth_meta.lineage order by generation`,
        join(folder, 'mirrors.duckdb'),
      );
      assert.deepEqual(told, [
        { generation: 1, mixed: false, n: '0' },
        { generation: 2, mixed: true, n: '1' },
        { generation: 3, mixed: true, n: '2' },
      ]);
      const [comment] = await duck(
        `select comment from duckdb_tables() where table_name = 'orders'`,
        join(folder, 'mirrors.duckdb'),
      );
      assert.match(String(comment?.comment), /Generation 3: learnt from rows of which 60 % were synthetic/);
    }));

  it('refuses a blend of rows that belong to other rows', () =>
    inFolder(async (folder) => {
      await duck(
        [
          'create table people (id integer primary key, age integer)',
          'insert into people select i, 20 + i % 50 from range(500) t(i)',
          'create table visits (id integer primary key, person integer references people (id), days integer)',
          'insert into visits select i, i % 500, i % 9 from range(1500) t(i)',
        ],
        join(folder, 'shop.duckdb'),
      );
      writeFileSync(
        join(folder, 'synth.config.ts'),
        `import { copula, defineConfig, duckdb } from 'synthouse';
export default defineConfig({ source: duckdb({ path: '${folder}/shop.duckdb' }), mirrors: duckdb({ path: '${folder}/m.duckdb' }),
  tables: { people: { generator: copula(), blend: { real: 0.5 } }, visits: copula() } });`,
      );
      const failure = await failureOf(build(folder));
      assert.equal(failure.code, 'blend.related');
      assert.match(failure.message, /people cannot be blended with its mirrors: its rows belong to those of visits/);
    }));
});

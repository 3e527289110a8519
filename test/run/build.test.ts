// `synth build` from plan to publish and back: what is rebuilt, what stops a release, and who may build at a time.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { loadConfig } from '../../core/config/load.ts';
import type { RunResults } from '../../core/report/run-results.ts';
import { type BuildResult, projectPaths, runRollback } from '../../core/run/index.ts';
import { acquireLease, openState } from '../../core/state/index.ts';
import { buildIn, duck, failureOf, inFolder, one, shop, startSynth, synth, writeConfig } from './support.ts';

const tables = 'customers: boosted(), orders: boosted()';

function inShop(body: (folder: string) => Promise<void>): Promise<void> {
  return inFolder(async (folder) => {
    const home = process.cwd();
    await shop(folder, { customers: 1000, orders: 3500 });
    await writeConfig(folder, tables);
    // Relative paths of a config start at the working directory.
    process.chdir(folder);
    try {
      await body(folder);
    } finally {
      process.chdir(home);
    }
  });
}

function actions({ tables }: BuildResult): Readonly<Record<string, string>> {
  return Object.fromEntries(tables.map(({ name, action, status }) => [name, `${action} ${status}`]));
}

function staged(folder: string): readonly string[] {
  const path = join(folder, '.mirrors.duckdb.releases');
  return existsSync(path) ? readdirSync(path).filter((name) => /^(staged|next)-/.test(name)) : [];
}

const whole = `select (select count(*)::int from customers) as customers, (select count(*)::int from orders) as orders,
  (select count(*)::int from orders where customer_id not in (select id from customers)) as orphans`;
const expected = { customers: 1000, orders: 3500, orphans: 0 };

describe('synth build', function () {
  this.timeout(180_000);

  it('publishes whole mirrors, leaves the source as it was, and skips what has not changed', () =>
    inShop(async (folder) => {
      const before = readFileSync(join(folder, 'shop.duckdb'));
      const first = await buildIn(folder);
      assert.equal(first.published, true, JSON.stringify(first.tables.flatMap(({ audits }) => audits)));
      assert.deepEqual(await one(whole, join(folder, 'mirrors.duckdb')), expected);
      assert.deepEqual(staged(folder), []);
      const second = await buildIn(folder);
      assert.equal(second.published, false);
      assert.equal(second.summary.skip, 2);
      assert.deepEqual(actions(second), { customers: 'keep skip', orders: 'keep skip' });
      assert.ok(second.tables.every(({ reasons }) => reasons.includes('unchanged')));
      assert.ok(readFileSync(join(folder, 'shop.duckdb')).equals(before), 'the source changed');
      assert.equal(existsSync(join(folder, 'shop.duckdb.wal')), false);
    }));

  it('says in run_results.json, manifest.json and JUnit XML what it did', () =>
    inShop(async (folder) => {
      const junit = join(folder, 'reports', 'synth.xml');
      const { release, tables: built } = await buildIn(folder, { junit });
      const read = (file: string): Record<string, unknown> =>
        JSON.parse(readFileSync(join(folder, 'target', 'synth', file), 'utf8'));
      const { metadata, results, summary } = read('run_results.json') as unknown as RunResults;
      const audits = built.flatMap((table) => table.audits);
      assert.deepEqual(metadata.release, { id: release, published: true });
      assert.equal(summary.total, audits.length);
      assert.deepEqual(
        results.slice(0, 2).map(({ uniqueId, status }) => [uniqueId, status]),
        [
          ['mirror.customers', 'success'],
          ['mirror.orders', 'success'],
        ],
      );
      assert.equal(results.length, 2 + audits.length);
      assert.deepEqual(read('manifest.json').parents, {
        'mirror.customers': [],
        'mirror.orders': ['mirror.customers'],
      });
      assert.equal(read('plan.json').schemaVersion, 1);
      assert.match(
        readFileSync(junit, 'utf8'),
        new RegExp(`<testsuites name="synth" tests="${audits.length}" failures="0"`),
      );
    }));

  it('remembers what it learnt: the same again gives the same mirror, and a source that moved is named', () =>
    inShop(async (folder) => {
      await buildIn(folder);
      const again = await buildIn(folder, { fullRefresh: true });
      const results = (built: BuildResult, id: string) =>
        built.tables.flatMap(({ name, audits }) =>
          audits.filter((audit) => audit.id === id).map(({ columns, verdict }) => [name, ...columns, verdict]),
        );
      assert.deepEqual(results(again, 'drf.repro'), [
        ['customers', 'pass'],
        ['orders', 'pass'],
      ]);
      assert.deepEqual(results(again, 'drf.psi'), []);
      await duck('update orders set amount = amount + 700', join(folder, 'shop.duckdb'));
      const moved = await buildIn(folder);
      assert.deepEqual(results(moved, 'drf.repro'), []);
      assert.deepEqual(
        results(moved, 'drf.psi').filter(([, , verdict]) => verdict !== 'pass'),
        [['orders', 'amount', 'fail']],
      );
      assert.equal(moved.published, true);
    }));

  it('rebuilds only the table whose config changed and its children', () =>
    inShop(async (folder) => {
      await buildIn(folder);
      await writeConfig(folder, 'customers: boosted(), orders: { generator: boosted(), rows: 900 }');
      const child = await buildIn(folder);
      assert.match(actions(child).customers ?? '', /^keep skip/);
      assert.doesNotMatch(actions(child).orders ?? '', /^keep/);
      assert.deepEqual(await one(whole, join(folder, 'mirrors.duckdb')), { ...expected, orders: 900 });
      await writeConfig(
        folder,
        'customers: { generator: boosted(), fitRows: 200 }, orders: { generator: boosted(), rows: 900 }',
      );
      const both = await buildIn(folder);
      assert.equal(both.summary.skip, 0, JSON.stringify(actions(both)));
    }));

  it('publishes nothing when an audit fails, and rolls back', () =>
    inShop(async (folder) => {
      const first = await buildIn(folder);
      const bytes = readFileSync(join(folder, 'mirrors.duckdb'));
      await writeConfig(folder, `customers: { generator: boosted(), rows: 10 }, orders: boosted()`);
      const rejected = await synth(folder, 'build', '--json');
      assert.equal(rejected.code, 1, rejected.err);
      const result = JSON.parse(rejected.out) as BuildResult;
      assert.equal(result.published, false);
      assert.equal(actions(result).customers?.endsWith('fail'), true);
      assert.ok(readFileSync(join(folder, 'mirrors.duckdb')).equals(bytes), 'the visible mirrors changed');

      const config = await loadConfig({ directory: folder });
      await writeConfig(folder, 'customers: { generator: boosted(), rows: 300 }, orders: boosted()');
      const third = await buildIn(folder);
      assert.equal(third.published, true);
      assert.deepEqual(await one('select count(*)::int as n from customers', join(folder, 'mirrors.duckdb')), {
        n: 300,
      });
      assert.deepEqual(staged(folder), [], 'a rejected release is cleared away');
      const back = await runRollback({ config, clock: () => new Date(), signal: new AbortController().signal });
      assert.equal(back.to.id, first.release);
      assert.ok(readFileSync(join(folder, 'mirrors.duckdb')).equals(bytes));
    }));

  it('keeps a rule that the source breaks, and says how far the source is from it', () =>
    inShop(async (folder) => {
      await writeConfig(
        folder,
        "customers: { generator: boosted(), constraints: ['age is null or age > 30', 'age is null or age > 0'] }",
      );
      const { notes, tables } = await buildIn(folder);
      const about = notes.filter((note) => note.includes('breaks the rule'));
      assert.equal(about.length, 1, notes.join());
      assert.match(about[0] ?? '', /"age is null or age > 30" in \d+(\.\d)? % of customers's rows/);
      const rules = tables.flatMap(({ audits }) => audits).filter(({ id }) => id === 'val.rule');
      assert.deepEqual(
        rules.map(({ verdict, value }) => ({ verdict, value })),
        [
          { verdict: 'pass', value: 0 },
          { verdict: 'pass', value: 0 },
        ],
      );
    }));

  it('learns a table again whose stored fit is gone', () =>
    inShop(async (folder) => {
      await buildIn(folder);
      rmSync(join(folder, '.synth', 'fits'), { recursive: true });
      await writeConfig(folder, 'customers: boosted(), orders: { generator: boosted(), rows: 900 }');
      const { published, notes, tables } = await buildIn(folder);
      assert.equal(published, true, JSON.stringify(tables.flatMap(({ audits }) => audits)));
      assert.ok(
        notes.some((note) => note.includes('fit of customers is gone')),
        notes.join(),
      );
      assert.deepEqual(await one(whole, join(folder, 'mirrors.duckdb')), { ...expected, orders: 900 });
    }));

  it('says which process has the source open for writing', () =>
    inShop(async (folder) => {
      const open = await DuckDBInstance.create(join(folder, 'shop.duckdb'));
      try {
        const { code, out, err } = await synth(folder, 'build');
        assert.equal(code, 1, err);
        assert.ok(err.includes(String(process.pid)), err);
        assert.equal(out, '');
      } finally {
        open.closeSync();
      }
    }));

  it('says that a source is cut short, and shows no value of it', () =>
    inShop(async (folder) => {
      truncateSync(join(folder, 'shop.duckdb'), 12_288);
      const { code, err } = await synth(folder, 'build');
      assert.equal(code, 1, err);
      assert.match(err, /shop\.duckdb/);
      for (const value of ['north', 'south', 'sent']) assert.ok(!err.includes(value), err);
    }));

  it('ends with 1 and the nearest name for a mistake in the config', () =>
    inShop(async (folder) => {
      await writeConfig(folder, 'custommers: boosted()');
      const { code, err } = await synth(folder, 'build');
      assert.equal(code, 1);
      assert.match(err, /customers/);
      writeFileSync(join(folder, 'synth.config.ts'), 'export default {');
      assert.equal((await synth(folder, 'build')).code, 1);
    }));

  it('lets one build at a time in: another names the holder, or waits for it', () =>
    inShop(async (folder) => {
      const config = await loadConfig({ directory: folder });
      await using state = await openState(projectPaths(config).state);
      const lease = await acquireLease(state, {
        owner: { pid: process.pid, host: hostname() },
        ttlSeconds: 60,
        clock: () => Date.now(),
      });
      const refused = await synth(folder, 'build');
      assert.equal(refused.code, 1, refused.err);
      assert.ok(refused.err.includes(String(process.pid)), refused.err);
      const { child, done } = startSynth(folder, ['build', '--wait', '--json']);
      let told = '';
      child.stderr?.on('data', (part: Buffer) => (told += part.toString()));
      while (!told.includes('Waiting')) await sleep(20);
      await lease[Symbol.asyncDispose]();
      const waited = await done;
      assert.equal(waited.code, 0, waited.err);
      assert.equal((JSON.parse(waited.out) as BuildResult).published, true);
    }));

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`stops at ${signal}, leaves nothing staged and can be run again`, () =>
      inFolder(async (folder) => {
        await shop(folder, { customers: 1000, orders: 3500 });
        await writeConfig(folder, tables);
        const { child, done } = startSynth(folder, ['build']);
        while (staged(folder).length === 0) await sleep(20);
        child.kill(signal);
        const { code, out } = await done;
        assert.equal(code, 130, out);
        assert.deepEqual(staged(folder), []);
        assert.equal(existsSync(join(folder, 'mirrors.duckdb')), false);
        const again = await synth(folder, 'build');
        assert.equal(again.code, 0, again.err);
      }));
  }

  it('names a missing config', () =>
    inFolder(async (folder) => {
      const error = await failureOf(loadConfig({ directory: folder }));
      assert.equal(error.code, 'config.missing');
      const { child, done } = startSynth(folder, ['build']);
      await once(child, 'exit');
      assert.equal((await done).code, 1);
    }));
});

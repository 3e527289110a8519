// A release that waits for a person: nobody sees it before, any change voids the look, and a rejected mirror goes.
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../core/config/load.ts';
import { type Decision, decide, type ReviewItem, runReviews } from '../../core/review/decide.ts';
import { type BuildResult, runBuild } from '../../core/run/index.ts';
import { duck, failureOf, inFolder, one, shop, synth, writeConfig } from './support.ts';

let now = Date.UTC(2026, 0, 1);
const clock = (): Date => new Date(now++);
const { signal } = new AbortController();

async function build(folder: string, fullRefresh = false): Promise<BuildResult> {
  const config = await loadConfig({ directory: folder });
  return runBuild({ config, fullRefresh, wait: false, threads: 1, signal, progress: () => {}, clock });
}

async function waiting(folder: string): Promise<readonly ReviewItem[]> {
  return runReviews({ config: await loadConfig({ directory: folder }), clock });
}

async function say(folder: string, decision: Decision['decision'], digest: string, because = 'Seen.') {
  return decide(
    { config: await loadConfig({ directory: folder }), clock, signal },
    { decision, digest, because, by: 'Ada' },
  );
}

function inShop(review: string, body: (folder: string) => Promise<void>, own = ''): Promise<void> {
  return inFolder(async (folder) => {
    const home = process.cwd();
    now = Date.UTC(2026, 0, 1);
    await shop(folder, { customers: 300, orders: 600 });
    await writeConfig(folder, `customers: { generator: boosted(), ${own} }, orders: boosted()`, `review: ${review},`);
    process.chdir(folder);
    try {
      await body(folder);
    } finally {
      process.chdir(home);
    }
  });
}

const held = (folder: string): readonly string[] =>
  readdirSync(join(folder, '.mirrors.duckdb.releases')).filter((name) => name.startsWith('held-'));

describe('synth review', function () {
  this.timeout(60_000);

  it('keeps a release from readers until all its mirrors are approved', () =>
    inShop("'always'", async (folder) => {
      const built = await build(folder);
      assert.deepEqual(built.needsReview, ['customers', 'orders']);
      assert.equal(built.published, false);
      assert.equal(existsSync(join(folder, 'mirrors.duckdb')), false);
      const again = await build(folder);
      assert.deepEqual(
        [again.published, again.summary.skip],
        [false, 2],
        'the same plan waits, and is not built again',
      );
      const [first, second] = (await waiting(folder)) as [ReviewItem, ReviewItem];
      assert.match(first.pictures, /index\.html#table-1$/);
      assert.deepEqual((await say(folder, 'approve', first.digest)).waiting, ['orders']);
      assert.equal(existsSync(join(folder, 'mirrors.duckdb')), false);
      assert.equal((await say(folder, 'approve', second.digest.slice(0, 8))).published, true);
      assert.deepEqual(await one('select count(*)::int as n from orders', join(folder, 'mirrors.duckdb')), { n: 600 });
      assert.deepEqual(held(folder), []);
      assert.deepEqual((await build(folder)).summary.skip, 2, 'what was approved is what the next build keeps');
      const same = await build(folder, true);
      assert.equal(same.published, true, 'the same mirror needs no second look');
    }));

  it('refuses a digest that nobody was shown, a file that changed, and a decision without a reason', () =>
    inShop("'always'", async (folder) => {
      await build(folder);
      const [item] = (await waiting(folder)) as [ReviewItem];
      assert.match((await failureOf(say(folder, 'approve', '0123456789abcdef'))).message, /No mirror with this digest/);
      assert.match(
        (await failureOf(say(folder, 'approve', item.digest.slice(0, 3)))).message,
        /No mirror with this digest/,
      );
      assert.match((await failureOf(say(folder, 'approve', item.digest, ' '))).message, /needs a reason/);
      appendFileSync(join(folder, '.mirrors.duckdb.releases', held(folder)[0] as string), 'x');
      assert.equal((await failureOf(say(folder, 'approve', item.digest))).code, 'review.void');
      await duck('update customers set age = 40 where id < 90', join(folder, 'shop.duckdb'));
      await build(folder);
      assert.equal((await failureOf(say(folder, 'approve', item.digest))).code, 'review.unknown');
      assert.equal(held(folder).length, 1);
    }));

  it('drops what is rejected, and does not build the same in vain', () =>
    inShop(
      "'never'",
      async (folder) => {
        await build(folder);
        const [item] = (await waiting(folder)) as [ReviewItem];
        const { release } = await say(folder, 'reject', item.digest, 'Ages look wrong.');
        assert.deepEqual(held(folder), []);
        assert.deepEqual(await waiting(folder), []);
        const again = await build(folder);
        assert.match(again.notes.join(), /were rejected by a person/);
        const forced = await build(folder, true);
        assert.equal(forced.published, false);
        assert.match(
          forced.notes.join(),
          /customers: Ada rejected this very mirror on 2026-01-01.*: Ages look wrong\./,
        );
        const listed = await synth(folder, 'history', '--json');
        const runs = (JSON.parse(listed.out) as { runs: { id: string; status: string }[] }).runs;
        assert.equal(runs.find(({ id }) => id === release)?.status, 'rejected');
      },
      "review: 'always'",
    ));

  it('leaves out at the next publish what was rejected after all, and what expired', () =>
    inShop("{ when: 'always', expires: '30d' }", async (folder) => {
      await build(folder);
      for (const { digest } of await waiting(folder)) await say(folder, 'approve', digest);
      const orders = (await waiting(folder)).find(({ table }) => table === 'orders');
      assert.equal(orders?.place, 'visible');
      assert.equal((await say(folder, 'reject', orders.digest)).withdrawnNext, true);
      const mirrors = join(folder, 'mirrors.duckdb');
      const tables =
        "select string_agg(table_name, ' ' order by 1) as t from duckdb_tables() where schema_name = 'main'";
      assert.deepEqual(await one(tables, mirrors), { t: 'customers orders' }, 'not before');
      now += 31 * 86_400_000;
      assert.deepEqual(
        (await waiting(folder)).map(({ table, expired }) => [table, expired]),
        [
          ['customers', true],
          ['orders', undefined],
        ],
      );
      // Another table is published.
      await duck('create table shops as select i as id from range(50) t(i)', join(folder, 'shop.duckdb'));
      await writeConfig(
        folder,
        "customers: { generator: boosted(), review: 'never' }, orders: boosted(), shops: reference()",
      );
      assert.equal((await build(folder)).published, true);
      assert.deepEqual(await one(tables, mirrors), { t: 'customers shops' });
      assert.deepEqual((await build(folder)).summary.skip, 3, 'and it does not come back by itself');
    }));

  it('says on the command line what to do', () =>
    inShop("'always'", async (folder) => {
      const built = await synth(folder, 'build', '--quiet', '--threads', '1');
      assert.match(built.out, /somebody has to look at customers, orders \(synth review\)/);
      assert.equal(built.code, 0);
      const shown = await synth(folder, 'review', 'orders');
      const digest = /synth review --approve (\w{8})/.exec(shown.out)?.[1] ?? '';
      const done = await synth(folder, 'review', '--approve', digest, '--because', 'Seen.', '--by', 'Ada');
      assert.equal(done.out, 'Approved orders. Still to look at: customers.\n');
      const both = await synth(folder, 'review', '--approve', digest, '--reject', digest);
      assert.deepEqual([both.code, both.err.split('\n')[0]], [1, 'Error: A mirror is approved or rejected, not both.']);
    }));
});

// Policies that say which changes of a source are reason enough to learn it again.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../core/config/load.ts';
import { describePlan } from '../../core/plan/index.ts';
import { type BuildResult, runBuild, runPlan } from '../../core/run/index.ts';
import { duck, failureOf, inFolder } from './support.ts';

const common = {
  ...{ fullRefresh: false, wait: false, threads: 1, signal: new AbortController().signal },
  progress: () => {},
};
const monday = new Date('2026-01-05T06:00:00Z');
const days = (n: number): Date => new Date(monday.getTime() + n * 86_400_000);

async function build(folder: string, at: Date, scheduled = false): Promise<BuildResult> {
  return runBuild({ ...common, config: await loadConfig({ directory: folder }), clock: () => at, scheduled });
}

/** What a plan says of the one table. */
async function reasons(folder: string, at: Date, scheduled = false): Promise<string | undefined> {
  const config = await loadConfig({ directory: folder });
  return describePlan(await runPlan({ ...common, config, clock: () => at, scheduled }))[0];
}

function policy(folder: string, refit: string): void {
  writeFileSync(
    join(folder, 'synth.config.ts'),
    `import { copula, defineConfig, duckdb } from 'synthouse';
export default defineConfig({
  source: duckdb({ path: 'shop.duckdb' }), mirrors: duckdb({ path: 'mirrors.duckdb' }),
  tables: { orders: { generator: copula(), key: 'id' } }, ${refit}
});`,
  );
}

/** 6,000 orders; then as many as are asked for, `by` larger. */
const rows = (from: number, to: number, by: number): string =>
  `select i as id, (hash(i, 1) % 1000)::int + ${by} as amount, ['web', 'shop', 'phone'][(hash(i, 2) % 3)::int + 1] as channel
   from range(${from}, ${to}) t(i)`;

async function inShop(refit: string, body: (folder: string, add: (by: number) => Promise<void>) => Promise<void>) {
  await inFolder(async (folder) => {
    const path = join(folder, 'shop.duckdb');
    await duck(`create table orders as ${rows(0, 6000, 0)}`, path);
    policy(folder, refit);
    const home = process.cwd();
    process.chdir(folder);
    let end = 6000;
    try {
      await body(folder, async (by) => {
        await duck(`insert into orders ${rows(end, end + 3000, by)}`, path);
        end += 3000;
      });
    } finally {
      process.chdir(home);
    }
  });
}

describe('a refit policy', function () {
  this.timeout(120_000);

  it('learns a source again when it drifted, and only then; what it holds is audited meanwhile', () =>
    inShop("refit: { when: ['drift', 'stale'] }", async (folder, add) => {
      assert.equal((await build(folder, monday)).published, true);
      await add(0);
      assert.equal(await reasons(folder, days(1)), 'keep orders (source changed little)');
      const held = await build(folder, days(1));
      assert.equal(held.published, false);
      assert.ok(held.tables[0]?.audits.some(({ id, verdict }) => id === 'drf.psi' && verdict === 'pass'));
      await add(2000);
      await add(2000);
      assert.equal(await reasons(folder, days(2)), 'learn and draw orders (source drifted, mirror stale)');
      assert.equal((await build(folder, days(2))).published, true);
      assert.equal(await reasons(folder, days(3)), 'keep orders (unchanged)');
    }));

  it('waits for the schedule, and for what was learnt to be old enough', () =>
    inShop("refit: { when: 'schedule', every: '7d' }", async (folder, add) => {
      assert.equal((await build(folder, monday)).published, true);
      await add(2000);
      const plans = [await reasons(folder, days(7)), await reasons(folder, days(6), true)];
      assert.deepEqual(plans, Array(2).fill('keep orders (source changed little)'));
      assert.equal(await reasons(folder, days(7), true), 'learn and draw orders (scheduled)');
      // Looked at in between, it is as old as before.
      assert.equal((await build(folder, days(6), true)).published, false);
      assert.equal(await reasons(folder, days(7), true), 'learn and draw orders (scheduled)');
    }));

  it('is refused when it says what there is not', () =>
    inFolder(async (folder) => {
      for (const [refit, says] of [
        ["refit: 'drfit'", /refit\.when: Must be 'drift', 'stale', 'schedule', 'downstream'/],
        ["refit: { when: 'drift', every: '7d' }", /refit\.every: Needs when: 'schedule'/],
        ["refit: { when: 'schedule', every: 'week' }", /refit\.every: Must be a time as '12h' or '7d'/],
      ] as const) {
        policy(folder, refit);
        const failure = await failureOf(loadConfig({ directory: folder }));
        assert.match(`${failure.message} ${failure.hint}`, says);
      }
    }));
});

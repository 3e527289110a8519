// What mirrors are for: a model of ours and a command of the user's, measured by each run and remembered.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditResult } from '../../core/audit.ts';
import { loadConfig } from '../../core/config/load.ts';
import { type BuildResult, runBuild } from '../../core/run/index.ts';
import { projectPaths } from '../../core/run/plan.ts';
import { decayedUses } from '../../core/run/uses.ts';
import { openState } from '../../core/state/index.ts';
import { duck, failureOf, inFolder } from './support.ts';

async function build(folder: string, fullRefresh = false): Promise<BuildResult> {
  return runBuild({
    config: await loadConfig({ directory: folder }),
    ...{ fullRefresh, wait: false, threads: 1, signal: new AbortController().signal },
    progress: () => {},
    clock: () => new Date(),
  });
}

/** 1,500 customers, of whom those leave who are young and spend little. */
async function inBank(uses: string, body: (folder: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const home = process.cwd();
    await duck(
      `create table customers as select i as id, 18 + (hash(i, 1) % 60)::int as age, (hash(i, 2) % 1000)::int as spent,
         case when (hash(i, 1) % 60)::int + (hash(i, 2) % 1000)::int / 20 + (hash(i, 3) % 30)::int < 60 then 'yes' else 'no' end
           as churned from range(1500) t(i)`,
      join(folder, 'bank.duckdb'),
    );
    writeFileSync(
      join(folder, 'synth.config.ts'),
      `import { boosted, boosting, defineConfig, duckdb } from 'synthouse';
void boosting;
export default defineConfig({
  source: duckdb({ path: 'bank.duckdb' }), mirrors: duckdb({ path: 'mirrors.duckdb' }),
  tables: { customers: { generator: boosted(), key: 'id' } }, uses: { ${uses} },
});`,
    );
    process.chdir(folder);
    try {
      await body(folder);
    } finally {
      process.chdir(home);
    }
  });
}

const usesOf = ({ tables }: BuildResult): readonly AuditResult[] =>
  tables.flatMap(({ audits }) => audits.filter(({ id }) => id.startsWith('use.')));

describe('uses', function () {
  this.timeout(60_000);

  it('are scored on held-out real rows by each run, on mirrors that stay, too', () =>
    inBank(
      "churn: { table: 'customers', target: 'churned', metric: 'auc', model: boosting(), margin: 0.1 }",
      async (folder) => {
        const first = await build(folder);
        assert.equal(first.published, true);
        const [loss, value] = usesOf(first) as [AuditResult, AuditResult];
        assert.deepEqual([loss.id, loss.verdict, loss.failAt], ['use.churn', 'pass', 0.1]);
        assert.equal(value.id, 'use.churn.auc');
        assert.ok((value.value ?? 0) > 0.85 && (value.null?.q50 ?? 0) > 0.9, JSON.stringify(value));
        assert.ok((loss.n.holdout ?? 0) > 200);
        const again = await build(folder);
        assert.equal(again.published, false);
        assert.deepEqual(
          usesOf(again).map((one) => one.value),
          [loss.value, value.value],
        );
        assert.deepEqual(
          again.tables.flatMap(({ audits }) => audits.map(({ id }) => id)),
          ['use.churn', 'use.churn.auc'],
        );
        await using state = await openState(projectPaths(await loadConfig({ directory: folder })).state);
        assert.equal((await state.read.auditedRuns('customers', { audit: 'use.churn.auc' })).length, 2);
        assert.deepEqual(await decayedUses(await loadConfig({ directory: folder }), state.read), []);
      },
    ));

  it('may be a command, whose metric is compared with that of real rows, or of earlier runs', () =>
    inBank(
      `rows: { table: 'customers', metric: 'rows', command: [process.execPath, 'score.mjs'], margin: 5 },
       both: { table: 'customers', metric: 'rows', command: [process.execPath, 'score.mjs', 'holdout'], holdout: true, margin: 1e6 }`,
      async (folder) => {
        const score = (value: string): void =>
          writeFileSync(
            join(folder, 'score.mjs'),
            `import { statSync } from 'node:fs';
if (process.argv[2] === 'holdout') statSync(process.env.SYNTH_HOLDOUT);
else if (process.env.SYNTH_HOLDOUT) process.exit(9);
statSync(process.env.SYNTH_MIRROR);
console.log('some words');
console.log(JSON.stringify({ [process.env.SYNTH_METRIC]: ${value} }));`,
          );
        score('100');
        const read = (result: BuildResult) => usesOf(result).map(({ id, verdict, value }) => [id, verdict, value]);
        assert.deepEqual(read(await build(folder)), [
          ['use.rows.rows', 'pass', 100],
          ['use.rows', 'inconclusive', null],
          ['use.both.rows', 'pass', 100],
          ['use.both', 'pass', 0],
        ]);
        score('90');
        const second = read(await build(folder));
        assert.deepEqual(second[1], ['use.rows', 'fail', 10]);
        await using state = await openState(projectPaths(await loadConfig({ directory: folder })).state);
        const decayed = await decayedUses(await loadConfig({ directory: folder }), state.read);
        assert.deepEqual(
          decayed.map(({ use, table }) => [use, table]),
          [['rows', 'customers']],
        );
      },
    ));

  it('say so when a command fails, prints nonsense, never ends or is not there, and publish all the same', () => {
    const bad: readonly (readonly [string, string, RegExp])[] = [
      ['fails', "[process.execPath, '-e', 'process.exit(3)']", /ended with code 3/],
      ['nonsense', "[process.execPath, '-e', 'console.log(\"secret\")']", /did not print a metric/],
      [
        'endless',
        "[process.execPath, '-e', 'setInterval(() => {}, 9)'], timeout: '1s'",
        /did not end within 1 seconds/,
      ],
      ['absent', "['no-such-program-anywhere']", /could not be started \(ENOENT\)/],
    ];
    const uses = bad.map(([name, command]) => `${name}: { table: 'customers', metric: 'auc', command: ${command} }`);
    return inBank(uses.join(', '), async (folder) => {
      const result = await build(folder);
      assert.equal(result.published, true);
      for (const [name, , says] of bad) {
        const use = usesOf(result).find(({ id }) => id.startsWith(`use.${name}`));
        assert.equal(use?.verdict, 'error', name);
        assert.match(use?.reason ?? '', says);
        assert.doesNotMatch(use?.reason ?? '', /secret/);
      }
    });
  });

  it('say what is wrong with them in the config', () =>
    inBank(
      "a: { table: 'customer', metric: 'auc' }, b: { table: 'customers', target: 'churned', metric: 'auk', model: boosting(), margin: 1 }, c: { table: 'customers', metric: 'rmse', target: 'x', model: boosting() }, d: { table: 'customers', target: 'x', metric: 'auc', model: boosting }",
      async (folder) => {
        const { message } = await failureOf(build(folder));
        assert.match(message, /uses\.a\.table: "customer" is not a table of this config\. Did you mean "customers"\?/);
        assert.match(message, /uses\.b\.metric: "auk" is not a metric\. Did you mean "auc"\?/);
        assert.match(message, /uses\.c\.margin: A margin in units of rmse is needed/);
        assert.match(message, /uses\.d\.model: This is not a downstream model/);
      },
    ));
});

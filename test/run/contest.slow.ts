// A contest of generators, held and held again: who is better is published, all scores are kept.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../core/config/load.ts';
import { runContests } from '../../core/run/contest/due.ts';
import { type BuildResult, runBuild } from '../../core/run/index.ts';
import { duck, inFolder, synth } from './support.ts';

async function build(folder: string): Promise<BuildResult> {
  return runBuild({
    config: await loadConfig({ directory: folder }),
    ...{ fullRefresh: false, wait: false, threads: 1, signal: new AbortController().signal },
    progress: () => {},
    clock: () => new Date(),
  });
}

/** What somebody buys depends on two columns together, which pairs of columns do not show. */
async function inBank(
  generator: string,
  body: (folder: string, config: (generator: string) => void) => Promise<void>,
  use = "{ table: 'customers', target: 'bought', metric: 'auc', model: boosting({ rounds: 30 }) }",
) {
  await inFolder(async (folder) => {
    const home = process.cwd();
    await duck(
      `create table customers as select i as id, (hash(i, 1) % 100)::int as age, (hash(i, 2) % 100)::int as spent,
         case when ((hash(i, 1) % 100 < 50) = (hash(i, 2) % 100 < 50)) = (hash(i, 3) % 10 > 0) then 'yes' else 'no' end as bought
       from range(3000) t(i)`,
      join(folder, 'bank.duckdb'),
    );
    const config = (own: string): void =>
      writeFileSync(
        join(folder, 'synth.config.ts'),
        `import { boosted, boosting, contest, copula, defineConfig, duckdb } from 'synthouse';
void [boosted, boosting, copula, contest];
export default defineConfig({
  source: duckdb({ path: 'bank.duckdb' }), mirrors: duckdb({ path: 'mirrors.duckdb' }),
  tables: { customers: { generator: ${own}, key: 'id' } },
  uses: { buys: ${use} },
});`,
      );
    config(generator);
    process.chdir(folder);
    try {
      await body(folder, config);
    } finally {
      process.chdir(home);
    }
  });
}

describe('a contest of generators', function () {
  this.timeout(120_000);

  it('publishes the one whose mirror serves best, remembers it, and lets rows be drawn from it', () =>
    inBank(
      "contest({ candidates: [copula(), boosted(), copula({ bins: 16 })], by: 'buys' })",
      async (folder, config) => {
        const first = await build(folder);
        assert.equal(first.published, true, first.notes.join('\n'));
        const [held, ...others] = await runContests({ config: await loadConfig({ directory: folder }) });
        assert.deepEqual(others, []);
        assert.match(held?.champion ?? '', /^2: boosted\(/);
        assert.match(held?.because ?? '', /^Better in auc: gain 0\.\d+ \(98 % interval 0\.\d+ to 0\.\d+\)\.$/);
        const scores = held?.scores ?? [];
        assert.deepEqual([...new Set(scores.map(({ round }) => round))], [1, 2]);
        const rows = (round: number) => new Set(scores.filter((one) => one.round === round).map((one) => one.rows));
        const [[small = 0], [large = 0]] = [[...rows(1)], [...rows(2)]];
        assert.ok(large > 2300 && Math.abs(large - 2 * small) < 2, `${small} ${large}`);
        assert.ok(scores.filter(({ round }) => round === 2).some(({ candidate }) => candidate.startsWith('1:')));
        const again = await build(folder);
        assert.equal(again.published, false);
        assert.equal((await runContests({ config: await loadConfig({ directory: folder }) })).length, 1, 'held once');
        const drawn = await synth(folder, 'sample', 'customers', '--rows', '5', '--json');
        assert.equal(drawn.code, 0, drawn.err);
        const shown = await synth(folder, 'contest');
        assert.match(shown.out, /New champion: 2: boosted/);
        config('boosted()');
        assert.match((await synth(folder, 'contest')).err, /The config has no contest\./);
      },
    ));

  it('is held again when what decides it decays: the challenger is learnt and published', () =>
    inBank("contest({ candidates: [copula(), boosted()], by: 'buys' })", async (folder) => {
      const path = join(folder, 'bank.duckdb');
      const by = (condition: string, noise = 0): Promise<unknown> =>
        duck(
          `update customers set bought = case when (${condition}) = (hash(id, 3) % 10 > ${noise}) then 'yes' else 'no' end`,
          path,
        );
      const champions = async (): Promise<readonly string[]> =>
        (await runContests({ config: await loadConfig({ directory: folder }) })).map(({ champion }) =>
          champion.slice(0, 2),
        );
      const verdict = ({ tables }: BuildResult): unknown =>
        tables.flatMap(({ audits }) => audits).find(({ id }) => id === 'use.buys')?.verdict;
      // A weak rule of one column at first, which neither learns better than the other.
      await by('age < 50', 3);
      assert.equal(verdict(await build(folder)), 'pass');
      assert.deepEqual(await champions(), ['1:']);
      await by('(age < 50) = (spent < 50)');
      const decayed = await build(folder);
      assert.deepEqual([decayed.published, verdict(decayed)], [true, 'fail']);
      assert.deepEqual(await champions(), ['1:'], 'not before it decayed');
      const mended = await build(folder);
      assert.deepEqual(await champions(), ['1:', '2:']);
      assert.deepEqual([mended.published, verdict(mended), mended.tables[0]?.action], [true, 'pass', 'fit']);
      assert.equal((await build(folder)).published, false);
      assert.equal((await champions()).length, 2);
    }));

  it('may be decided by a command, which has to find one better in each of six draws', () =>
    inBank(
      "contest({ candidates: [copula(), boosted()], by: 'buys' })",
      async (folder) => {
        const home = new URL('../../..', import.meta.url).pathname;
        writeFileSync(
          join(folder, 'score.mjs'),
          `import { createRequire } from 'node:module';
const { DuckDBInstance } = createRequire(${JSON.stringify(home)})('@duckdb/node-api');
const db = await (await DuckDBInstance.create()).connect();
const rule = "select avg(cast(((age < 50) = (spent < 50)) = (bought = 'yes') as integer)) from ";
const share = async (file) => (await (await db.run(rule + "'" + file + "'")).getRows())[0][0];
if (!((await share(process.env.SYNTH_HOLDOUT)) > 0.8)) process.exit(1); // real rows follow the rule
console.log(JSON.stringify({ learnt: await share(process.env.SYNTH_MIRROR) }));`,
        );
        const result = await build(folder);
        assert.equal(result.published, true, result.notes.join('\n'));
        const [held] = await runContests({ config: await loadConfig({ directory: folder }) });
        assert.match(held?.champion ?? '', /^2: boosted\(/, held?.because);
        assert.match(held?.because ?? '', /^Better in learnt: better in 6 of 6 draws, mean gain 0\.[234]\d+\.$/);
      },
      "{ table: 'customers', metric: 'learnt', margin: 0.1, command: [process.execPath, 'score.mjs'], holdout: true }",
    ));
});

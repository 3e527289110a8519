// A contest of generators: who is better is published, who is not shown to be better stays out, all scores are kept.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../core/config/load.ts';
import { sequence } from '../../core/random.ts';
import { decideContest } from '../../core/run/contest.ts';
import { runContests } from '../../core/run/contests.ts';
import { type BuildResult, runBuild } from '../../core/run/index.ts';
import { duck, failureOf, inFolder, synth } from './support.ts';

async function build(folder: string): Promise<BuildResult> {
  return runBuild({
    config: await loadConfig({ directory: folder }),
    ...{ fullRefresh: false, wait: false, threads: 1, signal: new AbortController().signal },
    progress: () => {},
    clock: () => new Date(),
  });
}

/** What somebody buys depends on two columns together, which pairs of columns do not show. */
async function inBank(generator: string, body: (folder: string, config: (generator: string) => void) => Promise<void>) {
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
void [boosted, copula, contest];
export default defineConfig({
  source: duckdb({ path: 'bank.duckdb' }), mirrors: duckdb({ path: 'mirrors.duckdb' }),
  tables: { customers: { generator: ${own}, key: 'id' } },
  uses: { buys: { table: 'customers', target: 'bought', metric: 'auc', model: boosting({ rounds: 30 }) } },
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
        config("contest({ candidates: [copula(), boosted()], by: 'buyers' })");
        assert.match(
          (await failureOf(build(folder))).message,
          /generator\.by: "buyers" is not one of uses\. Did you mean "buys"\?/,
        );
        config("contest({ candidates: [copula({ bin: 3 })], by: 'buys' })");
        assert.match(
          (await failureOf(build(folder))).message,
          /must be at least two generators|Must be at least two generators/,
        );
        config('boosted()');
        assert.match((await synth(folder, 'contest')).err, /The config has no contest\./);
      },
    ));

  it('is held again when what decides it decays: the challenger is learnt and published', () =>
    inBank("contest({ candidates: [copula(), boosted()], by: 'buys' })", async (folder) => {
      const path = join(folder, 'bank.duckdb');
      const by = (condition: string): Promise<unknown> =>
        duck(
          `update customers set bought = case when (${condition}) = (hash(id, 3) % 10 > 0) then 'yes' else 'no' end`,
          path,
        );
      const champions = async (): Promise<readonly string[]> =>
        (await runContests({ config: await loadConfig({ directory: folder }) })).map(({ champion }) =>
          champion.slice(0, 2),
        );
      const verdict = ({ tables }: BuildResult): unknown =>
        tables.flatMap(({ audits }) => audits).find(({ id }) => id === 'use.buys')?.verdict;
      await by('age < 50');
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

  it('changes its champion only for one that is shown to be better, or when the champion fell out', () => {
    const next = sequence(3, 'test');
    const target = Float64Array.from({ length: 600 }, () => (next() < 0.5 ? 1 : 0));
    const noisy = (noise: number) => ({
      score: 0.5 + 1 / noise,
      predicted: target.map((y) => y + noise * next()),
      target,
    });
    const [good, poor] = [noisy(3), noisy(9)];
    const close = { ...good, score: good.score + 0.001, predicted: good.predicted.map((p) => p + 0.3 * next()) };
    const names = ['first', 'second'];
    const decide = (
      a: Parameters<typeof decideContest>[2] extends ReadonlyMap<number, infer T> ? T : never,
      b: typeof a,
    ) =>
      decideContest(
        { metric: 'auc' },
        0,
        new Map([
          [0, a],
          [1, b],
        ]),
        names,
        1,
      );
    assert.equal(decide(poor, good).position, 1);
    assert.equal(decide(good, poor).position, 0);
    const tie = decide(good, close);
    assert.deepEqual([tie.position, /^second is not shown to be better/.test(tie.because)], [0, true]);
    assert.deepEqual(decide({ score: null, reason: 'It leaks.' }, poor), {
      position: 1,
      because: 'The champion fell out: It leaks.',
    });
    assert.equal(decide(good, { score: null, reason: 'It leaks.' }).because, 'No other candidate got so far.');
  });
});

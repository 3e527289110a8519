// A contest of generators: who is not shown to be better stays out, and what a config says of a contest must make sense.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../core/config/load.ts';
import { sequence } from '../../core/random.ts';
import { decideContest } from '../../core/run/contest/decide.ts';
import { failureOf, inFolder } from './support.ts';

describe('a contest of generators', () => {
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

  it('by a command changes its champion only for one that is better in every draw, whichever way is better', () => {
    const trial = (...draws: readonly number[]) => ({ score: draws.reduce((a, b) => a + b, 0) / draws.length, draws });
    const decide = (holder: ReturnType<typeof trial>, other: typeof holder, better: 'more' | 'less') =>
      decideContest(
        { metric: 'own', better },
        0,
        new Map([
          [0, holder],
          [1, other],
        ]),
        ['first', 'second'],
        1,
      );
    const [low, high, mixed] = [trial(1, 2, 3), trial(2, 3, 4), trial(2, 3, 2.5)];
    assert.deepEqual(decide(low, high, 'more'), {
      position: 1,
      because: 'Better in own: better in 3 of 3 draws, mean gain 1.0000.',
    });
    assert.equal(decide(low, high, 'less').position, 0);
    assert.equal(decide(high, low, 'less').position, 1);
    assert.deepEqual(decide(low, mixed, 'more'), {
      position: 0,
      because: 'second is not shown to be better: better in 2 of 3 draws, mean gain 0.5000.',
    });
  });

  const wrong: readonly (readonly [string, RegExp])[] = [
    [
      "contest({ candidates: [copula(), boosted()], by: 'buyers' })",
      /generator\.by: "buyers" is not one of uses\. Did you mean "buys"\?/,
    ],
    [
      "contest({ candidates: [copula({ bin: 3 })], by: 'buys' })",
      /must be at least two generators|Must be at least two generators/,
    ],
  ];
  for (const [generator, says] of wrong) {
    it(`is refused in the config as ${generator}`, () =>
      inFolder(async (folder) => {
        writeFileSync(
          join(folder, 'synth.config.ts'),
          `import { boosted, boosting, contest, copula, defineConfig, duckdb } from 'synthouse';
void boosted;
export default defineConfig({
  source: duckdb({ path: 'bank.duckdb' }), mirrors: duckdb({ path: 'mirrors.duckdb' }),
  tables: { customers: { generator: ${generator}, key: 'id' } },
  uses: { buys: { table: 'customers', target: 'bought', metric: 'auc', model: boosting({ rounds: 30 }) } },
});`,
        );
        assert.match((await failureOf(loadConfig({ directory: folder }))).message, says);
      }));
  }
});

// Loops of bootstraps follow the theory of genetic drift, and a project's table can be rehearsed.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkTheory } from '../../bench/rehearse.ts';
import type { RehearsalResult } from '../../core/run/rehearse.ts';
import { duck, inFolder, synth } from './support.ts';

describe('a loop of bootstraps', function () {
  this.timeout(600_000);

  it('loses diversity as Wright and Fisher say, in every arm, within 3.5 standard errors', async () => {
    for (const line of await checkTheory({ rows: 120, seeds: 4, generations: 8, columns: 16 })) {
      const { arm, statistic, measured, expected, standardError } = line;
      const says = `${arm}: ${statistic} is ${measured}, expected ${expected} ± ${standardError}`;
      // So near that a wrong formula would show, and no nearer than chance allows.
      assert.ok(standardError < 0.2 * expected + 0.02, says);
      assert.ok(Math.abs(measured - expected) < 3.5 * standardError, says);
    }
  });
});

describe('synth rehearse', function () {
  this.timeout(600_000);

  it('plays the loop with the table and generator of the config, the same each time, and draws it', () =>
    inFolder(async (folder) => {
      await duck(
        `create table t as select i as id, (hash(i, 1) % 1000)::int as amount, chr(97 + (hash(i, 2) % 5)::int) as kind from range(2000) t(i)`,
        join(folder, 'a.duckdb'),
      );
      writeFileSync(
        join(folder, 'synth.config.ts'),
        `import { copula, defineConfig, duckdb } from 'synthouse';
export default defineConfig({ source: duckdb({ path: 'a.duckdb' }), mirrors: duckdb({ path: 'b.duckdb' }),
  tables: { t: { generator: copula(), key: 'id' } } });`,
      );
      const play = async (...more: string[]) =>
        synth(folder, 'rehearse', 't', '--generations', '2', '--seeds', '1', ...more);
      const first = await play('--arms', 'replace,blend=.5', '--json');
      assert.equal(first.code, 0, first.err);
      const result = JSON.parse(first.out) as RehearsalResult;
      assert.equal(result.rows > 1000 && result.measured.length === 4, true);
      assert.ok(existsSync(result.report));
      assert.deepEqual(JSON.parse((await play('--arms', 'replace,blend=.5', '--json')).out), result);
      const typo = await synth(folder, 'rehearse', 'tt');
      assert.equal(typo.code, 1);
      assert.match(typo.err, /Did you mean "t"\?/);
      assert.match((await play('--arms', 'replce')).err, /There is no arm "replce"/);
    }));
});

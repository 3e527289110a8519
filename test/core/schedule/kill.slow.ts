// kill -9 of the service and of its rounds, fifty times at any moment: no lost and no double publish, no lost verdict.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../../../core/config/load.ts';
import { runStatus } from '../../../core/schedule/index.ts';
import { openState } from '../../../core/state/index.ts';
import { duck, inFolder, one, startSynth, synth } from '../../run/support.ts';

const rounds = 50;

/** What the service started, as far as the system tells. */
function childrenOf(pid: number): readonly number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number) : [];
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It was over already.
  }
}

describe('the service, killed again and again', function () {
  this.timeout(1_200_000);

  it('publishes each state of the source at most once and forgets nothing that it published', () =>
    inFolder(async (folder) => {
      const source = join(folder, 'a.duckdb');
      const mirrors = join(folder, 'b.duckdb');
      // Every second round finds another source: a table of another size.
      const grow = (rows: number) =>
        duck(
          `create or replace table t as select i as id, (hash(i, 1) % 1000)::int as amount,
             chr(97 + (hash(i, 2) % 4)::int) as kind from range(${rows}) t(i)`,
          source,
        );
      await grow(1500);
      writeFileSync(
        join(folder, 'synth.config.ts'),
        `import { copula, defineConfig, duckdb } from 'synthouse';
export default defineConfig({ source: duckdb({ path: 'a.duckdb' }), mirrors: duckdb({ path: 'b.duckdb' }), schedule: '* * * * * *',
  tables: { t: { generator: copula(), key: 'id' } }, audits: { severity: { 'fid.pair': 'warn', 'fid.corr': 'warn' } } });`,
      );
      const started = performance.now();
      const first = await synth(folder, 'build');
      // So that on any machine some rounds are killed at their beginning, some while they publish, and some at rest.
      const whole = performance.now() - started;
      assert.equal(first.code, 0, first.err);
      let seen = 0;
      let killed = 0;
      let orphans: readonly number[] = [];
      for (let round = 0; round < rounds; round++) {
        const { child, done } = startSynth(folder, ['schedule']);
        await sleep(whole * (0.3 + ((round * 37) % 100) / 60));
        orphans = [...orphans, ...childrenOf(child.pid as number)];
        child.kill('SIGKILL');
        // In some rounds the build dies as well, in the others it goes on without its service.
        if (round % 3 !== 0) for (const pid of orphans) kill(pid);
        if ((await done).signal === 'SIGKILL') killed++;
        const { rows } = await one('select count(*)::int as rows from t', mirrors);
        assert.ok(Number(rows) >= seen, `round ${round}: readers see an older mirror than before`);
        seen = Number(rows);
        if (round % 2 === 1) {
          for (const pid of orphans) kill(pid);
          orphans = [];
          await grow(1500 + 10 * round);
        }
      }
      for (const pid of orphans) kill(pid);
      assert.equal(killed, rounds);
      const last = await synth(folder, 'run', '--due', '--json');
      assert.equal(last.code, 0, last.err);
      // Each release has rows of its own number, that of its source; a second one of the same source would be a double publish.
      const told = await one(
        `select count(*)::int as releases, count(distinct rows)::int as sources,
           (select count(*)::int from synth_meta.releases) as known,
           (select count(distinct release)::int from synth_meta.audit_results where release is not null) as audited
         from synth_meta.tables`,
        mirrors,
      );
      assert.ok(Number(told.releases) > 3, JSON.stringify(told));
      assert.deepEqual([told.sources, told.known, told.audited], [told.releases, told.releases, told.releases]);
      await using state = await openState(join(folder, '.synth', 'state.db'));
      const published = (await state.read.runs(1000)).filter(({ status }) => status === 'published');
      for (const { id } of published)
        assert.ok((await state.read.auditResults(id)).length > 0, `no verdict of ${id} is left`);
      assert.ok((await state.read.runs(1000)).every(({ status }) => status !== 'running'));
      assert.equal((await state.read.checkChain(1000)).broken, 0);
      const [current] = (await state.read.releases()).filter((release) => release.current);
      const visible = await one('select max(release) as release from synth_meta.releases', mirrors);
      assert.equal(visible.release, current?.id);
      const config = await loadConfig({ directory: folder });
      const [status] = await runStatus({ config, clock: () => new Date() });
      assert.notEqual(status?.lastStatus, 'running');
    }));
});

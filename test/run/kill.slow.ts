// kill -9 at any moment of a build: the visible mirrors stay one whole release, and the next build recovers and says so.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BuildResult } from '../../core/run/index.ts';
import { inFolder, one, shop, startSynth, synth, writeConfig } from './support.ts';

describe('a build killed at any moment', function () {
  this.timeout(600_000);
  it('leaves one whole release, and the next build recovers', () =>
    inFolder(async (folder) => {
      await shop(folder, { customers: 1000, orders: 3500 });
      await writeConfig(folder, 'customers: boosted(), orders: boosted()');
      const mirrors = join(folder, 'mirrors.duckdb');
      const first = await synth(folder, 'build');
      assert.equal(first.code, 0, first.err);
      let killed = 0;
      for (let round = 0; round < 10; round++) {
        const { child, done } = startSynth(folder, ['build', '--full-refresh']);
        await sleep(700 + 230 * round);
        child.kill('SIGKILL');
        const { signal } = await done;
        if (signal === 'SIGKILL') killed++;
        const whole = await one(
          `select (select count(*)::int from customers) as customers, (select count(*)::int from orders) as orders,
             (select count(*)::int from orders where customer_id not in (select id from customers)) as orphans`,
          mirrors,
        );
        assert.deepEqual(whole, { customers: 1000, orders: 3500, orphans: 0 }, `round ${round}`);
      }
      assert.ok(killed > 0, 'no build was killed in time');
      // One that is surely in the middle: its staged file is there.
      const releases = join(folder, '.mirrors.duckdb.releases');
      const last = startSynth(folder, ['build', '--full-refresh']);
      const known = new Set(readdirSync(releases));
      while (!readdirSync(releases).some((name) => name.startsWith('staged-') && !known.has(name))) await sleep(10);
      last.child.kill('SIGKILL');
      await last.done;
      const next = await synth(folder, 'build', '--full-refresh', '--json');
      assert.equal(next.code, 0, next.err);
      const { notes } = JSON.parse(next.out) as BuildResult;
      assert.ok(
        notes.some((note) => /interrupted|takes over/.test(note)),
        notes.join('\n'),
      );
      assert.equal(existsSync(mirrors), true);
      // Beside the releases lies only the fencing number of the last lease.
      assert.deepEqual(
        readdirSync(releases).filter((name) => !name.startsWith('release-') && name !== 'fence'),
        [],
      );
    }));
});

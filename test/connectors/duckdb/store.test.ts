import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createStore } from '../../../connectors/duckdb/index.ts';
import type { MirrorStore, Release } from '../../../core/connector.ts';
import { sequence } from '../../../core/random.ts';
import { failure, inFolder, run, workspaceIn } from '../support.ts';

function release(number: number): Release {
  return { id: `r${String(number).padStart(4, '0')}`, createdAt: '2026-01-01T00:00:00Z' };
}

/** Writes a staged file with 20,000 rows of one number, whole only if all of them are there. */
async function build(store: MirrorStore, folder: string, number: number): Promise<void> {
  const path = await store.stage(release(number));
  {
    await using workspace = await workspaceIn(folder, { path });
    await run(workspace, `create table t as select ${number} as v from range(20000)`);
  }
  await store.publish(release(number));
}

/** The number in the visible file, having checked that it is complete. */
async function shown(folder: string, path: string): Promise<number> {
  await using workspace = await workspaceIn(folder, { path, readOnly: true });
  const [row] = await run(workspace, 'select count(*) as n, min(v) as low, max(v) as high from t');
  assert.equal(row?.n, 20000);
  assert.equal(row?.low, row?.high);
  return Number(row?.low);
}

describe('the mirror store', () => {
  it('publishes, keeps the last five, and rolls back and forth', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'mirrors.duckdb');
      const store = createStore({ path });
      assert.deepEqual(await store.releases(), []);
      assert.equal(await store.current(), undefined);
      for (let i = 1; i <= 7; i++) await build(store, folder, i);
      assert.equal(await shown(folder, path), 7);
      assert.deepEqual(
        (await store.releases()).map(({ id }) => id),
        ['r0007', 'r0006', 'r0005', 'r0004', 'r0003'],
      );
      await store.rollback(release(4));
      assert.equal(await shown(folder, path), 4);
      assert.equal((await store.current())?.id, 'r0004');
      await store.rollback(release(7));
      assert.equal((await createStore({ path }).current())?.id, 'r0007');
      const error = await failure(store.rollback(release(1)));
      assert.equal(error.code, 'release.unknown');
      assert.deepEqual(await store.recover(), []);
    }));

  it('leaves the visible file as it was until publish, and long readers what they opened', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'mirrors.duckdb');
      const store = createStore({ path });
      await build(store, folder, 1);
      await using reader = await workspaceIn(folder, { path, readOnly: true });
      await build(store, folder, 2);
      assert.deepEqual(await run(reader, 'select max(v) as v from t'), [{ v: 1 }]);
      assert.equal(await shown(folder, path), 2);
    }));

  it('refuses a build whose lease a later one took over, however late it wakes up', () =>
    inFolder(async (folder) => {
      const store = createStore({ path: join(folder, 'mirrors.duckdb') });
      const slow = { ...release(1), fence: 7 };
      const path = await store.stage(slow);
      {
        await using workspace = await workspaceIn(folder, { path });
        await run(workspace, 'create table t as select 1 as v');
      }
      await store.stage({ ...release(2), fence: 8 });
      assert.equal((await failure(store.publish(slow))).code, 'lease.lost');
      assert.equal(await store.current(), undefined);
      assert.equal((await failure(store.stage({ ...release(3), fence: 6 }))).code, 'lease.lost');
    }));

  it('refuses to replace a file that it did not publish', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'warehouse.duckdb');
      await writeFile(path, 'precious');
      const error = await failure(createStore({ path }).stage(release(1)));
      assert.equal(error.code, 'mirrors.not-ours');
    }));

  it('removes a log that a session left beside the old file', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'mirrors.duckdb');
      const store = createStore({ path });
      await build(store, folder, 1);
      await writeFile(`${path}.wal`, 'stale');
      await build(store, folder, 2);
      assert.equal(await shown(folder, path), 2);
    }));

  it('says so when the folder may not be written', async function () {
    if (process.getuid?.() === 0) this.skip();
    await inFolder(async (folder) => {
      const closed = join(folder, 'closed');
      await mkdir(closed);
      await chmod(closed, 0o500);
      const error = await failure(createStore({ path: join(closed, 'm.duckdb') }).stage(release(1)));
      assert.equal(error.code, 'file.denied');
    });
  });

  it('leaves the staged file of another living process alone', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'mirrors.duckdb');
      const child = start(folder, path, 1);
      try {
        await said(child, 'staged');
        child.kill('SIGSTOP');
        assert.deepEqual(await createStore({ path }).recover(), []);
      } finally {
        await kill(child);
      }
      assert.deepEqual(await createStore({ path }).recover(), ['removed the unfinished release r0001']);
    }));

  it('shows one whole release after a kill at any moment, and recovers', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'mirrors.duckdb');
      const store = createStore({ path });
      await build(store, folder, 1);
      const random = sequence(7, 'kill');
      let last = 1;
      for (let round = 0; round < 8; round++) {
        const child = start(folder, path, last + 1);
        await said(child, 'staged');
        await new Promise((resolve) => setTimeout(resolve, random() * 250));
        await kill(child);
        const now = await shown(folder, path);
        assert.ok(now >= last, `${now} after ${last}`);
        await store.recover();
        const left = await readdir(join(folder, '.mirrors.duckdb.releases'));
        assert.deepEqual(
          left.filter((name) => !/^release-r\d+\.duckdb$/.test(name)),
          [],
        );
        assert.equal(await shown(folder, path), now);
        assert.equal((await store.current())?.id, release(now).id);
        last = now;
      }
      await build(store, folder, last + 1);
      assert.equal(await shown(folder, path), last + 1);
    }));
});

/** A process that publishes releases from `first` on until it is killed. */
function start(folder: string, path: string, first: number): ChildProcess {
  const program = fileURLToPath(new URL('./publisher.js', import.meta.url));
  return spawn(process.execPath, [program, folder, path, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Waits for a word; the stream stays open, since a closed one would end the process before its kill. */
function said(child: ChildProcess, word: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (part) => {
      if (String(part).includes(word)) resolve();
    });
    child.on('exit', () => reject(new Error('the publisher ended early')));
  });
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

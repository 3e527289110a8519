// Due runs on a real state file: each tick once, whoever looks, and again only when its process died.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LoadedConfig } from '../../../core/config/loaded.ts';
import { SynthError } from '../../../core/errors.ts';
import type { BuildResult } from '../../../core/run/build.ts';
import { projectPaths } from '../../../core/run/plan.ts';
import { type DueOptions, runDue } from '../../../core/schedule/due.ts';
import { runStatus } from '../../../core/schedule/status.ts';
import { beginTick, openState } from '../../../core/state/index.ts';

const schedulerScript = fileURLToPath(new URL('./scheduler.js', import.meta.url));

describe('due runs', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'synth-due-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const config = (tables: readonly object[] = [{ name: 'a' }, { name: 'b' }]): LoadedConfig =>
    ({
      directory: folder,
      alerts: { channels: [], silence: [] },
      schedule: { cron: '0 6 * * *', timeZone: 'UTC', jitterSeconds: 0 },
      tables,
    }) as unknown as LoadedConfig;
  const options = (now: string, more: Partial<DueOptions> = {}): DueOptions & { readonly selected: unknown[] } => {
    const selected: unknown[] = [];
    return {
      config: config(),
      signal: new AbortController().signal,
      progress: () => {},
      clock: () => new Date(now),
      build: async ({ select }) => {
        selected.push(select);
        return { published: true, summary: { fail: 0 } } as unknown as BuildResult;
      },
      selected,
      ...more,
    };
  };

  it('build once for a tick, and say when they come back', async () => {
    const first = options('2026-05-04T07:00:00Z');
    const result = await runDue(first);
    assert.deepEqual(result.ran, [{ job: 'project', tick: '2026-05-04T06:00:00.000Z', status: 'published' }]);
    assert.equal(result.next?.toISOString(), '2026-05-05T06:00:00.000Z');
    assert.deepEqual((await runDue(options('2026-05-04T08:00:00Z'))).ran, []);
  });

  it('build the tables of all jobs that are due in one go', async () => {
    const own = { name: 'b', schedule: { cron: '0 7 * * *', timeZone: 'UTC', jitterSeconds: 0 } };
    const first = options('2026-05-04T06:30:00Z', { config: config([{ name: 'a' }, { name: 'c' }, own]) });
    await runDue(first);
    const second = options('2026-05-04T07:30:00Z', { config: config([{ name: 'a' }, { name: 'c' }, own]) });
    await runDue(second);
    assert.deepEqual(first.selected, [undefined]);
    assert.deepEqual(second.selected, [['+b']]);
  });

  it('end the tick of a build that fails, and tell its error', async () => {
    const failing = options('2026-05-04T07:00:00Z', {
      build: () => Promise.reject(new SynthError('source.missing', 'The source is not there.')),
    });
    const result = await runDue(failing);
    assert.equal(result.ran[0]?.status, 'failed');
    assert.equal(result.error?.message, 'The source is not there.');
    assert.deepEqual((await runDue(options('2026-05-04T08:00:00Z'))).ran, []);
  });

  it('run a tick again whose process died, or which was cancelled', async () => {
    await using state = await openState(projectPaths(config()).state);
    await beginTick(state, 'project', new Date('2026-05-04T06:00:00Z'), new Date('2026-05-04T06:00:01Z'));
    const cancelled = new AbortController();
    const undone = options('2026-05-04T07:00:00Z', {
      signal: cancelled.signal,
      build: () => {
        cancelled.abort();
        return Promise.reject(cancelled.signal.reason);
      },
    });
    await assert.rejects(runDue(undone));
    assert.equal((await runDue(options('2026-05-04T08:00:00Z'))).ran.length, 1);
  });

  it('show in the status what is overdue', async () => {
    const [before] = await runStatus({ config: config(), clock: () => new Date('2026-05-04T07:00:00Z') });
    assert.equal(before?.overdue, true);
    await runDue(options('2026-05-04T07:00:00Z'));
    const [after] = await runStatus({ config: config(), clock: () => new Date('2026-05-04T07:00:00Z') });
    assert.deepEqual(
      { overdue: after?.overdue, lastStatus: after?.lastStatus, next: after?.next },
      { overdue: false, lastStatus: 'published', next: '2026-05-05T06:00:00.000Z' },
    );
  });

  it('run each of 200 ticks exactly once when two schedulers share the state', async () => {
    const start = (me: string, other: string) =>
      spawn(process.execPath, [schedulerScript, folder, me, other, '200'], { stdio: 'inherit' });
    const ends = [start('x', 'y'), start('y', 'x')].map((child) => once(child, 'exit'));
    assert.deepEqual(
      (await Promise.all(ends)).map(([code]) => code),
      [0, 0],
    );
    const built = readFileSync(join(folder, 'builds'), 'utf8').trim().split('\n').map(Number);
    assert.deepEqual(
      built,
      Array.from({ length: 200 }, (_, i) => i + 1),
    );
  }).timeout(300_000);
});

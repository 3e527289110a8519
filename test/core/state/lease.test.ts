// The lease between real processes, and its clockwork with a clock of our own.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { acquireLease, type LeaseHolder, leaseHolder, openState, type State } from '../../../core/state/index.ts';

const holderScript = fileURLToPath(new URL('./lease-holder.js', import.meta.url));
const owner = { pid: process.pid, host: 'testhost' };

describe('the lease', () => {
  let folder: string;
  let state: State;
  const children: ChildProcess[] = [];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'synth-lease-'));
    state = await openState(join(folder, 'state.db'));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await state[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const startHolder = (): ChildProcess => {
    const child = spawn(process.execPath, [holderScript, state.location], { stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(child);
    return child;
  };
  const firstLine = async (child: ChildProcess): Promise<string> => {
    assert.ok(child.stdout);
    const [data] = await once(child.stdout, 'data');
    return String(data).trim();
  };

  it('is held by one process: a second is told who holds it', async () => {
    const child = startHolder();
    assert.equal(await firstLine(child), 'free');
    await assert.rejects(acquireLease(state, { owner, ttlSeconds: 60, clock: Date.now }), {
      code: 'lease.held',
      message: new RegExp(`process ${child.pid} on testhost, since \\d{4}-`),
    });
    assert.equal((await leaseHolder(state, owner, Date.now()))?.pid, child.pid);
  });

  it('is waited for by a second process, which gets it when the first is done', async () => {
    const first = startHolder();
    await firstLine(first);
    const second = startHolder();
    const line = firstLine(second);
    let waitedFor: LeaseHolder | undefined;
    first.stdin?.write('done\n');
    assert.equal(await line, 'free');
    const third = acquireLease(state, {
      owner,
      ttlSeconds: 60,
      clock: Date.now,
      wait: true,
      pollMillis: 10,
      onWait: (holder) => {
        waitedFor = holder;
        second.stdin?.write('done\n');
      },
    });
    await using lease = await third;
    assert.equal(waitedFor?.pid, second.pid);
    assert.equal(lease.takenFrom, undefined);
  });

  it('is taken over from a process that was killed', async () => {
    const child = startHolder();
    await firstLine(child);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await using lease = await acquireLease(state, { owner, ttlSeconds: 60, clock: Date.now });
    assert.equal(lease.takenFrom?.pid, child.pid);
  });

  it('is not taken from a process of another host, whose life cannot be seen, until it expires', async () => {
    let now = 1_000_000;
    const clock = () => now;
    const far = { pid: 1, host: 'elsewhere' };
    await using first = await acquireLease(state, { owner: far, ttlSeconds: 60, clock });
    now += 59_000;
    await assert.rejects(acquireLease(state, { owner, ttlSeconds: 60, clock }), { code: 'lease.held' });
    assert.equal(await first.renew(), true);
    now += 59_000;
    await assert.rejects(acquireLease(state, { owner, ttlSeconds: 60, clock }), { code: 'lease.held' });
    now += 2_000;
    await using second = await acquireLease(state, { owner, ttlSeconds: 60, clock });
    assert.equal(second.takenFrom?.host, 'elsewhere');
    assert.equal(await first.renew(), false);
    assert.equal(first.lost.aborted, true);
    assert.equal(await second.renew(), true);
  });

  it('given back by a process that lost it stays with the new holder', async () => {
    let now = 0;
    const clock = () => now;
    const first = await acquireLease(state, { owner: { pid: 1, host: 'elsewhere' }, ttlSeconds: 1, clock });
    now = 5_000;
    await using second = await acquireLease(state, { owner, ttlSeconds: 60, clock });
    await first[Symbol.asyncDispose]();
    assert.equal(await second.renew(), true);
  });

  it('stops waiting when the user cancels', async () => {
    await using _held = await acquireLease(state, { owner, ttlSeconds: 60, clock: Date.now });
    const controller = new AbortController();
    const waiting = acquireLease(state, {
      owner,
      ttlSeconds: 60,
      clock: Date.now,
      wait: true,
      signal: controller.signal,
      onWait: () => controller.abort(),
    });
    await assert.rejects(waiting, { name: 'AbortError' });
  });
});

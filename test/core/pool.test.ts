import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPool } from '../../core/pool.ts';

const module = new URL('./pool-calls.js', import.meta.url).href;

describe('core/pool', () => {
  for (const threads of [1, 2]) {
    describe(`with ${threads} thread(s)`, () => {
      it('runs exported functions and keeps results apart', async () => {
        await using pool = createPool(threads);
        const results = await Promise.all(
          Array.from({ length: 20 }, (_, i) => pool.run<number>({ module, name: 'double', payload: i })),
        );
        assert.deepEqual(
          results,
          Array.from({ length: 20 }, (_, i) => i * 2),
        );
      });

      it('shares memory and hands buffers over', async () => {
        await using pool = createPool(threads);
        const buffer = new SharedArrayBuffer(4);
        await pool.run({ module, name: 'fillShared', payload: { buffer, value: 3 } });
        assert.deepEqual([...new Uint8Array(buffer)], [3, 3, 3, 3]);
        assert.equal((await pool.run<Uint8Array>({ module, name: 'makeBytes', payload: 5 })).length, 5);
      });

      it('rejects with what the function threw, and goes on', async () => {
        await using pool = createPool(threads);
        await assert.rejects(pool.run({ module, name: 'fail', payload: null }), /on purpose/);
        assert.equal(await pool.run({ module, name: 'double', payload: 4 }), 8);
      });
    });
  }

  it('ends workers that have had nothing to do for a while, and starts others when there is', async () => {
    const thread = { module, name: 'thread', payload: null };
    await using patient = createPool(2, undefined, 60_000);
    const first = await patient.run<number>(thread);
    await sleep(50);
    assert.equal(await patient.run<number>(thread), first);
    await using pool = createPool(2, undefined, 10);
    const before = await Promise.all([pool.run<number>(thread), pool.run<number>(thread)]);
    await sleep(200);
    const after = await Promise.all([pool.run<number>(thread), pool.run<number>(thread)]);
    assert.ok(Math.min(...after) > Math.max(...before), `${after} after ${before}`);
  });

  it('stops running work when its signal aborts', async () => {
    const controller = new AbortController();
    await using pool = createPool(2, controller.signal);
    const running = pool.run({ module, name: 'loop', payload: null });
    setTimeout(() => controller.abort(new Error('stopped')), 200);
    await assert.rejects(running, /stopped/);
  });
});

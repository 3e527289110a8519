// The loop of the service with a clock that only sleeping moves.
import assert from 'node:assert/strict';
import { type ServiceOptions, serve } from '../../../core/schedule/service.ts';

describe('the service', () => {
  const clockwork = (until: number) => {
    let now = 0;
    const stop = new AbortController();
    const base = {
      clock: () => new Date(now),
      signal: stop.signal,
      configMark: () => 'a',
      sleep: async (millis: number) => {
        now += Math.max(1, millis);
        if (now >= until) stop.abort();
      },
      onError: (error: unknown) => {
        throw error;
      },
    } satisfies Partial<ServiceOptions>;
    return { base, now: () => now, jump: (millis: number) => (now += millis) };
  };

  it('comes back at the time that a round names, not before', async () => {
    const { base, now } = clockwork(20_000);
    const rounds: number[] = [];
    await serve({
      ...base,
      runDue: async () => {
        rounds.push(now());
        return { next: new Date(now() + 5000) };
      },
    });
    assert.deepEqual(rounds, [0, 5000, 10_000, 15_000]);
  });

  it('plans anew within seconds after the config changed', async () => {
    const { base, now } = clockwork(20_000);
    const rounds: number[] = [];
    await serve({
      ...base,
      configMark: () => (now() < 6000 ? 'a' : 'b'),
      runDue: async () => {
        rounds.push(now());
        return {};
      },
    });
    assert.deepEqual(rounds, [0, 6000]);
  });

  it('outlives rounds that fail', async () => {
    const { base } = clockwork(100_000);
    const errors: unknown[] = [];
    await serve({
      ...base,
      onError: (error) => errors.push(error),
      runDue: () => Promise.reject(new Error('no')),
    });
    assert.equal(errors.length, 4);
  });

  it('waits anew when the clock goes backwards', async () => {
    const { base, now, jump } = clockwork(50_000);
    let rounds = 0;
    let jumped = false;
    await serve({
      ...base,
      sleep: async (millis) => {
        await base.sleep(millis);
        if (!jumped && now() > 10_000) {
          jumped = true;
          jump(-86_400_000);
        }
        if (rounds > 3) jump(86_500_000);
      },
      runDue: async () => {
        rounds++;
        return {};
      },
    });
    assert.ok(rounds > 3);
  });
});

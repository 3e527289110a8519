// Ticks in time zones, over changes of summer time, and what a user reads about a wrong schedule.
import assert from 'node:assert/strict';
import { lastTick, nextTick, scheduleProblem, startOf } from '../../../core/schedule/times.ts';

const daily = (cron: string, timeZone = 'UTC', jitterSeconds = 0) => ({ cron, timeZone, jitterSeconds });
const at = (text: string): Date => new Date(text);

describe('times of a schedule', () => {
  for (const [name, schedule, after, expected] of [
    ['the same day', daily('0 6 * * *'), '2026-03-28T05:59:59.999Z', '2026-03-28T06:00:00.000Z'],
    ['strictly later', daily('0 6 * * *'), '2026-03-28T06:00:00.000Z', '2026-03-29T06:00:00.000Z'],
    ['in a zone', daily('0 6 * * *', 'Asia/Kolkata'), '2026-03-28T00:00:00Z', '2026-03-28T00:30:00.000Z'],
    ['in a gap: at its end', daily('30 2 * * *', 'Europe/Berlin'), '2026-03-28T12:00:00Z', '2026-03-29T01:00:00.000Z'],
    [
      'in an overlap: first time',
      daily('30 2 * * *', 'Europe/Berlin'),
      '2026-10-24T12:00:00Z',
      '2026-10-25T00:30:00.000Z',
    ],
    [
      'in an overlap: only once',
      daily('30 2 * * *', 'Europe/Berlin'),
      '2026-10-25T00:30:00Z',
      '2026-10-26T01:30:00.000Z',
    ],
  ] as const) {
    it(`find the next tick ${name}`, () => {
      assert.equal(nextTick(schedule, at(after)).toISOString(), expected);
    });
  }

  it('find the last tick, however far back', () => {
    assert.equal(
      lastTick(daily('*/10 * * * * *'), at('2026-01-01T00:00:05Z'))?.toISOString(),
      '2026-01-01T00:00:00.000Z',
    );
    assert.equal(lastTick(daily('0 6 * * 1'), at('2026-11-24T00:00:00Z'))?.toISOString(), '2026-11-23T06:00:00.000Z');
    assert.equal(lastTick(daily('0 0 29 2 *'), at('2026-11-24T00:00:00Z'))?.toISOString(), '2024-02-29T00:00:00.000Z');
  });

  it('spread starts by an amount that is fixed for a job', () => {
    const schedule = daily('0 6 * * *', 'UTC', 600);
    const tick = at('2026-01-01T06:00:00Z');
    const delays = ['a', 'b', 'c', 'd'].map((job) => (startOf(schedule, job, tick).getTime() - tick.getTime()) / 1000);
    assert.ok(delays.every((delay) => delay >= 0 && delay <= 600));
    assert.ok(new Set(delays).size > 1);
    assert.equal(startOf(schedule, 'a', tick).getTime(), tick.getTime() + (delays[0] ?? 0) * 1000);
  });

  for (const [cron, zone, pattern] of [
    ['61 * * * *', 'UTC', /61.*out of range/],
    ['0 6 * *', 'UTC', /4 fields/],
    ['often', 'UTC', /one field/],
    ['0 0 31 2 *', 'UTC', /never comes true/],
    ['0 6 * * *', 'Europe/Berlinn', /time zone is not known/],
  ] as const) {
    it(`say what is wrong with "${cron}" in ${zone}`, () => {
      assert.match(scheduleProblem(cron, zone) ?? '', pattern);
    });
  }

  it('take aliases and names', () => {
    assert.equal(scheduleProblem('@daily', 'UTC'), undefined);
    assert.equal(scheduleProblem('0 6 * * MON-FRI', 'America/New_York'), undefined);
  });
});

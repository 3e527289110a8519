// What is due when: after downtime, within the jitter, and when the clock goes backwards.
import assert from 'node:assert/strict';
import { type Job, jobTime } from '../../../core/schedule/jobs.ts';

const job = (jitterSeconds = 0): Job => ({
  name: 'project',
  schedule: { cron: '0 6 * * *', timeZone: 'UTC', jitterSeconds },
  tables: ['t'],
});
const at = (text: string): Date => new Date(text);
const done = (tick: string) => ({ job: 'project', lastTick: at(tick) });

describe('a job', () => {
  it('that never ran is due for its latest tick', () => {
    const { due } = jobTime(job(), undefined, at('2026-05-04T12:00:00Z'));
    assert.equal(due?.toISOString(), '2026-05-04T06:00:00.000Z');
  });

  it('is not due again before its next tick', () => {
    const time = jobTime(job(), done('2026-05-04T06:00:00Z'), at('2026-05-05T05:59:59Z'));
    assert.equal(time.due, undefined);
    assert.equal(time.nextStart.toISOString(), '2026-05-05T06:00:00.000Z');
  });

  it('is due once after three days of downtime', () => {
    const now = at('2026-05-07T07:00:00Z');
    const { due } = jobTime(job(), done('2026-05-04T06:00:00Z'), now);
    assert.equal(due?.toISOString(), '2026-05-07T06:00:00.000Z');
    assert.equal(jobTime(job(), done('2026-05-07T06:00:00Z'), now).due, undefined);
  });

  it('waits for its jitter, and still makes up for the tick before', () => {
    const jittered = { ...job(3600), name: 'table:a' };
    const early = jobTime(jittered, done('2026-05-03T06:00:00Z'), at('2026-05-05T06:00:00Z'));
    const waits = early.due?.toISOString() !== '2026-05-05T06:00:00.000Z';
    assert.ok(waits);
    assert.equal(early.due?.toISOString(), '2026-05-04T06:00:00.000Z');
    const late = jobTime(jittered, done('2026-05-04T06:00:00Z'), at('2026-05-05T07:00:01Z'));
    assert.equal(late.due?.toISOString(), '2026-05-05T06:00:00.000Z');
  });

  it('does not run twice when the clock goes backwards', () => {
    const time = jobTime(job(), done('2026-05-04T06:00:00Z'), at('2026-05-02T12:00:00Z'));
    assert.equal(time.due, undefined);
    assert.equal(time.nextStart.toISOString(), '2026-05-05T06:00:00.000Z');
  });
});

// When a schedule is due: cron text in a time zone, read by the `cron` library, plus a jitter that is the same on every host.
import { CronTime } from 'cron';
import { hashText } from '../random.ts';

export interface Schedule {
  /** Five fields (minute, hour, day, month, weekday), six with seconds first, or `@daily` and its like. */
  readonly cron: string;
  /** IANA name; `UTC` when the config names none. */
  readonly timeZone: string;
  /** A run starts up to so many seconds after its tick, always by the same amount for a table, so that tables spread. */
  readonly jitterSeconds: number;
}

const aliases = new Set(['@yearly', '@monthly', '@weekly', '@daily', '@hourly', '@minutely', '@weekdays', '@weekends']);

/** What is wrong with a schedule, as the end of a sentence; undefined when nothing is. */
export function scheduleProblem(cron: string, timeZone: string): string | undefined {
  const fields = cron.trim().split(/\s+/).length;
  if (!aliases.has(cron.trim()) && fields !== 5 && fields !== 6) {
    return `it has ${fields === 1 ? 'one field' : `${fields} fields`}, and cron text has five (minute hour day month weekday) or six (seconds first)`;
  }
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    return 'its time zone is not known; use an IANA name as Europe/Berlin';
  }
  const { valid, error } = CronTime.validateCronExpression(cron);
  if (!valid) return lowerFirst(error?.message ?? 'it cannot be read');
  try {
    nextTick({ cron, timeZone, jitterSeconds: 0 }, new Date(Date.UTC(2024, 0, 1)));
  } catch {
    return 'it never comes true';
  }
  return undefined;
}

/** The first tick after `after`. A time that a change to summer time leaves out moves to the end of the gap. */
export function nextTick(schedule: Schedule, after: Date): Date {
  const time = new CronTime(schedule.cron, schedule.timeZone);
  return time.getNextDateFrom(after, schedule.timeZone).toJSDate();
}

const second = 1000;
const day = 86_400 * second;
/** Each holds few ticks when the one before held none. */
const lookBack = [second * 60, second * 3600, day, 32 * day, 400 * day, 9 * 366 * day];

/** The last tick at or before `now`; undefined when there was none in the last nine years. */
export function lastTick(schedule: Schedule, now: Date): Date | undefined {
  for (const span of lookBack) {
    let found: Date | undefined;
    let next = nextTick(schedule, new Date(now.getTime() - span));
    while (next <= now) {
      found = next;
      next = nextTick(schedule, next);
    }
    if (found !== undefined) return found;
  }
  return undefined;
}

/** When the run of a tick starts: the tick and this job's share of the jitter. */
export function startOf(schedule: Schedule, job: string, tick: Date): Date {
  if (schedule.jitterSeconds === 0) return tick;
  return new Date(tick.getTime() + (hashText(job) % (schedule.jitterSeconds + 1)) * second);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

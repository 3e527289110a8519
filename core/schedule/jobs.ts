// What runs on a schedule: one job for the project, and one for each table with a schedule of its own.
import type { LoadedConfig } from '../config/loaded.ts';
import { lastTick, nextTick, type Schedule, startOf } from './times.ts';

export interface Job {
  /** `project`, or `table:` and the table's name. */
  readonly name: string;
  readonly schedule: Schedule;
  readonly tables: readonly string[];
}

/** What is remembered of a job. */
export interface JobMemory {
  readonly job: string;
  /** The last tick whose run ended, whatever its outcome. */
  readonly lastTick?: Date;
  readonly lastEnded?: Date;
  readonly lastStatus?: string;
}

/** In the order of the config; the project's job builds the tables without a schedule of their own. */
export function jobsOf(config: LoadedConfig): readonly Job[] {
  const own = config.tables.flatMap(({ name, schedule }): Job[] =>
    schedule === undefined ? [] : [{ name: `table:${name}`, schedule, tables: [name] }],
  );
  const rest = config.tables.filter(({ schedule }) => schedule === undefined).map(({ name }) => name);
  if (config.schedule === undefined || rest.length === 0) return own;
  return [{ name: 'project', schedule: config.schedule, tables: rest }, ...own];
}

export interface JobTime {
  readonly job: Job;
  /** The latest tick that waits for its run; earlier ones that were missed are made up for by the same run. */
  readonly due?: Date;
  /** When the next run starts, jitter included. In the past when the job is due. */
  readonly nextStart: Date;
}

/**
 * Pure: what is due at `now`. After any downtime a job is due once, for its latest tick. A clock that went backwards makes
 * nothing due a second time, since ticks up to the last one are done.
 */
export function jobTime(job: Job, memory: JobMemory | undefined, now: Date): JobTime {
  const { schedule, name } = job;
  const last = lastTick(schedule, now);
  const done = memory?.lastTick;
  if (last !== undefined && (done === undefined || last > done)) {
    const start = startOf(schedule, name, last);
    if (start <= now) return { job, due: last, nextStart: start };
    // Within its jitter: the tick before may still wait when it was missed altogether.
    const before = lastTick(schedule, new Date(last.getTime() - 1));
    if (done !== undefined && before !== undefined && before > done && startOf(schedule, name, before) <= now) {
      return { job, due: before, nextStart: startOf(schedule, name, before) };
    }
    return { job, nextStart: start };
  }
  const from = done !== undefined && done > now ? done : now;
  return { job, nextStart: startOf(schedule, name, nextTick(schedule, from)) };
}

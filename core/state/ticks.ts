// The ticks of schedules that were run, one row each: a tick is begun once, and ended once.
import { sql } from 'drizzle-orm';
import { exclusively } from './exclusive.ts';
import type { State } from './open.ts';

export interface TickRecord {
  readonly job: string;
  /** ISO 8601, UTC. */
  readonly tick: string;
  /** `running`, or how its build ended; `interrupted` when its process died. */
  readonly status: string;
  readonly startedAt: string;
  readonly endedAt?: string;
}

interface TickRow {
  readonly job: string;
  readonly tick: string;
  readonly status: string;
  readonly started_at: string;
  readonly ended_at: string | null;
}

/** The last tick of each job. */
export async function lastTicks(state: State): Promise<ReadonlyMap<string, TickRecord>> {
  const rows = await state.db.all<TickRow>(
    sql`SELECT job, tick, status, started_at, ended_at FROM schedule_ticks ORDER BY job, tick`,
  );
  return new Map(rows.map((row) => [row.job, toTick(row)]));
}

/** False when the tick was begun before, by anyone. */
export async function beginTick(state: State, job: string, tick: Date, now: Date): Promise<boolean> {
  const insert = sql`
    INSERT INTO schedule_ticks (job, tick, status, started_at)
    VALUES (${job}, ${tick.toISOString()}, 'running', ${now.toISOString()}) ON CONFLICT DO NOTHING`;
  return (await exclusively(() => state.db.run(insert))).rowsAffected === 1;
}

export async function endTick(state: State, job: string, tick: Date, status: string, now: Date): Promise<void> {
  const update = sql`
    UPDATE schedule_ticks SET status = ${status}, ended_at = ${now.toISOString()}
    WHERE job = ${job} AND tick = ${tick.toISOString()}`;
  await exclusively(() => state.db.run(update));
}

/**
 * Forgets ticks that were begun and never ended, so that they run again; call it while holding the lease `schedule`, when
 * no living process can be at work on one. Returns them.
 */
export async function releaseTicks(state: State): Promise<readonly TickRecord[]> {
  const remove = sql`
    DELETE FROM schedule_ticks WHERE status = 'running' RETURNING job, tick, status, started_at, ended_at`;
  return (await exclusively(() => state.db.all<TickRow>(remove))).map(toTick);
}

function toTick({ job, tick, status, started_at, ended_at }: TickRow): TickRecord {
  return { job, tick, status, startedAt: started_at, ...(ended_at === null ? {} : { endedAt: ended_at }) };
}

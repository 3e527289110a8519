// `synth status`: of each job, when it ran last, how that ended, when it runs next, and whether it is overdue.
import type { LoadedConfig } from '../config/loaded.ts';
import { projectPaths } from '../run/plan.ts';
import { openState } from '../state/index.ts';
import { jobMemories, scheduledJobs } from './due.ts';
import { jobTime } from './jobs.ts';

export interface JobStatus {
  readonly job: string;
  readonly tables: readonly string[];
  readonly cron: string;
  readonly timeZone: string;
  /** ISO 8601, UTC, as all times. */
  readonly lastTick?: string;
  readonly lastEnded?: string;
  readonly lastStatus?: string;
  readonly next: string;
  /** A run that should have started more than `graceSeconds` ago. */
  readonly overdue: boolean;
}

/** A scheduler looks at the clock at least twice a minute; one-shot runs come by every few minutes. */
const graceSeconds = 600;

/** @throws SynthError `schedule.none` */
export async function runStatus(options: {
  readonly config: LoadedConfig;
  readonly clock: () => Date;
}): Promise<readonly JobStatus[]> {
  const { config, clock } = options;
  const jobs = scheduledJobs(config);
  await using state = await openState(projectPaths(config).state);
  const memories = await jobMemories(state);
  const now = clock();
  return jobs.map((job) => {
    const memory = memories.get(job.name);
    const { due, nextStart } = jobTime(job, memory, now);
    return {
      job: job.name,
      tables: job.tables,
      cron: job.schedule.cron,
      timeZone: job.schedule.timeZone,
      ...(memory?.lastTick === undefined ? {} : { lastTick: memory.lastTick.toISOString() }),
      ...(memory?.lastEnded === undefined ? {} : { lastEnded: memory.lastEnded.toISOString() }),
      ...(memory?.lastStatus === undefined ? {} : { lastStatus: memory.lastStatus }),
      next: nextStart.toISOString(),
      overdue: due !== undefined && now.getTime() - nextStart.getTime() > graceSeconds * 1000,
    };
  });
}

// `synth run --due`: builds what is due now, once, and remembers that it was done.
import { hostname } from 'node:os';
import { deliverPending } from '../alerts/deliver.ts';
import type { LoadedConfig } from '../config/loaded.ts';
import { SynthError } from '../errors.ts';
import type { ProgressSink } from '../progress.ts';
import { type BuildResult, runBuild } from '../run/build.ts';
import { projectPaths } from '../run/plan.ts';
import {
  acquireLease,
  beginTick,
  endTick,
  type Lease,
  lastTicks,
  openState,
  releaseTicks,
  type State,
  type TickRecord,
} from '../state/index.ts';
import { type Job, type JobMemory, type JobTime, jobsOf, jobTime } from './jobs.ts';

export interface DueOptions {
  readonly config: LoadedConfig;
  readonly threads?: number;
  readonly signal: AbortSignal;
  readonly progress: ProgressSink;
  readonly clock: () => Date;
  /** Default: runBuild. */
  readonly build?: typeof runBuild;
}

export interface DueResult {
  /** Jobs whose run ended, with the tick that it was for. */
  readonly ran: readonly { readonly job: string; readonly tick: string; readonly status: string }[];
  readonly build?: BuildResult;
  /** Of a build that failed with an error; never a value of the data. */
  readonly error?: { readonly message: string; readonly hint?: string };
  /** Another scheduler is at work on what is due, so that nothing was done here. */
  readonly elsewhere?: true;
  /** When the next run starts. */
  readonly next?: Date;
}

/** A scheduler that was silent for so many seconds counts as dead. */
const leaseSeconds = 60;

/** @throws SynthError `schedule.none` when the config has no schedule */
export async function runDue(options: DueOptions): Promise<DueResult> {
  const { config, clock } = options;
  const jobs = scheduledJobs(config);
  await using state = await openState(projectPaths(config).state);
  const now = clock();
  // What an earlier run could not deliver, whether or not anything is due.
  const note = (message: string): void => options.progress({ kind: 'note', message });
  await deliverPending(state, { channels: config.alerts.channels, clock, signal: options.signal, note });
  const times = await jobTimes(state, jobs, now);
  if (times.every(({ due }) => due === undefined)) return { ran: [], ...nextOf(times) };
  let lease: Lease;
  try {
    lease = await acquireLease(state, {
      name: 'schedule',
      owner: { pid: process.pid, host: hostname() },
      ttlSeconds: leaseSeconds,
      clock: () => clock().getTime(),
      signal: options.signal,
    });
  } catch (error) {
    if (!(error instanceof SynthError) || error.code !== 'lease.held') throw error;
    return { ran: [], elsewhere: true, ...nextOf(times.filter(({ due }) => due === undefined)) };
  }
  await using held = lease;
  await releaseTicks(state);
  const begun: JobTime[] = [];
  // Again, under the lease: another scheduler may have been faster.
  for (const time of await jobTimes(state, jobs, now)) {
    if (time.due !== undefined && (await beginTick(state, time.job.name, time.due, now))) begun.push(time);
  }
  if (begun.length === 0) return { ran: [], ...nextOf(await jobTimes(state, jobs, clock())) };
  const built = await build(options, state, begun, held.lost);
  for (const { job, due } of begun) {
    if (due !== undefined) await endTick(state, job.name, due, built.status, clock());
  }
  return {
    ran: begun.map(({ job, due }) => ({ job: job.name, tick: due?.toISOString() ?? '', status: built.status })),
    ...(built.result === undefined ? {} : { build: built.result }),
    ...(built.error === undefined ? {} : { error: built.error }),
    ...nextOf(await jobTimes(state, jobs, clock())),
  };
}

/** @throws SynthError `schedule.none` */
export function scheduledJobs(config: LoadedConfig): readonly Job[] {
  const jobs = jobsOf(config);
  if (jobs.length > 0) return jobs;
  throw new SynthError('schedule.none', 'The config has no schedule.', {
    hint: "Add one, as schedule: '0 6 * * *', for the project or for single tables.",
  });
}

export async function jobTimes(state: State, jobs: readonly Job[], now: Date): Promise<readonly JobTime[]> {
  const memories = await jobMemories(state);
  return jobs.map((job) => jobTime(job, memories.get(job.name), now));
}

export async function jobMemories(state: State): Promise<ReadonlyMap<string, JobMemory>> {
  const memory = (record: TickRecord): JobMemory => ({
    job: record.job,
    ...(record.status === 'running' ? {} : { lastTick: new Date(record.tick) }),
    ...(record.endedAt === undefined ? {} : { lastEnded: new Date(record.endedAt) }),
    lastStatus: record.status,
  });
  return new Map([...(await lastTicks(state))].map(([job, record]) => [job, memory(record)]));
}

interface Built {
  readonly status: string;
  readonly result?: BuildResult;
  readonly error?: { readonly message: string; readonly hint?: string };
}

async function build(options: DueOptions, state: State, begun: readonly JobTime[], lost: AbortSignal): Promise<Built> {
  const known = await state.read.tables();
  const due = new Set(begun.flatMap(({ job }) => job.tables));
  // A table that was never built needs its parents' mirrors, whatever their own schedule.
  const select = options.config.tables
    .filter(({ name }) => due.has(name))
    .map(({ name }) => (known.has(name) ? name : `+${name}`));
  try {
    const { build: run = runBuild, ...given } = options;
    const result = await run({
      ...given,
      ...(select.length === options.config.tables.length ? {} : { select }),
      fullRefresh: false,
      wait: true,
      scheduled: true,
      signal: AbortSignal.any([options.signal, lost]),
    });
    const status = result.published
      ? 'published'
      : result.needsReview !== undefined
        ? 'needs review'
        : result.summary.fail > 0
          ? 'rejected'
          : 'unchanged';
    return { status, result };
  } catch (error) {
    // A cancelled run is undone; its tick is free again, so that the next scheduler runs it.
    if (options.signal.aborted || lost.aborted) {
      await releaseTicks(state);
      throw error;
    }
    if (!(error instanceof SynthError)) throw error;
    const { message, hint } = error;
    return { status: 'failed', error: { message, ...(hint === undefined ? {} : { hint }) } };
  }
}

function nextOf(times: readonly JobTime[]): { readonly next?: Date } {
  const starts = times.map(({ nextStart }) => nextStart.getTime());
  return starts.length === 0 ? {} : { next: new Date(Math.min(...starts)) };
}

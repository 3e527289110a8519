// `synth build`: executes a plan, audits what was rebuilt, and publishes the release only if the gate lets it.
import { createRequire } from 'node:module';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { gate } from '../../audits/run.ts';
import { tellRun } from '../alerts/tell.ts';
import type { AuditResult, Tier } from '../audit.ts';
import type { LoadedConfig } from '../config/loaded.ts';
import type { Release } from '../connector.ts';
import { firstFailure, SynthError } from '../errors.ts';
import type { Plan, TableAction } from '../plan/index.ts';
import type { ProgressSink } from '../progress.ts';
import { acquireLease, openState, type RunOutcome, type State } from '../state/index.ts';
import { holdContests } from './contest/due.ts';
import { type Executed, executePlan } from './execute.ts';
import { mirrorStore, type Planned, planProject, projectPaths } from './plan.ts';
import { forgetWaiting, looksNeeded, putAside, waitingFor } from './review.ts';
import { tableStates } from './table-states.ts';
import { writeJunit, writeTargetFiles } from './target-files.ts';
import { withUses } from './uses.ts';

export const BUILD_SCHEMA_VERSION = 1;

export interface BuildOptions {
  readonly config: LoadedConfig;
  readonly select?: readonly string[];
  readonly fullRefresh: boolean;
  /** Instead of the tiers of the config. */
  readonly tier?: Tier;
  /** Ids to run beside those of the tier. */
  readonly also?: readonly string[];
  /** Path of a JUnit XML file. */
  readonly junit?: string;
  /** Wait for another build instead of failing. */
  readonly wait: boolean;
  readonly threads?: number;
  readonly signal: AbortSignal;
  readonly progress: ProgressSink;
  readonly clock: () => Date;
  /** Started by the schedule. */
  readonly scheduled?: boolean;
}

export interface BuiltTable {
  readonly name: string;
  readonly action: TableAction;
  readonly status: 'pass' | 'warn' | 'fail' | 'skip';
  readonly rows: number;
  readonly seconds: number;
  readonly reasons: readonly string[];
  readonly audits: readonly AuditResult[];
}

export interface BuildResult {
  readonly schemaVersion: typeof BUILD_SCHEMA_VERSION;
  readonly release?: string;
  readonly published: boolean;
  readonly tables: readonly BuiltTable[];
  readonly summary: Readonly<Record<'pass' | 'warn' | 'fail' | 'skip' | 'total', number>>;
  readonly seconds: number;
  /** Results that stop the publish: see `gate`. */
  readonly blocking: readonly AuditResult[];
  /** Tables that a person has to look at before the release is shown. */
  readonly needsReview?: readonly string[];
  /** Path of the HTML report. */
  readonly report?: string;
  readonly notes: readonly string[];
}

/** Seconds without a heartbeat after which a lease counts as abandoned. */
const LEASE_SECONDS = 60;

export async function runBuild(given: BuildOptions): Promise<BuildResult> {
  const started = performance.now();
  const config = withUses(given.config);
  const { clock } = given;
  const notes: string[] = [];
  const progress: ProgressSink = (event) => {
    if (event.kind === 'note' || event.kind === 'warning') notes.push(event.message);
    given.progress(event);
  };
  const note = (message: string): void => progress({ kind: 'note', message });
  const store = mirrorStore(config);
  await using state = await openState(projectPaths(config).state);
  await using lease = await acquireLease(state, {
    owner: { pid: process.pid, host: hostname() },
    ttlSeconds: LEASE_SECONDS,
    clock: () => clock().getTime(),
    wait: given.wait,
    signal: given.signal,
    onWait: ({ pid, host }) => note(`Waiting for the build of process ${pid} on ${host}.`),
  });
  if (lease.takenFrom !== undefined) {
    note(
      `The build of process ${lease.takenFrom.pid} on ${lease.takenFrom.host} ended without a word; this one takes over.`,
    );
  }
  const running = { ...given, config, progress, signal: AbortSignal.any([given.signal, lease.lost]) };
  const now = clock().toISOString();
  const release: Release = {
    id: now.replace(/\D/g, '').replace(/^(\d{8})(\d{6})(\d{3})$/, '$1-$2-$3'),
    createdAt: now,
    fence: lease.fence,
  };
  for (const run of await state.write.markInterrupted(now)) {
    note(
      `The run ${run.id} was interrupted; what it left is cleared away, and the mirrors are as they were before it.`,
    );
  }
  await store.recover();
  await state.write.startRun({ id: release.id, command: 'build', startedAt: now });
  const end = (status: RunOutcome, more: { releaseId?: string; message?: string } = {}): Promise<void> =>
    state.write.endRun(release.id, { status, endedAt: clock().toISOString(), ...more });
  const tell = (results: readonly AuditResult[], more: { error?: string; needsReview?: readonly string[] }) =>
    tellRun(
      state,
      { run: release.id, results, blocks: (result) => !gate([result]).publish, ...more },
      { config, clock, signal: given.signal, note },
    );
  try {
    const withWinners = await holdContests({ ...running, state });
    const options = { ...running, config: withWinners };
    const planned = await planProject(options, state);
    for (const message of planned.notes) note(message);
    const waiting = await waitingFor(planned, { config, state });
    if (waiting !== undefined) {
      const tables = waiting.tables.map(({ table }) => table);
      note(
        waiting.rejected
          ? `The mirrors that this plan makes were rejected by a person; nothing is built until the source or the config changes, or by --full-refresh.`
          : `Release ${waiting.release} of this plan waits for a person to look at ${tables.join(', ')}: synth review.`,
      );
      await end('unchanged');
      await tell([], waiting.rejected ? {} : { needsReview: tables });
      return unchanged(planned.plan, notes, started, waiting.rejected ? [] : tables);
    }
    const executed = await executePlan({ ...options, planned, release, state });
    const publishes = planned.plan.steps.some(({ kind }) => kind === 'publish');
    const results = [...executed.audits.values()].flat();
    await state.write.recordAudits(release.id, results);
    const passes = publishes && gate(results).publish;
    const looks = passes ? await looksNeeded(planned, executed, state, clock()) : { needed: [], rejected: [] };
    for (const { table, by } of looks.rejected)
      note(`${table}: ${by.by} rejected this very mirror on ${by.at}: ${by.because}`);
    const needsReview = looks.rejected.length > 0 ? [] : looks.needed.map(({ table }) => table);
    const published = passes && looks.rejected.length === 0 && needsReview.length === 0;
    if (needsReview.length > 0) {
      await putAside(planned, { config, state }, release, looks, tableStates(planned, executed, release));
      note(`Release ${release.id} waits for a person to look at ${needsReview.join(', ')}: synth review.`);
    }
    if (published) {
      await publish(options, planned, executed, release, state, lease.renew);
      await forgetWaiting({ config, state });
    }
    await end(
      published ? 'published' : needsReview.length > 0 ? 'needs review' : publishes ? 'rejected' : 'unchanged',
      published ? { releaseId: release.id } : {},
    );
    await tell(results, { needsReview });
    const tables = builtTables(planned.plan, executed);
    const counted = (status: BuiltTable['status']): number => tables.filter((table) => table.status === status).length;
    const result: BuildResult = {
      schemaVersion: BUILD_SCHEMA_VERSION,
      ...(publishes ? { release: release.id } : {}),
      published,
      blocking: gate(results).blocking,
      ...(needsReview.length === 0 ? {} : { needsReview }),
      tables,
      summary: {
        pass: counted('pass'),
        warn: counted('warn'),
        fail: counted('fail'),
        skip: counted('skip'),
        total: tables.length,
      },
      seconds: (performance.now() - started) / 1000,
      ...(executed.reports.length === 0 ? {} : { report: join(projectPaths(config).target, 'report', 'index.html') }),
      notes,
    };
    await writeTargetFiles({
      config,
      planned,
      result,
      reports: executed.reports,
      release,
      published,
      version: version(),
    });
    if (given.junit !== undefined) await writeJunit(given.junit, config, results);
    return result;
  } catch (thrown) {
    const error = firstFailure(thrown);
    await store.recover();
    await end(
      given.signal.aborted ? 'cancelled' : 'failed',
      error instanceof SynthError ? { message: error.message } : {},
    );
    if (!given.signal.aborted) {
      const message = error instanceof SynthError ? error.message : 'The run stopped with an unexpected error.';
      await tell([], { error: message });
    }
    throw error;
  }
}

/** There is nothing to do, for now. */
function unchanged(plan: Plan, notes: readonly string[], started: number, needsReview: readonly string[]): BuildResult {
  const tables = plan.steps.flatMap((step): BuiltTable[] => {
    if (step.kind !== 'table') return [];
    const { table: name, action, reasons } = step;
    return [{ name, action, status: 'skip', rows: 0, seconds: 0, reasons, audits: [] }];
  });
  return {
    schemaVersion: BUILD_SCHEMA_VERSION,
    published: false,
    blocking: [],
    tables,
    summary: { pass: 0, warn: 0, fail: 0, skip: tables.length, total: tables.length },
    seconds: (performance.now() - started) / 1000,
    ...(needsReview.length === 0 ? {} : { needsReview }),
    notes,
  };
}

async function publish(
  options: BuildOptions,
  planned: Planned,
  executed: Executed,
  release: Release,
  state: State,
  stillOurs: () => Promise<boolean>,
): Promise<void> {
  const store = mirrorStore(options.config);
  options.signal.throwIfAborted();
  if (!(await stillOurs())) {
    throw new SynthError('lease.lost', 'Another build took over while this one was silent, so nothing was published.', {
      hint: 'Run the build again.',
    });
  }
  const started = performance.now();
  options.progress({ kind: 'step-start', step: 'publish' });
  await store.publish(release);
  await state.write.recordRelease(
    { id: release.id, runId: release.id, createdAt: release.createdAt },
    tableStates(planned, executed, release),
  );
  await state.write.keepReleases((await store.releases()).map(({ id }) => id));
  options.progress({ kind: 'step-end', step: 'publish', seconds: (performance.now() - started) / 1000 });
}

function builtTables(plan: Plan, executed: Executed): readonly BuiltTable[] {
  return plan.steps.flatMap((step): BuiltTable[] => {
    if (step.kind !== 'table') return [];
    const audits = executed.audits.get(step.table) ?? [];
    return [
      {
        name: step.table,
        action: step.action,
        status: step.action === 'keep' && audits.length === 0 ? 'skip' : statusOf(audits),
        rows: executed.rows.get(step.table) ?? 0,
        seconds: executed.seconds.get(step.table) ?? 0,
        reasons: step.reasons,
        audits,
      },
    ];
  });
}

function statusOf(audits: readonly AuditResult[]): 'pass' | 'warn' | 'fail' {
  if (!gate(audits).publish) return 'fail';
  return audits.some(({ verdict }) => verdict !== 'pass') ? 'warn' : 'pass';
}

function version(): string {
  const manifest: unknown = createRequire(import.meta.url)('synthouse/package.json');
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
}

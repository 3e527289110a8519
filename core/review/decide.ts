// `synth review`: what waits for a person, and what that person decides. An approval publishes, under the lease of builds.
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { tellRun } from '../alerts/tell.ts';
import type { AuditResult } from '../audit.ts';
import type { LoadedConfig } from '../config/loaded.ts';
import { SynthError } from '../errors.ts';
import { mirrorStore, projectPaths } from '../run/plan.ts';
import { acquireLease, openState, type State } from '../state/index.ts';
import {
  addReviews,
  type ReviewRecord,
  readReviews,
  readWaiting,
  type WaitingRelease,
  writeWaiting,
} from '../state/reviews.ts';
import { hasExpired, worthALook } from './policy.ts';

export interface ReviewItem {
  readonly table: string;
  readonly digest: string;
  readonly mirrorDigest: string;
  readonly release: string;
  /** Not visible yet, or what readers see. */
  readonly place: 'waiting' | 'visible';
  readonly why: string;
  /** Worst first. */
  readonly results: readonly AuditResult[];
  /** Its figures. */
  readonly pictures: string;
  readonly decided?: ReviewRecord;
  readonly expired?: true;
}

export interface ReviewOptions {
  readonly config: LoadedConfig;
  readonly clock: () => Date;
}

/** What waits, and what is visible after a decision, in that order. */
export async function runReviews({ config, clock }: ReviewOptions): Promise<readonly ReviewItem[]> {
  await using state = await openState(projectPaths(config).state);
  return await items(state, config, clock());
}

async function items(state: State, config: LoadedConfig, now: Date): Promise<readonly ReviewItem[]> {
  const waiting = await readWaiting(state);
  const past = await readReviews(state);
  const report = join(projectPaths(config).target, 'report', 'index.html');
  const found: ReviewItem[] = [];
  if (waiting !== undefined && waiting.rejected !== true) {
    const results = await state.read.auditResults(waiting.release);
    const order = [...new Set(results.map(({ table }) => table))];
    for (const look of waiting.tables) {
      const decided = past.findLast(({ table, digest }) => table === look.table && digest === look.digest);
      found.push({
        ...look,
        release: waiting.release,
        place: 'waiting',
        results: worthALook(results.filter(({ table }) => table === look.table)),
        pictures: `${report}#table-${order.indexOf(look.table) + 1}`,
        ...(decided === undefined ? {} : { decided }),
      });
    }
  }
  for (const [table, { mirrorDigest }] of await state.read.tables()) {
    const decided = past.findLast((record) => record.table === table && record.mirrorDigest === mirrorDigest);
    if (decided === undefined || mirrorDigest === undefined) continue;
    const review = config.tables.find(({ name }) => name === table)?.review;
    const [last] = (await state.read.auditedRuns(table, { limit: 1 })).slice(-1);
    found.push({
      ...{ table, digest: decided.digest, mirrorDigest, release: decided.release, place: 'visible', why: '', decided },
      results: worthALook(last?.results ?? []),
      pictures: report,
      ...(review !== undefined && decided.decision === 'approve' && hasExpired(decided, review, now)
        ? { expired: true }
        : {}),
    });
  }
  return found;
}

export interface Decision {
  readonly decision: 'approve' | 'reject';
  /** Of what was seen: its first digits, at least eight. */
  readonly digest: string;
  readonly because: string;
  /** Default: the user of this machine. */
  readonly by?: string;
}

export interface Decided {
  readonly table: string;
  readonly release: string;
  /** The release became visible. */
  readonly published: boolean;
  /** Others of the release that still wait. */
  readonly waiting: readonly string[];
  /** A visible mirror was rejected: readers have it until the next publish. */
  readonly withdrawnNext: boolean;
}

/** @throws SynthError `review.unknown`, `review.void`, `review.because`, `lease.held` */
export async function decide(
  options: ReviewOptions & { readonly signal: AbortSignal },
  given: Decision,
): Promise<Decided> {
  const { config, clock, signal } = options;
  const because = given.because.trim();
  if (because === '') {
    throw new SynthError('review.because', 'A decision needs a reason.', { hint: 'Give it by --because "…".' });
  }
  await using state = await openState(projectPaths(config).state);
  await using lease = await acquireLease(state, {
    owner: { pid: process.pid, host: hostname() },
    ttlSeconds: 60,
    clock: () => clock().getTime(),
    signal,
  });
  const all = await items(state, config, clock());
  const item = given.digest.length < 8 ? undefined : all.find(({ digest }) => digest.startsWith(given.digest));
  if (item === undefined) {
    throw new SynthError('review.unknown', 'No mirror with this digest waits for a decision.', {
      hint: 'Any change voids what was seen: look at `synth review` again, and give the digest that it shows.',
    });
  }
  const waiting = item.place === 'waiting' ? await readWaiting(state) : undefined;
  if (waiting !== undefined) await checkUnchanged(config, waiting);
  const { table, digest, mirrorDigest, release } = item;
  const by = given.by ?? userInfo().username;
  const at = clock().toISOString();
  const record: ReviewRecord = { table, digest, mirrorDigest, decision: given.decision, by, because, at, release };
  await addReviews(state, [record]);
  await state.write.note(
    release,
    at,
    `${by} ${given.decision === 'approve' ? 'approved' : 'rejected'} ${table}: ${because}`,
  );
  const result: Decided = { table, release, published: false, waiting: [], withdrawnNext: false };
  // What waits no longer is over for those who were told.
  const told = (): Promise<void> =>
    tellRun(state, { run: release, results: [], blocks: () => false }, { config, clock, signal, note: () => {} });
  if (waiting === undefined) return { ...result, withdrawnNext: given.decision === 'reject' };
  if (given.decision === 'reject') {
    await mirrorStore(config).held.drop();
    await writeWaiting(state, { ...waiting, rejected: true });
    await state.write.endRun(release, { status: 'rejected', endedAt: at });
    await told();
    return result;
  }
  const still = (await items(state, config, clock())).filter(
    (other) => other.place === 'waiting' && other.decided?.decision !== 'approve',
  );
  if (still.length > 0) return { ...result, waiting: still.map((other) => other.table) };
  lease.lost.throwIfAborted();
  await publishWaiting(state, config, waiting, lease.fence, at);
  await told();
  return { ...result, published: true };
}

/** @throws SynthError `review.void` when what was seen is no longer what would be published */
async function checkUnchanged(config: LoadedConfig, { release, base, file }: WaitingRelease): Promise<void> {
  const store = mirrorStore(config);
  const sameBase = (await store.current())?.id === base;
  if (sameBase && (await store.held.digest(release)) === file) return;
  throw new SynthError(
    'review.void',
    sameBase
      ? 'The file of the release that waits has changed or is gone since it was made.'
      : 'Readers see another release than when this one was made.',
    { hint: 'Run `synth build --full-refresh` and look again.' },
  );
}

async function publishWaiting(
  state: State,
  config: LoadedConfig,
  { release, createdAt, states }: WaitingRelease,
  fence: number,
  at: string,
): Promise<void> {
  const store = mirrorStore(config);
  await store.held.publish({ id: release, createdAt, fence });
  await state.write.recordRelease({ id: release, runId: release, createdAt }, states);
  await state.write.keepReleases((await store.releases()).map(({ id }) => id));
  await state.write.endRun(release, { status: 'published', endedAt: at, releaseId: release });
  await writeWaiting(state, undefined);
}

// In a build: whether a release that passed its gate waits for a person, and putting it aside until then.
import { digest } from '../config/digest.ts';
import type { LoadedReview } from '../config/loaded.ts';
import type { Release } from '../connector.ts';
import type { TableStep } from '../plan/index.ts';
import { type Candidate, type Looks, looksOf, withdrawnTables } from '../review/policy.ts';
import type { State, TableState } from '../state/index.ts';
import { readReviews, readWaiting, type WaitingRelease, writeWaiting } from '../state/reviews.ts';
import type { Executed, ExecuteOptions } from './execute.ts';
import { mirrorStore, type Planned } from './plan.ts';
import { isUse } from './uses.ts';

const never: LoadedReview = { when: 'never' };

export async function looksNeeded(
  { plan, tables }: Planned,
  executed: Executed,
  state: State,
  now: Date,
): Promise<Looks> {
  const candidates = plan.steps.flatMap((step): readonly Candidate[] => {
    const results = step.kind === 'table' ? executed.audits.get(step.table) : undefined;
    if (step.kind !== 'table' || results === undefined || step.action === 'reference') return [];
    // Nothing but what uses a mirror that stays was measured.
    if (step.action === 'keep' && results.every(isUse)) return [];
    return [
      {
        table: step.table,
        review: tables.find(({ config }) => config.name === step.table)?.config.review ?? never,
        rebuilt: step.action !== 'keep',
        results,
        mirrorDigest: executed.learnt.get(step.table)?.mirrorDigest,
        madeFrom: [step.fingerprint, step.digests],
      },
    ];
  });
  return looksOf(candidates, await readReviews(state), now);
}

/** What waits already, or was rejected, when this plan would make it again. */
export async function waitingFor(
  { plan }: Planned,
  { config, state }: Pick<ExecuteOptions, 'config' | 'state'>,
): Promise<WaitingRelease | undefined> {
  const waiting = await readWaiting(state);
  if (waiting === undefined || plan.fullRefresh || waiting.plan !== planDigest(plan.steps)) return undefined;
  const store = mirrorStore(config);
  if ((await store.current())?.id !== waiting.base) return undefined;
  return waiting.rejected === true || (await store.held.digest(waiting.release)) === waiting.file ? waiting : undefined;
}

export async function putAside(
  { plan }: Planned,
  { config, state }: Pick<ExecuteOptions, 'config' | 'state'>,
  release: Release,
  { needed }: Looks,
  states: readonly TableState[],
): Promise<void> {
  const store = mirrorStore(config);
  const base = (await store.current())?.id;
  const file = await store.held.hold(release);
  await writeWaiting(state, {
    ...{
      release: release.id,
      createdAt: release.createdAt,
      plan: planDigest(plan.steps),
      file,
      tables: needed,
      states,
    },
    ...(base === undefined ? {} : { base }),
  });
}

/** What waited is of the past when another release is published or put aside. */
export async function forgetWaiting({ config, state }: Pick<ExecuteOptions, 'config' | 'state'>): Promise<void> {
  if ((await readWaiting(state)) === undefined) return;
  await mirrorStore(config).held.drop();
  await writeWaiting(state, undefined);
}

/** Tables that stay as they are and whose mirror nobody may see any more. */
export async function withdrawn(
  steps: readonly TableStep[],
  { planned, state, clock }: ExecuteOptions,
): Promise<ReadonlySet<string>> {
  const kept = steps.filter(({ action }) => action === 'keep').map(({ table }) => table);
  return withdrawnTables(
    new Map(kept.map((table) => [table, planned.known.get(table)?.mirrorDigest])),
    new Map(planned.tables.map(({ config }) => [config.name, config.review])),
    await readReviews(state),
    clock(),
  );
}

function planDigest(steps: Planned['plan']['steps']): string {
  return digest(
    steps.flatMap((step) =>
      step.kind === 'table' ? [[step.table, step.action, step.generator, step.fingerprint, step.digests]] : [],
    ),
  );
}

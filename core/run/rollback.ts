// `synth rollback`: makes an earlier release the visible one, under the lease, and remembers it.
import { hostname } from 'node:os';
import type { LoadedConfig } from '../config/loaded.ts';
import type { Release } from '../connector.ts';
import { SynthError } from '../errors.ts';
import { acquireLease, openState } from '../state/index.ts';
import { mirrorStore, projectPaths } from './plan.ts';

export interface RollbackOptions {
  readonly config: LoadedConfig;
  /** Default: the release before the visible one. */
  readonly release?: string;
  readonly clock: () => Date;
  readonly signal: AbortSignal;
}

export interface Rollback {
  readonly from?: Release;
  readonly to: Release;
}

/** @throws SynthError `release.none-before`, `release.unknown` */
export async function runRollback(options: RollbackOptions): Promise<Rollback> {
  const store = mirrorStore(options.config);
  await using state = await openState(projectPaths(options.config).state);
  await using lease = await acquireLease(state, {
    owner: { pid: process.pid, host: hostname() },
    ttlSeconds: 60,
    clock: () => options.clock().getTime(),
    signal: options.signal,
  });
  lease.lost.throwIfAborted();
  const from = await store.current();
  const kept = await store.releases();
  const to =
    options.release === undefined
      ? kept.find(({ id }) => from === undefined || id < from.id)
      : (kept.find(({ id }) => id === options.release) ?? { id: options.release, createdAt: '' });
  if (to === undefined) {
    throw new SynthError('release.none-before', 'There is no release before the visible one.', {
      hint: 'A release can be rolled back to once a later one was published.',
    });
  }
  await store.rollback(to);
  // After `synth clean --all` the state knows no older release; the next build sees that the mirrors are not those it made.
  const known = (await state.read.releases()).some(({ id }) => id === to.id);
  if (known) await state.write.setCurrentRelease(to.id);
  return from === undefined ? { to } : { from, to };
}

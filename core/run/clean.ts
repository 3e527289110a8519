// `synth clean`: removes what can be made again. Published mirrors and their kept releases always stay.
import { existsSync } from 'node:fs';
import { readdir, rm, rmdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { LoadedConfig } from '../config/loaded.ts';
import { SynthError } from '../errors.ts';
import { acquireLease, openState } from '../state/index.ts';
import { mirrorStore, projectPaths } from './plan.ts';

export interface CleanOptions {
  readonly config: LoadedConfig;
  /** Also what was learnt and remembered: the next build starts from nothing. */
  readonly all: boolean;
  readonly clock: () => Date;
  readonly signal: AbortSignal;
}

/** What was removed, in words. @throws SynthError `lease.held` while a build runs */
export async function runClean(options: CleanOptions): Promise<readonly string[]> {
  const { config } = options;
  const paths = projectPaths(config);
  const removed: string[] = [];
  const remove = async (path: string): Promise<void> => {
    if (!existsSync(path)) return;
    await rm(path, { recursive: true, force: true });
    removed.push(`removed ${relative(config.directory, path)}`);
  };
  if (existsSync(paths.state)) {
    const damaged = await whileNobodyBuilds(options, paths.state, async (usedFits) => {
      removed.push(...(await mirrorStore(config).recover()));
      if (options.all) return;
      for (const name of await readdir(paths.fits).catch(() => [])) {
        if (!usedFits.has(join(paths.fits, name))) await remove(join(paths.fits, name));
      }
    });
    if (damaged) for (const ending of ['', '-wal', '-shm']) await remove(`${paths.state}${ending}`);
  }
  await remove(paths.target);
  await rmdir(dirname(paths.target)).catch(() => {}); // dbt's files keep it
  if (options.all) await remove(dirname(paths.state));
  return removed;
}

/** True when the state is damaged, in which case nothing else can be known and nothing was done. */
async function whileNobodyBuilds(
  { config, clock, signal }: CleanOptions,
  path: string,
  work: (usedFits: ReadonlySet<string>) => Promise<void>,
): Promise<boolean> {
  const opened = await openState(path).catch((error: unknown) => {
    if (error instanceof SynthError && error.code === 'state.unreadable') return undefined;
    throw error;
  });
  if (opened === undefined) return true;
  await using state = opened;
  await using lease = await acquireLease(state, {
    owner: { pid: process.pid, host: hostname() },
    ttlSeconds: 60,
    clock: () => clock().getTime(),
    signal,
  });
  lease.lost.throwIfAborted();
  const used = [...(await state.read.tables()).values()].flatMap(({ fitPath }) => fitPath ?? []);
  await work(new Set(used.map((fit) => join(config.directory, '.synth', fit))));
  return false;
}

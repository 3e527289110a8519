// Makes finished mirrors visible: a staged file becomes the visible one by a rename, and the last releases are kept.
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { MirrorStore, Release } from '../../core/connector.ts';
import { nearestName, SynthError } from '../../core/errors.ts';
import { duckdbError } from './errors.ts';
import { holdFence } from './fence.ts';

export interface StoreOptions {
  /** The visible file, as people open it. */
  readonly path: string;
  /** How many releases can be rolled back to, the visible one included. Default 5. */
  readonly keep?: number;
}

/**
 * Beside `mirrors.duckdb` lies the folder `.mirrors.duckdb.releases` with
 * `staged-<release>.<pid>@<host>.duckdb` (being written), `held-<release>.duckdb` (waits for a decision), `next-<release>.duckdb` (about to be renamed) and
 * `release-<release>.duckdb` (kept; the visible file is a hard link to one of them). At any moment the visible path holds
 * one whole release; readers that opened an older one keep it.
 */
export function createStore(options: StoreOptions): MirrorStore {
  const visible = resolve(options.path);
  const folder = join(dirname(visible), `.${basename(visible)}.releases`);
  const owner = `${process.pid}@${hostname()}`;
  const stagedPath = (id: string): string => join(folder, `staged-${id}.${owner}.duckdb`);
  const keptPath = (id: string): string => join(folder, `release-${id}.duckdb`);
  const heldPath = (id: string): string => join(folder, `held-${id}.duckdb`);
  const mine = new Set<string>();

  const names = (): Promise<string[]> => readdir(folder).catch(() => []);

  const releases = async (): Promise<(Release & { readonly path: string })[]> => {
    const found: (Release & { readonly path: string })[] = [];
    for (const name of await names()) {
      const id = /^release-(.+)\.duckdb$/.exec(name)?.[1];
      if (id === undefined) continue;
      const path = keptPath(id);
      const { mtime } = await stat(path);
      found.push({ id, createdAt: mtime.toISOString(), path });
    }
    return found.sort((a, b) => (a.id < b.id ? 1 : -1));
  };

  const current = async (): Promise<Release | undefined> => {
    for (const { path, ...release } of await releases()) if (await sameFile(path, visible)) return release;
    return undefined;
  };

  /** Makes the file at `from` the visible one: the moment of truth is one rename. */
  const show = async (from: string, id: string): Promise<void> => {
    const next = join(folder, `next-${id}.duckdb`);
    await rm(next, { force: true });
    await linkOrCopy(from, next);
    // A log that somebody's session left behind belongs to the old file; DuckDB would try to apply it to the new one.
    await rm(`${visible}.wal`, { force: true });
    await rename(next, visible);
    await syncFolder(dirname(visible));
  };

  const dropHeld = async (): Promise<void> => {
    for (const name of await names()) if (/^held-.+\.duckdb$/.test(name)) await removeDatabase(join(folder, name));
  };

  const prune = async (): Promise<void> => {
    const now = await current();
    const old = (await releases()).filter(({ id }) => id !== now?.id).slice(Math.max(0, (options.keep ?? 5) - 1));
    for (const { path } of old) await rm(path, { force: true });
  };

  return {
    location: options.path,
    async stage(release) {
      if (!/^[\w.-]+$/.test(release.id)) {
        throw new SynthError(
          'release.id',
          'The id of a release may hold letters, digits, dots, dashes and underscores.',
          {
            kind: 'unexpected',
          },
        );
      }
      await onDisk(options.path, () => mkdir(folder, { recursive: true }));
      if (existsSync(visible) && (await releases()).length === 0) {
        throw new SynthError('mirrors.not-ours', `${options.path} exists and was not published by synthouse.`, {
          hint: 'Name another file for the mirrors, or move this one away if it holds nothing but old mirrors.',
        });
      }
      await holdFence(folder, release);
      const path = stagedPath(release.id);
      mine.add(path);
      await removeDatabase(path);
      return path;
    },
    publish: (release) =>
      onDisk(options.path, async () => {
        const staged = stagedPath(release.id);
        if (!existsSync(staged)) {
          throw new SynthError('release.not-staged', `Release ${release.id} was not staged here.`, {
            kind: 'unexpected',
          });
        }
        if (existsSync(`${staged}.wal`)) {
          throw new SynthError('release.open', `Release ${release.id} is still being written.`, { kind: 'unexpected' });
        }
        await syncFile(staged);
        await holdFence(folder, release);
        await show(staged, release.id);
        await rename(staged, keptPath(release.id));
        await syncFolder(folder);
        mine.delete(staged);
        await prune();
      }),
    held: {
      hold: (release) =>
        onDisk(options.path, async () => {
          const staged = stagedPath(release.id);
          await syncFile(staged);
          await holdFence(folder, release);
          await dropHeld();
          await rename(staged, heldPath(release.id));
          await syncFolder(folder);
          mine.delete(staged);
          return sha256(heldPath(release.id));
        }),
      digest: async (id) => (existsSync(heldPath(id)) ? sha256(heldPath(id)) : undefined),
      publish: (release) =>
        onDisk(options.path, async () => {
          await holdFence(folder, release);
          await show(heldPath(release.id), release.id);
          await rename(heldPath(release.id), keptPath(release.id));
          await syncFolder(folder);
          await prune();
        }),
      drop: () => onDisk(options.path, dropHeld),
    },
    releases,
    current,
    rollback: (to) =>
      onDisk(options.path, async () => {
        const kept = await releases();
        const found = kept.find(({ id }) => id === to.id);
        if (found === undefined) {
          const near = nearestName(
            to.id,
            kept.map(({ id }) => id),
          );
          throw new SynthError('release.unknown', `Release ${to.id} is not kept beside ${options.path}.`, {
            hint: near === undefined ? 'List the kept releases first.' : `Did you mean ${near}?`,
          });
        }
        await show(found.path, found.id);
      }),
    recover: () =>
      onDisk(options.path, async () => {
        const done: string[] = [];
        const all = await names();
        for (const name of all) {
          const path = join(folder, name);
          const staged = /^staged-(.+)\.(\d+)@([^@]+)\.duckdb$/.exec(name);
          if (/^next-/.test(name)) {
            // Left between link and rename; a build that is at this very step has a staged file of a living process.
            if (await anyAlive(all, mine, folder)) continue;
            await rm(path, { force: true });
            done.push(`removed ${name}, which was never shown`);
          } else if (/^held-/.test(name) && (await sameFile(path, visible))) {
            await rename(path, keptPath(name.replace(/^held-(.+)\.duckdb$/, '$1')));
            await syncFolder(folder);
            done.push(`kept ${name}, which was shown just before its run ended`);
          } else if (staged !== null && !alive(path, Number(staged[2]), staged[3] as string, mine)) {
            const id = staged[1] as string;
            if (await sameFile(path, visible)) {
              await rename(path, keptPath(id));
              await syncFolder(folder);
              done.push(`kept release ${id}, which was shown just before its run ended`);
            } else {
              await removeDatabase(path);
              done.push(`removed the unfinished release ${id}`);
            }
          } else if (/^staged-.*\.duckdb\.\w+$/.test(name) && !all.includes(name.replace(/\.\w+$/, ''))) {
            await rm(path, { recursive: true, force: true });
          }
        }
        return done;
      }),
  };
}

/** Whether the run that owns a staged file still works on it. On another machine there is no telling, so it stays. */
function alive(path: string, pid: number, host: string, mine: ReadonlySet<string>): boolean {
  if (host !== hostname()) return true;
  if (pid === process.pid) return mine.has(path);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function anyAlive(names: readonly string[], mine: ReadonlySet<string>, folder: string): Promise<boolean> {
  return names.some((name) => {
    const staged = /^staged-(.+)\.(\d+)@([^@]+)\.duckdb$/.exec(name);
    return staged !== null && alive(join(folder, name), Number(staged[2]), staged[3] as string, mine);
  });
}

/** One file under two names, or a copy with the same size and time where the file system has no hard links. */
async function sameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([a, b].map((path) => stat(path).catch(() => undefined)));
  if (first === undefined || second === undefined) return false;
  if (first.dev === second.dev && first.ino === second.ino) return true;
  return first.size === second.size && Math.abs(first.mtimeMs - second.mtimeMs) < 1 && first.nlink === 1;
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS'].includes(codeOf(error))) throw error;
    const { atime, mtime } = await stat(from);
    await copyFile(from, to);
    await utimes(to, atime, mtime);
    await syncFile(to);
  }
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path)) hash.update(part as Buffer);
  return hash.digest('hex');
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes renames in a folder outlive a power cut. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r').catch(() => undefined);
  // Some file systems cannot sync a folder; they have nothing better to offer.
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

async function removeDatabase(path: string): Promise<void> {
  await rm(path, { force: true });
  await rm(`${path}.wal`, { force: true });
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code);
}

/** Runs file operations with errors that say what to do. */
async function onDisk<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(codeOf(error))) throw duckdbError('No space left on device', path);
    if (['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error))) throw duckdbError('Permission denied', path);
    throw error;
  }
}

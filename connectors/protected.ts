// The files that a workspace reads from, so that no export overwrites one of them.
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Workspace } from '../core/connector.ts';

const sources = new WeakMap<Workspace, Set<string>>();

/** Remembers files that tables of the workspace are read from. */
export async function protectFiles(workspace: Workspace, paths: readonly string[]): Promise<void> {
  const known = sources.get(workspace) ?? new Set();
  sources.set(workspace, known);
  for (const path of paths) known.add(await real(path));
}

export async function isProtected(workspace: Workspace, path: string): Promise<boolean> {
  return sources.get(workspace)?.has(await real(path)) ?? false;
}

function real(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path));
}

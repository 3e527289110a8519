// Whether a file that a user named is there, and what they may have meant when it is not.
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { nearestName, SynthError } from '../../core/errors.ts';

/** Throws `file.missing`, with the nearest name in the folder, unless `path` is a file. */
export async function requireFile(path: string, shown: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return;
  if (found?.isDirectory()) {
    throw new SynthError('file.folder', `${shown} is a folder, not a file.`, { hint: 'Name a file in it.' });
  }
  const siblings = await readdir(dirname(path)).catch(() => []);
  const near = nearestName(basename(path), siblings);
  throw new SynthError('file.missing', `There is no file ${shown}.`, {
    hint:
      near === undefined ? 'Check the path; relative paths start at the working directory.' : `Did you mean "${near}"?`,
  });
}

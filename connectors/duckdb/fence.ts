// Keeps a build that lost its lease without noticing (a stopped machine, a network file system) from publishing over a later one.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Release } from '../../core/connector.ts';
import { SynthError } from '../../core/errors.ts';

/** Notes the release's fencing number beside the releases. @throws SynthError `lease.lost` when a greater one is there */
export async function holdFence(folder: string, { fence, id }: Release): Promise<void> {
  if (fence === undefined) return;
  const path = join(folder, 'fence');
  const seen = Number(await readFile(path, 'utf8').catch(() => '0'));
  if (seen > fence) {
    throw new SynthError('lease.lost', 'A later build took over while this one was silent, so nothing was published.', {
      hint: 'Run the build again.',
    });
  }
  if (seen === fence) return;
  const next = `${path}.${id}`;
  await writeFile(next, String(fence));
  await rename(next, path);
}

// Stores fits as files: written beside and renamed, named by what they were learnt from.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoadedConfig } from '../config/loaded.ts';
import { SynthError } from '../errors.ts';
import { deserialiseTableFit, serialiseTableFit, type TableFit } from '../mirror/table-fit.ts';
import type { TableStep } from '../plan/index.ts';

/** Relative to `.synth/`. */
export function fitPath(step: TableStep): string {
  const name = step.table.replace(/[^\w.-]/g, '_');
  return join('fits', `${name}-${step.digests.fit}-${step.fingerprint.replace(/\W/g, '').slice(0, 16)}.fit`);
}

export async function storeFit(config: LoadedConfig, path: string, fit: TableFit): Promise<void> {
  const file = join(config.directory, '.synth', path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(`${file}.${process.pid}`, serialiseTableFit(fit));
  await rename(`${file}.${process.pid}`, file);
}

/** Undefined when it is not there, or when this version cannot read it. */
export async function loadFit(config: LoadedConfig, path: string): Promise<TableFit | undefined> {
  try {
    return deserialiseTableFit(await readFile(join(config.directory, '.synth', path)));
  } catch (error) {
    if (error instanceof SynthError && error.code === 'fit.format') return undefined;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

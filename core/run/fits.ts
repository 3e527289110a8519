// Stores fits as files: written beside and renamed, named by what they were learnt from.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoadedConfig } from '../config/loaded.ts';
import { SynthError } from '../errors.ts';
import type { FamilyPlan } from '../mirror/plan.ts';
import { deserialiseTableFit, serialiseTableFit, type TableFit } from '../mirror/table-fit.ts';
import type { TableStep } from '../plan/index.ts';
import type { ProgressSink } from '../progress.ts';
import type { Planned } from './plan.ts';

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

export interface StoredFitsOptions {
  readonly config: LoadedConfig;
  readonly planned: Planned;
  readonly progress: ProgressSink;
}

/** Of the tables that are not learnt again; one whose fit is gone is, and a note says so. */
export async function storedFits(
  { config, planned, progress }: StoredFitsOptions,
  steps: readonly TableStep[],
  family: FamilyPlan,
): Promise<ReadonlyMap<string, TableFit>> {
  const fits = new Map<string, TableFit>();
  for (const step of steps) {
    if (step.action !== 'keep' && step.action !== 'resample') continue;
    const path = planned.known.get(step.table)?.fitPath;
    if (path === undefined || !family.tables.some(({ label }) => label === step.table)) continue;
    const fit = await loadFit(config, path);
    if (fit !== undefined) fits.set(step.table, fit);
    else {
      const message = `The stored fit of ${step.table} is gone or of another version; it is learnt again.`;
      progress({ kind: 'note', message, table: step.table });
    }
  }
  return fits;
}

// Writes reports and other results to files: beside and renamed, so that nobody reads half a file. The renderer, which loads
// a drawing library, is only loaded here.
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { diskFull, SynthError } from '../errors.ts';
import type { ReportModel } from './model.ts';

/** Renders the report into `path`. @throws SynthError as {@link writeText} */
export async function writeReport(model: ReportModel, path: string): Promise<void> {
  const { renderReport } = await import('./render.ts');
  await writeText(renderReport(model), path);
}

/** Writes a value as JSON that people can read. @throws SynthError as {@link writeText} */
export async function writeJson(value: unknown, path: string): Promise<void> {
  await writeText(`${JSON.stringify(value, plain, 2)}\n`, path);
}

/** Writes a text, making its folder when there is none. @throws SynthError `file.unwritable`, `disk.full` */
export async function writeText(text: string, path: string): Promise<void> {
  const beside = `${path}.${process.pid}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(beside, text);
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => {});
    const code = (error as { code?: unknown }).code;
    const noRoom = diskFull(error);
    if (noRoom !== undefined) throw noRoom;
    throw new SynthError(
      'file.unwritable',
      `${path} cannot be written${typeof code === 'string' ? ` (${code})` : ''}.`,
      {
        hint: 'Name a file in a folder that you may write to.',
        cause: error,
      },
    );
  }
}

/** JSON has no integers beyond 2^53. */
function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

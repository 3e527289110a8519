// Writes reports and other results to files. The renderer, which loads a drawing library, is only loaded here.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ReportModel } from './model.ts';

/** Renders the report into `path`, making its folder when there is none. */
export async function writeReport(model: ReportModel, path: string): Promise<void> {
  const { renderReport } = await import('./render.ts');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, renderReport(model));
}

/** Writes a value as JSON that people can read, making the folder when there is none. */
export async function writeJson(value: unknown, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
}

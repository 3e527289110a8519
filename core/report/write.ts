// Writes a report to a file. The renderer, which loads a drawing library, is only loaded here.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ReportModel } from './model.ts';

/** Renders the report into `path`, making its folder when there is none. */
export async function writeReport(model: ReportModel, path: string): Promise<void> {
  const { renderReport } = await import('./render.ts');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, renderReport(model));
}

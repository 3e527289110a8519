// Says before any work is done when rows cannot have enough space on disk.
import { stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { sql } from 'kysely';
import type { AttachedSource, Workspace } from '../connector.ts';
import { SynthError } from '../errors.ts';
import { requestedRows } from '../mirror/counts.ts';
import type { FamilyPlan } from '../mirror/plan.ts';
import type { ColumnSchema } from '../schema.ts';
import { relationRef } from '../sql.ts';

/** Bytes of a value while rows are drawn; a file of them may be smaller. */
const bytesPerValue = 4;

/**
 * @param out where the rows go; while they are drawn they are in the temporary folder when memory is full
 * @throws SynthError `space.short`
 */
export async function checkSpace(
  label: string,
  rows: number,
  columns: readonly ColumnSchema[],
  out: string = tmpdir(),
): Promise<void> {
  const needed = rows * (columns.length * bytesPerValue + 8);
  for (const folder of [await nearestFolder(dirname(resolve(out))), tmpdir()]) {
    const { bavail, bsize } = await statfs(folder);
    if (needed <= bavail * bsize) continue;
    throw new SynthError(
      'space.short',
      `${rows.toLocaleString('en')} rows of ${label} take about ${gigabytes(needed)}, and ${folder} has ${gigabytes(bavail * bsize)} left.`,
      { hint: 'Ask for fewer rows, or make room.' },
    );
  }
}

/**
 * Checks the tables whose config says how many rows they get.
 * @param path the staged mirror file; in memory when absent
 * @throws SynthError `space.short`
 */
export async function checkMirrorSpace(
  { db }: Workspace,
  source: AttachedSource,
  { tables }: FamilyPlan,
  path: string | undefined,
): Promise<void> {
  for (const { label, name, config, schema } of tables) {
    if (config.rows === undefined) continue;
    // Only a factor needs the source's rows.
    const counted =
      typeof config.rows === 'string'
        ? await sql<{ n: unknown }>`select count(*) as n from ${relationRef(source.relation(name))}`.execute(db)
        : undefined;
    const sourceRows = Number(counted?.rows[0]?.n ?? 0);
    await checkSpace(label, requestedRows(label, config.rows, sourceRows, 0), schema.columns, path);
  }
}

/** The folder may still have to be made. */
async function nearestFolder(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true || dirname(path) === path ? path : nearestFolder(dirname(path));
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toLocaleString('en', { maximumFractionDigits: bytes < 1e10 ? 1 : 0 })} GB`;
}

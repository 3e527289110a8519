// Keyed fingerprints of published rows, by which a source that holds rows of a mirror is known whatever way they came.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RawBuilder, sql } from 'kysely';
import type { Database, Relation } from '../../audit.ts';
import type { LoadedConfig } from '../../config/loaded.ts';
import type { MirrorLineage, RowFingerprints } from '../../lineage.ts';
import { columnRef, relationRef } from '../../sql.ts';

const folderOf = ({ directory }: LoadedConfig): string => join(directory, '.synth', 'fingerprints');

/** Of this project; made when there is none. Without it, fingerprints of small domains could be looked up in a table. */
export async function fingerprintKey(config: LoadedConfig): Promise<string> {
  const folder = folderOf(config);
  const path = join(folder, 'key');
  if (!existsSync(path)) {
    await mkdir(folder, { recursive: true });
    const beside = `${path}.${process.pid}`;
    await writeFile(beside, randomBytes(16).toString('hex'), { mode: 0o600 });
    await rename(beside, path);
  }
  return await readFile(path, 'utf8');
}

/** Values as text, so that a way through CSV or another type of number changes nothing for most of them. */
function fingerprint(columns: readonly string[], key: string): RawBuilder<unknown> {
  const parts = columns.map((name) => sql`coalesce(cast(${columnRef(name)} as varchar), '\\N')`);
  return sql`md5_number_lower(concat_ws(chr(31), ${sql.lit(key)}, ${sql.join(parts)}))`;
}

export interface FingerprintOptions {
  readonly config: LoadedConfig;
  readonly db: Database;
  readonly key: string;
  readonly release: string;
  readonly table: string;
  readonly mirror: Relation;
  /** All real rows, the holdout included. */
  readonly source: Relation;
  readonly columns: readonly string[];
}

/** Writes the fingerprints of a mirror's rows, in no order, and counts the source's rows that are among them. */
export async function writeFingerprints(options: FingerprintOptions): Promise<RowFingerprints> {
  const { config, db, key, release, table, mirror, source, columns } = options;
  const name = `${release}-${Buffer.from(table).toString('hex').slice(0, 60)}.parquet`;
  const made = sql`select distinct ${fingerprint(columns, key)} as h from ${relationRef(mirror)} order by h`;
  await sql`copy (${made}) to ${sql.lit(join(folderOf(config), name))} (format parquet)`.execute(db);
  const path = join('fingerprints', name);
  const [counts = { matched: 0, of: 0 }] = await countMatches({ config, db, key, source, columns }, [path]);
  const { rows } = await sql<{ n: unknown }>`select count(*) as n from ${relationRef(mirror)}`.execute(db);
  return { path, columns, rows: Number(rows[0]?.n ?? 0), ...counts };
}

export interface Matches {
  readonly matched: number;
  readonly of: number;
}

/** Rows of a table whose fingerprint is in a file, for each of the files. */
export async function countMatches(
  options: Pick<FingerprintOptions, 'config' | 'db' | 'key' | 'source' | 'columns'>,
  paths: readonly string[],
): Promise<readonly Matches[]> {
  const { config, source, columns, key } = options;
  // A temporary table belongs to its connection.
  return options.db.connection().execute(async (db) => {
    await sql`create or replace temp table __synth_prints as
      select ${fingerprint(columns, key)} as h from ${relationRef(source)}`.execute(db);
    const found: Matches[] = [];
    for (const path of paths) {
      const file = sql`read_parquet(${sql.lit(join(config.directory, '.synth', path))})`;
      const { rows } = await sql<{ matched: unknown; n: unknown }>`
        select count(*) filter (where h in (select h from ${file})) as matched, count(*) as n from __synth_prints`.execute(
        db,
      );
      found.push({ matched: Number(rows[0]?.matched ?? 0), of: Number(rows[0]?.n ?? 0) });
    }
    await sql`drop table __synth_prints`.execute(db);
    return found;
  });
}

/** Removes the files of mirrors that were never published. */
export async function sweepFingerprints(config: LoadedConfig, kept: readonly MirrorLineage[]): Promise<void> {
  const folder = folderOf(config);
  if (!existsSync(folder)) return;
  const known = new Set(kept.flatMap(({ fingerprints }) => (fingerprints ? [join('.synth', fingerprints.path)] : [])));
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.parquet') || known.has(join('.synth', 'fingerprints', name))) continue;
    await rm(join(folder, name), { force: true });
  }
}

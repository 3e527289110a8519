// The tables of the state file, as a list of versions: each entry takes the file one version further and never changes again.
import { sql } from 'drizzle-orm';
import type { LibSQLDatabase } from 'drizzle-orm/libsql';
import { SynthError } from '../errors.ts';

const versions: readonly (readonly string[])[] = [
  [
    `CREATE TABLE runs (
      id TEXT PRIMARY KEY, command TEXT NOT NULL, status TEXT NOT NULL, started_at TEXT NOT NULL, ended_at TEXT,
      release_id TEXT, message TEXT)`,
    `CREATE TABLE releases (
      id TEXT PRIMARY KEY, run_id TEXT NOT NULL, created_at TEXT NOT NULL, current INTEGER NOT NULL)`,
    `CREATE TABLE table_states (
      release_id TEXT NOT NULL REFERENCES releases(id) ON DELETE CASCADE, table_name TEXT NOT NULL,
      fingerprint TEXT NOT NULL, fit_digest TEXT NOT NULL, sample_digest TEXT NOT NULL, audit_digest TEXT NOT NULL,
      generator TEXT NOT NULL, generator_version INTEGER NOT NULL, fit_path TEXT, row_count INTEGER NOT NULL,
      PRIMARY KEY (release_id, table_name))`,
    `CREATE TABLE audit_results (
      run_id TEXT NOT NULL, position INTEGER NOT NULL, audit_id TEXT NOT NULL, table_name TEXT NOT NULL,
      verdict TEXT NOT NULL, value REAL, result TEXT NOT NULL, PRIMARY KEY (run_id, position))`,
    'CREATE INDEX audit_history ON audit_results (table_name, audit_id, run_id)',
    'CREATE TABLE notes (run_id TEXT NOT NULL, at TEXT NOT NULL, text TEXT NOT NULL)',
    `CREATE TABLE leases (
      name TEXT PRIMARY KEY, token TEXT NOT NULL, pid INTEGER NOT NULL, host TEXT NOT NULL, since INTEGER NOT NULL,
      expires_at INTEGER NOT NULL)`,
  ],
  [
    `CREATE TABLE schedule_ticks (
      job TEXT NOT NULL, tick TEXT NOT NULL, status TEXT NOT NULL, started_at TEXT NOT NULL, ended_at TEXT,
      PRIMARY KEY (job, tick))`,
    'CREATE TABLE fences (name TEXT PRIMARY KEY, number INTEGER NOT NULL)',
  ],
  ['ALTER TABLE table_states ADD COLUMN sketch TEXT', 'ALTER TABLE table_states ADD COLUMN mirror_digest TEXT'],
  [
    `CREATE TABLE audit_chain (
      position INTEGER PRIMARY KEY, run_id TEXT NOT NULL, first_row INTEGER NOT NULL, row_count INTEGER NOT NULL,
      digest TEXT NOT NULL)`,
  ],
  [
    'CREATE TABLE incidents (key TEXT PRIMARY KEY, incident TEXT NOT NULL)',
    `CREATE TABLE alerts_told (
      channel TEXT NOT NULL, incident TEXT NOT NULL, level TEXT NOT NULL, PRIMARY KEY (channel, incident))`,
    `CREATE TABLE alert_outbox (
      id TEXT PRIMARY KEY, channel TEXT NOT NULL, message TEXT NOT NULL, attempts INTEGER NOT NULL,
      next_at INTEGER NOT NULL, failure TEXT)`,
  ],
  [
    'CREATE TABLE reviews (position INTEGER PRIMARY KEY, record TEXT NOT NULL)',
    'CREATE TABLE waiting_release (waiting TEXT NOT NULL)',
  ],
  ['CREATE TABLE contests (position INTEGER PRIMARY KEY, record TEXT NOT NULL)'],
  ['ALTER TABLE table_states ADD COLUMN learnt_at TEXT'],
  [
    'ALTER TABLE table_states ADD COLUMN lineage TEXT',
    `CREATE TABLE lineage (
      release_id TEXT NOT NULL, table_name TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (release_id, table_name))`,
  ],
  ['ALTER TABLE table_states ADD COLUMN source_schema TEXT'],
];

/** Brings a state file to the version of this program. @throws SynthError `state.newer` */
export async function migrate(db: LibSQLDatabase, location: string): Promise<void> {
  if ((await versionOf(db)) === versions.length) return;
  await db.transaction(async (transaction) => {
    const version = await versionOf(transaction); // again: another process may have been faster
    if (version > versions.length) {
      throw new SynthError(
        'state.newer',
        `${location} was written by a newer synthouse (state version ${version}, this one knows ${versions.length}).`,
        { hint: 'Update synthouse (npm install synthouse@latest).' },
      );
    }
    for (const statements of versions.slice(version)) {
      for (const statement of statements) await transaction.run(sql.raw(statement));
    }
    await transaction.run(sql.raw(`PRAGMA user_version = ${versions.length}`));
  });
}

async function versionOf(db: Pick<LibSQLDatabase, 'get'>): Promise<number> {
  const row = await db.get<{ user_version: number }>(sql`PRAGMA user_version`);
  return row.user_version;
}

// Writes the history of runs and audits beside the mirrors, in schema `synth_meta`, so that people can query it with SQL.
import { sql } from 'kysely';
import type { AuditResult, Relation } from '../audit.ts';
import type { AttachedSource, Workspace } from '../connector.ts';
import type { MirrorLineage } from '../lineage.ts';
import { relationRef } from '../sql.ts';
import type { RunRecord, StateReader } from '../state/index.ts';

export interface MetaTable {
  readonly table: string;
  readonly action: string;
  readonly generator: string;
  readonly rows: number;
}

export interface MetaRelease {
  readonly id: string;
  readonly createdAt: string;
  readonly seed: number;
  readonly tables: readonly MetaTable[];
  /** This run; it is only ever read when it was published. */
  readonly audits: readonly AuditResult[];
  /** Of the mirrors that it made. */
  readonly lineage: readonly MirrorLineage[];
}

/** More than ever published nothing one after the other. */
const MOST_RUNS = 1000;

const releases: Relation = { schema: 'synth_meta', table: 'releases' };
const tables: Relation = { schema: 'synth_meta', table: 'tables' };
const runs: Relation = { schema: 'synth_meta', table: 'runs' };
const results: Relation = { schema: 'synth_meta', table: 'audit_results' };
const lineages: Relation = { schema: 'synth_meta', table: 'lineage' };

/**
 * @param state runs that published nothing are only written with the next that does
 * @param before the mirrors of the release before, whose history is carried on
 */
export async function writeMeta(
  workspace: Workspace,
  release: MetaRelease,
  state: StateReader,
  before?: AttachedSource,
): Promise<void> {
  const { db } = workspace;
  await sql`create schema synth_meta`.execute(db);
  await sql`create table ${relationRef(releases)} (
    release varchar, created_at timestamptz, seed bigint)`.execute(db);
  await sql`create table ${relationRef(tables)} (
    release varchar, "table" varchar, action varchar, generator varchar, "rows" bigint)`.execute(db);
  await sql`create table ${relationRef(runs)} (
    run varchar, command varchar, status varchar, started_at timestamptz, ended_at timestamptz, release varchar,
    message varchar)`.execute(db);
  const typed = resultColumns.map(([name, type]) => sql`${sql.id(name)} ${sql.raw(type)}`);
  await sql`create table ${relationRef(results)} (${sql.join(typed)})`.execute(db);
  await sql`create table ${relationRef(lineages)} (
    release varchar, "table" varchar, made_at timestamptz, generator varchar, generation integer, real_share double,
    learnt_rows bigint, ancestors varchar[], contaminated boolean)`.execute(db);
  if (before !== undefined) await carryOn(workspace, before);
  await sql`insert into ${relationRef(releases)} values (${release.id}, cast(${release.createdAt} as timestamptz),
    ${release.seed})`.execute(db);
  for (const { table, action, generator, rows } of release.tables) {
    await sql`insert into ${relationRef(tables)} values (${release.id}, ${table}, ${action}, ${generator}, ${rows})`.execute(
      db,
    );
  }
  for (const { release: made, table, at, generator, generation, realShare, learntRows, ...rest } of release.lineage) {
    // Mirrors that stay have their row from the release that made them.
    if (made !== release.id) continue;
    const ancestors = JSON.stringify(rest.ancestors.map((one) => `${one.table} of ${one.release}`));
    await sql`insert into ${relationRef(lineages)} values (${made}, ${table}, cast(${at} as timestamptz), ${generator},
      ${generation}, ${realShare}, ${learntRows}, cast(${ancestors} as json)::varchar[], ${rest.contaminated === true})`.execute(
      db,
    );
  }
  const known = await sql<{ run: string }>`select run from ${relationRef(runs)}`.execute(db);
  const written = new Set(known.rows.map(({ run }) => run));
  const missing = (await state.runs(MOST_RUNS)).filter(({ id }) => !written.has(id) && id !== release.id);
  for (const run of missing.reverse()) await writeRun(workspace, run, await state.auditResults(run.id));
  const { id, createdAt: startedAt, audits } = release;
  await writeRun(workspace, { id, command: 'build', status: 'published', startedAt, releaseId: id }, audits);
  // The last that is written: what closing the file would store without a word when the disk is full fails here.
  await sql`checkpoint`.execute(db);
}

async function writeRun({ db }: Workspace, run: RunRecord, found: readonly AuditResult[]): Promise<void> {
  const time = (iso: string | undefined) => sql`cast(${iso ?? null} as timestamptz)`;
  await sql`insert into ${relationRef(runs)} values (${run.id}, ${run.command}, ${run.status}, ${time(run.startedAt)},
    ${time(run.endedAt)}, ${run.releaseId ?? null}, ${run.message ?? null})`.execute(db);
  const shape = JSON.stringify([Object.fromEntries(resultColumns.map(([name, type]) => [name, type]))]);
  for (let from = 0; from < found.length; from += resultsAtOnce) {
    const rows = found.slice(from, from + resultsAtOnce).map((result) => resultRow(run, result));
    await sql`insert into ${relationRef(results)} by name
      select unnest(from_json(cast(${JSON.stringify(rows)} as json), ${sql.lit(shape)}), recursive := true)`.execute(
      db,
    );
  }
}

/** By name: an earlier version had fewer columns, and no table of runs. */
async function carryOn({ db }: Workspace, before: AttachedSource): Promise<void> {
  for (const relation of [releases, tables, runs, results, lineages]) {
    const earlier = before.relation({ schema: 'synth_meta', table: relation.table });
    const found = await sql`select 1 from duckdb_tables() where database_name = ${earlier.catalog ?? ''}
      and schema_name = 'synth_meta' and table_name = ${relation.table}`.execute(db);
    if (found.rows.length === 0) continue;
    await sql`insert into ${relationRef(relation)} by name select * from ${relationRef(earlier)}`.execute(db);
  }
}

/** As one text: a table of 300 columns has 45,000 results, and a value bound by itself takes 30 µs. */
const resultsAtOnce = 5000;

type ResultColumn = readonly [
  name: string,
  type: string,
  value: (result: AuditResult, run: RunRecord) => string | number | readonly string[] | null | undefined,
];

const resultColumns: readonly ResultColumn[] = [
  ['release', 'varchar', (_, run) => run.releaseId],
  ['run', 'varchar', (_, run) => run.id],
  ['at', 'timestamptz', (_, run) => run.startedAt],
  ['table', 'varchar', ({ table }) => table],
  ['audit', 'varchar', ({ id }) => id],
  ['columns', 'varchar[]', ({ columns }) => columns],
  ['name', 'varchar', ({ name }) => name],
  ['value', 'double', ({ value }) => value],
  ['unit', 'varchar', ({ unit }) => unit],
  ['verdict', 'varchar', ({ verdict }) => verdict],
  ['severity', 'varchar', ({ severity }) => severity],
  ['reason', 'varchar', ({ reason }) => reason],
  ['warn_at', 'double', ({ warnAt }) => warnAt],
  ['fail_at', 'double', ({ failAt }) => failAt],
  ['null_q50', 'double', (result) => result.null?.q50],
  ['null_q99', 'double', (result) => result.null?.q99],
  ['p', 'double', ({ p }) => p],
  ['adjusted_p', 'double', ({ adjustedP }) => adjustedP],
  ['ci_low', 'double', ({ ci }) => ci?.low],
  ['ci_high', 'double', ({ ci }) => ci?.high],
  ['n_real', 'bigint', ({ n }) => n.real],
  ['n_synthetic', 'bigint', ({ n }) => n.synthetic],
  ['n_holdout', 'bigint', ({ n }) => n.holdout],
  ['owner', 'varchar', ({ owner }) => owner],
  ['because', 'varchar', ({ because }) => because],
  ['seconds', 'double', ({ seconds }) => seconds],
  ['warn_below', 'double', ({ warnBelow }) => warnBelow],
  ['fail_below', 'double', ({ failBelow }) => failBelow],
  ['null_q01', 'double', (result) => result.null?.q01],
];

/** JSON knows no NaN and nothing infinite: they are texts, which are read as numbers. */
function resultRow(run: RunRecord, result: AuditResult): Record<string, unknown> {
  return Object.fromEntries(
    resultColumns.map(([name, , figure]) => {
      const value = figure(result, run);
      return [name, typeof value === 'number' && !Number.isFinite(value) ? String(value) : (value ?? null)];
    }),
  );
}

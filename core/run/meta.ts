// Writes the history of runs and audits beside the mirrors, in schema `synth_meta`, so that people can query it with SQL.
import { sql } from 'kysely';
import type { AuditResult, Relation } from '../audit.ts';
import type { AttachedSource, Workspace } from '../connector.ts';
import { relationRef } from '../sql.ts';

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
  readonly audits: readonly AuditResult[];
}

const releases: Relation = { schema: 'synth_meta', table: 'releases' };
const tables: Relation = { schema: 'synth_meta', table: 'tables' };
const results: Relation = { schema: 'synth_meta', table: 'audit_results' };

/** @param before the mirrors of the release before, whose history is carried on */
export async function writeMeta(workspace: Workspace, release: MetaRelease, before?: AttachedSource): Promise<void> {
  const { db } = workspace;
  await sql`create schema synth_meta`.execute(db);
  await sql`create table ${relationRef(releases)} (
    release varchar, created_at timestamptz, seed bigint)`.execute(db);
  await sql`create table ${relationRef(tables)} (
    release varchar, "table" varchar, action varchar, generator varchar, "rows" bigint)`.execute(db);
  await sql`create table ${relationRef(results)} (
    release varchar, "table" varchar, audit varchar, columns varchar[], value double, unit varchar, verdict varchar,
    severity varchar, reason varchar, warn_at double, fail_at double, null_q50 double, null_q99 double, ci_low double,
    ci_high double, n_real bigint, n_synthetic bigint, n_holdout bigint)`.execute(db);
  if (before !== undefined) await carryOn(workspace, before);
  await sql`insert into ${relationRef(releases)} values (${release.id}, cast(${release.createdAt} as timestamptz),
    ${release.seed})`.execute(db);
  for (const { table, action, generator, rows } of release.tables) {
    await sql`insert into ${relationRef(tables)} values (${release.id}, ${table}, ${action}, ${generator}, ${rows})`.execute(
      db,
    );
  }
  for (let from = 0; from < release.audits.length; from += 200) {
    const rows = release.audits.slice(from, from + 200).map((result) => auditRow(release.id, result));
    await sql`insert into ${relationRef(results)} values ${sql.join(rows)}`.execute(db);
  }
}

async function carryOn(workspace: Workspace, before: AttachedSource): Promise<void> {
  const { db } = workspace;
  for (const relation of [releases, tables, results]) {
    const earlier = before.relation({ schema: 'synth_meta', table: relation.table });
    await sql`insert into ${relationRef(relation)} select * from ${relationRef(earlier)}`.execute(db);
  }
}

function auditRow(release: string, result: AuditResult): ReturnType<typeof sql> {
  const { n, ci } = result;
  const values = [
    release,
    result.table,
    result.id,
    sql`cast(${JSON.stringify(result.columns)} as json)::varchar[]`,
    result.value,
    result.unit,
    result.verdict,
    result.severity,
    result.reason,
    result.warnAt,
    result.failAt,
    result.null?.q50 ?? null,
    result.null?.q99 ?? null,
    ci?.low ?? null,
    ci?.high ?? null,
    n.real,
    n.synthetic,
    n.holdout,
  ];
  return sql`(${sql.join(values)})`;
}

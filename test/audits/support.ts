// A DuckDB in memory and audit inputs on tables made by SQL.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { runAudits } from '../../audits/run.ts';
import { openWorkspace } from '../../connectors/duckdb/index.ts';
import type { AuditInput, AuditResult, AuditTarget, Database } from '../../core/audit.ts';
import type { Workspace } from '../../core/connector.ts';
import type { ColumnSchema, ColumnType } from '../../core/schema.ts';

/** A workspace in memory. Dispose it after the tests. */
export async function openTestWorkspace(threads = 2): Promise<Workspace> {
  const { signal } = new AbortController();
  return openWorkspace({ tempDirectory: join(tmpdir(), `synthouse-test-${process.pid}`), threads, signal });
}

/** Runs SQL that a test wrote. */
export async function run(db: Database, text: string): Promise<void> {
  await sql.raw(text).execute(db);
}

export interface Tables {
  /** A SELECT for each side. */
  readonly real: string;
  readonly synthetic: string;
  readonly holdout?: string;
}

/** Creates the tables `real`, `synthetic` and `holdout` and describes the real one's columns. */
export async function inputOf(db: Database, tables: Tables, target: Partial<AuditTarget> = {}): Promise<AuditInput> {
  for (const name of ['real', 'synthetic', 'holdout'] as const) {
    await run(db, `DROP TABLE IF EXISTS ${name}`);
    if (tables[name] !== undefined) await run(db, `CREATE TABLE ${name} AS ${tables[name]}`);
  }
  const described = await sql<{ column_name: string; column_type: string }>`DESCRIBE SELECT * FROM real`.execute(db);
  const columns = described.rows.map((row): ColumnSchema => {
    return { name: row.column_name, sqlType: row.column_type, type: typeOf(row.column_type), nullable: true };
  });
  const excluded = target.excluded ?? [];
  return {
    db,
    real: { table: 'real' },
    synthetic: { table: 'synthetic' },
    ...(tables.holdout === undefined ? {} : { holdout: { table: 'holdout' } }),
    target: {
      table: { name: { schema: 'main', table: 'people' }, columns, primaryKey: [], uniques: [], foreignKeys: [] },
      columns: columns.filter(({ name }) => !excluded.includes(name)),
      excluded: [],
      relations: [],
      rules: [],
      k: 20,
      reference: false,
      publicColumns: [],
      ...target,
    },
  };
}

function typeOf(sqlType: string): ColumnType {
  if (sqlType === 'DOUBLE') return { kind: 'float', bits: 64 };
  if (sqlType === 'BOOLEAN') return { kind: 'boolean' };
  if (sqlType === 'DATE') return { kind: 'date' };
  if (sqlType === 'TIME') return { kind: 'time' };
  if (sqlType === 'INTERVAL') return { kind: 'interval' };
  if (sqlType === 'UUID') return { kind: 'uuid' };
  if (sqlType.startsWith('TIMESTAMP')) return { kind: 'timestamp', unit: 'us', zoned: sqlType.includes('TIME ZONE') };
  if (sqlType.startsWith('DECIMAL')) return { kind: 'decimal', precision: 18, scale: 3 };
  if (sqlType.includes('INT')) return { kind: 'integer', bits: 64, signed: true };
  if (sqlType.endsWith('[]')) return { kind: 'unsupported' };
  return { kind: 'text' };
}

/** Seconds each: tests of their own are about them. */
const slow = ['prv.single_out', 'prv.link', 'prv.infer', 'prv.mia', 'prv.attr', 'fid.c2st', 'fair.eo'];

/** Models and neighbours look at as few rows as can be decided on. */
const options = { 'fid.c2st': { rows: 1000 }, 'fid.prdc': { rows: 1000 }, 'fair.eo': { rows: 4000 } };

/** Results of the named audits; when none is named, of all but the slow ones. */
export async function audit(input: AuditInput, ...only: string[]): Promise<readonly AuditResult[]> {
  const named = only.length > 0 ? { only } : { pick: ({ id }: { id: string }) => !slow.includes(id) };
  const settings = { tier: 'release' as const, options, ...named };
  return runAudits(input, settings, { seed: 7, signal: new AbortController().signal });
}

/** Ids of audits with at least one fail. */
export function failing(results: readonly AuditResult[]): readonly string[] {
  return [...new Set(results.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id))];
}

/** `n` rows of people that depend on each other; `salt` draws other people. Age, income, city, plan and a date. */
export function people(n: number, salt: number): string {
  const u = (column: number): string => `((hash(i, ${salt}, ${column}) % 1000003) / 1000003.0)`;
  const normal = (column: number): string => `sqrt(-2 * ln(${u(column)} + 1e-9)) * cos(6.283185307 * ${u(column + 1)})`;
  return `SELECT age, round(exp(7 + age / 40.0 + 0.4 * z), 2)::DOUBLE AS income,
      CASE WHEN c < 0.5 THEN 'Roma' WHEN c < 0.8 THEN 'Köln' WHEN c < 0.97 THEN 'Łódź' END AS city,
      CASE WHEN age > 50 AND c < 0.7 THEN 'gold' ELSE 'basic' END AS plan,
      DATE '2020-01-01' + CAST(floor(900 * d * d) AS INTEGER) AS joined
    FROM (SELECT CAST(floor(18 + 60 * ${u(1)}) AS INTEGER) AS age, ${normal(2)} AS z, ${u(4)} AS c, ${u(5)} AS d
      FROM range(${n}) AS rows_made(i)) AS drawn`;
}

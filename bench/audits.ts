// Times all audits of one table: `node dist/bench/audits.js [rows] [columns]`, by default 500,000 × 5 and 1,000,000 × 20.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { runAudits, summarise } from '../audits/run.ts';
import { openWorkspace } from '../connectors/duckdb/index.ts';
import type { AuditInput, Database } from '../core/audit.ts';
import type { ColumnSchema } from '../core/schema.ts';

const { signal } = new AbortController();

const kinds: readonly Omit<ColumnSchema, 'name' | 'nullable'>[] = [
  { sqlType: 'DOUBLE', type: { kind: 'float', bits: 64 } },
  { sqlType: 'INTEGER', type: { kind: 'integer', bits: 32, signed: true } },
  { sqlType: 'VARCHAR', type: { kind: 'text' } },
  { sqlType: 'DATE', type: { kind: 'date' } },
];

async function bench(rows: number, width: number): Promise<void> {
  await using workspace = await openWorkspace({ tempDirectory: join(tmpdir(), 'synthouse-bench'), threads: 2, signal });
  const { db } = workspace;
  const columns = Array.from({ length: width }, (_, i): ColumnSchema => {
    const kind = kinds[i % kinds.length];
    if (kind === undefined) throw new RangeError('no kind of column');
    return { name: `c${i}`, nullable: true, ...kind };
  });
  await create(db, 'real', columns, Math.round(rows * 0.8), 1);
  await create(db, 'holdout', columns, Math.round(rows * 0.2), 2);
  await create(db, 'synthetic', columns, rows, 3);
  const started = performance.now();
  const before = process.cpuUsage();
  const results = await runAudits(inputOf(db, columns), { tier: 'run' }, { seed: 7, signal });
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  const cpu = ((user + system) / 1e6).toFixed(1);
  const perAudit = new Map<string, number>();
  for (const result of results) perAudit.set(result.id, (perAudit.get(result.id) ?? 0) + result.seconds);
  const memory = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(
    `${rows} rows x ${width} columns: ${seconds.toFixed(2)} s, ${cpu} s of CPU, ${memory} MiB at most, ${results.length} results`,
  );
  console.log(`  ${[...perAudit].map(([id, took]) => `${id} ${took.toFixed(2)}`).join(', ')}`);
  console.log(`  ${JSON.stringify(summarise(results))}`);
}

/** Columns in turn: normal numbers with two decimals, skewed integers, 300 names, 200 days; `salt` draws other rows. */
async function create(
  db: Database,
  name: string,
  columns: readonly ColumnSchema[],
  n: number,
  salt: number,
): Promise<void> {
  const made = columns.map(({ sqlType }, i) => {
    const u = sql`(hash(i, ${sql.lit(salt)}, ${sql.lit(i)}) % 1000003) / 1000003.0`;
    if (sqlType === 'DOUBLE') return sql`round(100 * sqrt(-2 * ln(${u} + 1e-9)) * cos(i), 2)`;
    if (sqlType === 'INTEGER') return sql`CAST(floor(500 * pow(${u}, 2)) AS INTEGER)`;
    if (sqlType === 'DATE') return sql`DATE '2001-01-01' + CAST(floor(200 * (${u})) AS INTEGER)`;
    return sql`'name ' || CAST(floor(300 * pow(${u}, 3)) AS INTEGER)`;
  });
  const named = made.map((column, i) => sql`${column} AS ${sql.id(`c${i}`)}`);
  await sql`CREATE TABLE ${sql.id(name)} AS SELECT ${sql.join(named)} FROM range(${sql.lit(n)}) AS t(i)`.execute(db);
}

function inputOf(db: Database, columns: readonly ColumnSchema[]): AuditInput {
  return {
    db,
    real: { table: 'real' },
    synthetic: { table: 'synthetic' },
    holdout: { table: 'holdout' },
    target: {
      table: { name: { schema: 'main', table: 'bench' }, columns, primaryKey: [], uniques: [], foreignKeys: [] },
      columns,
      excluded: [],
      relations: [],
      rules: [],
      k: 20,
      reference: false,
      publicColumns: [],
    },
  };
}

const [rows, width] = process.argv.slice(2).map(Number);
if (rows !== undefined && width !== undefined) await bench(rows, width);
else {
  await bench(500_000, 5);
  await bench(1_000_000, 20);
}

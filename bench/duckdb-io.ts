// How fast batches are read from and written to DuckDB, beside CREATE TABLE AS SELECT of the same rows.
// `node dist/bench/duckdb-io.js [rows]`: prints one line per step and, last, the numbers as JSON.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { openWorkspace, readCatalogue } from '../connectors/duckdb/index.ts';

const rows = Number(process.argv[2] ?? 1_000_000);
const folder = await mkdtemp(join(tmpdir(), 'synth-bench-'));
const measured: { step: string; columns: string; seconds: number; rowsPerSecond: number; timesCtas: number }[] = [];

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

const sets: Readonly<Record<string, readonly string[]>> = {
  'five numeric': ['id', 'n', 'x', 'd', 'day'],
  'three categories': ['short', 'long', 'many'],
  'ten mixed': ['id', 'n', 'x', 'd', 'day', 'ts', 'flag', 'short', 'long', 'many'],
  'one uuid': ['u'],
};

try {
  const path = join(folder, 'bench.duckdb');
  const { signal } = new AbortController();
  await using workspace = await openWorkspace({ path, tempDirectory: join(folder, 'tmp'), signal });
  const { db } = workspace;
  await sql`create table source as select i as id, case when i % 7 <> 0 then i * 7919 % 1000003 end as n,
      cast(hash(i) % 1000000 as double) / 977 as x, cast(i % 5000 / 100 as decimal(10, 2)) as d,
      date '2000-01-01' + cast(i % 9000 as integer) as day, timestamp '2000-01-01' + to_seconds(i) as ts,
      i % 3 = 0 as flag, 'cat' || i % 40 as short, 'a longer category name ' || i % 300 as long,
      case when i % 7 <> 0 then 'value ' || i % 20000 end as many, uuid() as u
    from range(${rows}) t(i)`.execute(db);
  const [table] = await readCatalogue(db, 'bench');
  for (const [name, wanted] of Object.entries(sets)) {
    const columns = (table?.columns ?? []).filter((column) => wanted.includes(column.name));
    const list = sql.join(columns.map((column) => sql.id(column.name)));
    const query = sql`select ${list} from source`;
    const ctas = await secondsOf(() => sql`create table copied as ${query}`.execute(db));
    await sql`drop table copied`.execute(db);
    const before = process.hrtime.bigint();
    const batch = await workspace.read(query.compile(db), columns);
    const read = Number(process.hrtime.bigint() - before) / 1e9;
    const write = await secondsOf(async () => {
      await using writer = await workspace.write({ table: 'written' }, columns);
      await writer.append(batch);
      await writer.finish();
    });
    await sql`drop table written`.execute(db);
    for (const [step, seconds] of Object.entries({ ctas, read, write })) {
      const result = {
        step,
        columns: name,
        seconds,
        rowsPerSecond: Math.round(rows / seconds),
        timesCtas: seconds / ctas,
      };
      measured.push(result);
      const rate = result.rowsPerSecond.toLocaleString('en');
      console.log(
        `${step.padEnd(6)}${name.padEnd(18)}${seconds.toFixed(2)} s ${rate.padStart(12)} rows/s ${result.timesCtas.toFixed(1)} × CTAS`,
      );
    }
  }
  console.log(JSON.stringify({ rows, measured }));
} finally {
  await rm(folder, { recursive: true, force: true });
}

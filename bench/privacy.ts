// What the privacy audits cost and find on Adult: a fresh draw and planted leaks, by CPU seconds.
// node dist/bench/privacy.js --data DIR [--only ID …] [--case NAME …] [--mirror FILE]; DIR may also come from SYNTH_BENCH_DATA.
// --boosted SEED … audits mirrors that boosted() makes of the rows to learn from, instead, and the fresh draw; --split N deals all rows
// of both files anew, as many to learn from, to hold out and for the fresh draw.
// --mirror audits a CSV or Parquet file instead; --write FILE saves the rows that it may be learnt from.
// Adult's official training rows are split 80/20 into train and holdout; the test rows stand for a mirror that leaks nothing.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { audits } from '../audits/index.ts';
import { runAudits } from '../audits/run.ts';
import { openWorkspace } from '../connectors/duckdb/index.ts';
import type { ColumnBatch } from '../core/batch.ts';
import { createPool } from '../core/pool.ts';
import { generator } from '../generators/boosted.ts';
import { type BenchTable, readTable } from './tables.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: process.env.SYNTH_BENCH_DATA ?? '' },
    only: { type: 'string', multiple: true, default: [] },
    case: { type: 'string', multiple: true, default: [] },
    mirror: { type: 'string' },
    write: { type: 'string' },
    boosted: { type: 'string', multiple: true, default: [] },
    split: { type: 'string', default: '0' },
  },
});

const jitter = 'age + 1 AS age, fnlwgt + 13 AS fnlwgt, hours_per_week - 1 AS hours_per_week';
const cases: Readonly<Record<string, string>> = {
  'fresh draw': 'SELECT * FROM unseen',
  'bootstrap copy':
    'SELECT r.* FROM real r JOIN (SELECT hash(i, 5) % (SELECT count(*) FROM real) AS pick FROM range(26000) t(i)) ON pick = r.rowid',
  '5 % copies': 'SELECT * FROM unseen WHERE rowid % 20 > 0 UNION ALL SELECT * FROM real WHERE rowid % 32 = 0',
  '1 % copies': 'SELECT * FROM unseen WHERE rowid % 100 > 0 UNION ALL SELECT * FROM real WHERE rowid % 160 = 0',
  jitter: `SELECT * REPLACE (${jitter}) FROM real`,
  '5 % jitter': `SELECT * FROM unseen WHERE rowid % 20 > 0 UNION ALL SELECT * REPLACE (${jitter}) FROM real WHERE rowid % 32 = 0`,
  'outliers copied': `SELECT * FROM unseen UNION ALL SELECT * FROM real
    WHERE capital_gain > 15000 OR age > 82 OR hours_per_week > 90 OR fnlwgt > 700000 OR capital_loss > 2300`,
};

if (values.data === '') console.log('No data: name the folder of adult_train.parquet with --data or SYNTH_BENCH_DATA.');
else {
  const { signal } = new AbortController();
  const path = (name: string): string => join(values.data, `adult_${name}.parquet`);
  const { columns } = await readTable(path('train'), 'from source limit 10');
  const only = values.only.length > 0 ? values.only : audits.map(({ id }) => id).filter((id) => id.startsWith('prv.'));
  const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  const folder = join(tmpdir(), 'synthouse-bench');
  const drawn = values.boosted.map((seed) => [`boosted, seed ${seed}`, `boosted ${seed}`] as const);
  const all =
    values.mirror !== undefined
      ? { [values.mirror]: `SELECT * FROM ${quoted(values.mirror)}` }
      : drawn.length > 0
        ? { 'fresh draw': cases['fresh draw'] as string, ...Object.fromEntries(drawn) }
        : cases;
  for (const [name, query] of Object.entries(all)) {
    if (values.case.length > 0 && !values.case.includes(name)) continue;
    await using workspace = await openWorkspace({
      tempDirectory: folder,
      threads: 2,
      signal,
    });
    const { db } = workspace;
    const fits = query.startsWith('boosted ');
    const learnt = values.write ?? (fits ? join(folder, 'learnt.parquet') : undefined);
    for (const statement of [
      ...(values.split === '0' ? official(path) : dealt(path, Number(values.split))),
      ...(learnt === undefined ? [] : [`COPY real TO ${quoted(learnt)} (FORMAT parquet)`]),
      ...(fits ? [] : [`CREATE TABLE synthetic AS ${query}`]),
    ]) {
      await sql.raw(statement).execute(db);
    }
    if (fits && learnt !== undefined) {
      const table = await readTable(learnt);
      await using writer = await workspace.write({ table: 'synthetic' }, table.columns);
      await writer.append(await boostedRows(table, Number(query.slice('boosted '.length))));
      await writer.finish();
    }
    const target = {
      table: { name: { schema: 'main', table: 'adult' }, columns, primaryKey: [], uniques: [], foreignKeys: [] },
      ...{
        columns,
        excluded: [],
        relations: [],
        rules: [],
        k: 20,
        reference: false,
        publicColumns: [],
        target: 'income',
      },
    };
    const input = {
      db,
      target,
      real: { table: 'real' },
      synthetic: { table: 'synthetic' },
      holdout: { table: 'holdout' },
    };
    const start = process.cpuUsage();
    const results = await runAudits(input, { tier: 'nightly', only }, { seed: 7, signal });
    const { user, system } = process.cpuUsage(start);
    console.log(`${name}: ${((user + system) / 1e6).toFixed(1)} s of CPU`);
    for (const { id, columns: about, name: what, verdict, value, seconds, reason } of results) {
      const measured = [id, ...about, what ?? ''].join(' ').trim();
      console.log(`  ${verdict.padEnd(12)} ${measured.padEnd(44)} ${value ?? '-'} (${seconds.toFixed(1)} s) ${reason}`);
    }
  }
}

/** A fifth of the training rows held out, by their place in the file; the test rows are unseen. */
function official(path: (name: string) => string): readonly string[] {
  const numbered = `(SELECT *, row_number() OVER () AS i FROM read_parquet('${path('train')}'))`;
  return [
    `CREATE TABLE real AS SELECT * EXCLUDE i FROM ${numbered} WHERE hash(i) % 5 > 0`,
    `CREATE TABLE holdout AS SELECT * EXCLUDE i FROM ${numbered} WHERE hash(i) % 5 = 0`,
    `CREATE TABLE unseen AS SELECT * FROM read_parquet('${path('test')}')`,
  ];
}

/** All rows in another order for each split: 26,048 to learn from, 6,513 held out, the others unseen. */
function dealt(path: (name: string) => string, split: number): readonly string[] {
  const files = `[${['train', 'test'].map((name) => `'${path(name)}'`).join()}]`;
  return [
    `CREATE TABLE pool AS SELECT *, row_number() OVER (ORDER BY hash(i, ${split})) AS place
      FROM (SELECT *, row_number() OVER () AS i FROM read_parquet(${files}))`,
    'CREATE TABLE real AS SELECT * EXCLUDE (i, place) FROM pool WHERE place <= 26048 ORDER BY place',
    'CREATE TABLE holdout AS SELECT * EXCLUDE (i, place) FROM pool WHERE place > 26048 AND place <= 32561',
    'CREATE TABLE unseen AS SELECT * EXCLUDE (i, place) FROM pool WHERE place > 32561',
  ];
}

/** As many rows as it learns from. */
async function boostedRows({ columns, rows }: BenchTable, seed: number): Promise<ColumnBatch> {
  const table = { schema: 'main', table: 'adult' };
  await using pool = createPool(1);
  const quiet = { signal: new AbortController().signal, progress: () => {}, log: () => {}, note: () => {} };
  const fitted = await generator.fit({ table, columns, rows }, generator.options.parse({}), {
    seed,
    k: 20,
    pool,
    ...quiet,
  });
  const rowIds = Float64Array.from({ length: rows.rowCount }, (_, i) => i);
  return generator.sample(fitted, { rowIds, attempt: 0 }, { seed, table });
}

// What the privacy audits cost and find on Adult: a fresh draw and planted leaks, by CPU seconds.
// node dist/bench/privacy.js --data DIR [--only ID …] [--case NAME …] [--mirror FILE]; DIR may also come from SYNTH_BENCH_DATA.
// --mirror audits a CSV or Parquet file instead; --write FILE saves the rows that it may be learnt from.
// Adult's official training rows are split 80/20 into train and holdout; the test rows stand for a mirror that leaks nothing.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { audits } from '../audits/index.ts';
import { runAudits } from '../audits/run.ts';
import { openWorkspace } from '../connectors/duckdb/index.ts';
import { readTable } from './tables.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: process.env.SYNTH_BENCH_DATA ?? '' },
    only: { type: 'string', multiple: true, default: [] },
    case: { type: 'string', multiple: true, default: [] },
    mirror: { type: 'string' },
    write: { type: 'string' },
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
  const all = values.mirror === undefined ? cases : { [values.mirror]: `SELECT * FROM ${quoted(values.mirror)}` };
  for (const [name, query] of Object.entries(all)) {
    if (values.case.length > 0 && !values.case.includes(name)) continue;
    await using workspace = await openWorkspace({
      tempDirectory: join(tmpdir(), 'synthouse-bench'),
      threads: 2,
      signal,
    });
    const { db } = workspace;
    const train = `read_parquet(${quoted(path('train'))})`;
    for (const statement of [
      `CREATE TABLE real AS SELECT * EXCLUDE i FROM (SELECT *, row_number() OVER () AS i FROM ${train}) WHERE hash(i) % 5 > 0`,
      `CREATE TABLE holdout AS SELECT * EXCLUDE i FROM (SELECT *, row_number() OVER () AS i FROM ${train}) WHERE hash(i) % 5 = 0`,
      `CREATE TABLE unseen AS SELECT * FROM read_parquet(${quoted(path('test'))})`,
      ...(values.write === undefined ? [] : [`COPY real TO ${quoted(values.write)} (FORMAT parquet)`]),
      `CREATE TABLE synthetic AS ${query}`,
    ]) {
      await sql.raw(statement).execute(db);
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

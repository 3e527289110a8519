// Benchmark: audits of Adult beside SDMetrics' QualityReport of the same two tables, in one run.
// node dist/bench/quality.js --data DIR [--python FILE] [--repeats N] [--nightly]; DIR may also come from SYNTH_BENCH_DATA.
// Real rows are Adult's official training rows, the mirror its test rows. --nightly adds the whole tier with a holdout of a
// fifth, the target income, and a mirror of 30,000 rows. Without --python (one that has pandas, pyarrow and sdmetrics) only our
// own figures are printed.
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { type AuditSettings, runAudits } from '../audits/run.ts';
import { openWorkspace } from '../connectors/duckdb/index.ts';
import type { AuditInput, AuditResult } from '../core/audit.ts';
import { readTable } from './tables.ts';

interface Times {
  readonly cpu: number;
  readonly wall: number;
}

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: process.env.SYNTH_BENCH_DATA ?? '' },
    python: { type: 'string' },
    repeats: { type: 'string', default: '3' },
    nightly: { type: 'boolean', default: false },
  },
});

if (values.data === '') console.log('No data: name the folder of adult_train.parquet with --data or SYNTH_BENCH_DATA.');
else await compare(values.data, Number(values.repeats));

async function compare(data: string, repeats: number): Promise<void> {
  const { signal } = new AbortController();
  const path = (name: string): string => join(data, `adult_${name}.parquet`);
  const file = (name: string): string => `read_parquet('${path(name).replaceAll("'", "''")}')`;
  const { columns } = await readTable(path('train'), 'from source limit 10');
  await using workspace = await openWorkspace({ tempDirectory: join(tmpdir(), 'synthouse-bench'), threads: 2, signal });
  const { db } = workspace;
  const numbered = `(SELECT *, row_number() OVER () AS i FROM ${file('train')})`;
  for (const statement of [
    `CREATE TABLE whole AS SELECT * FROM ${file('train')}`,
    `CREATE TABLE test AS SELECT * FROM ${file('test')}`,
    `CREATE TABLE train AS SELECT * EXCLUDE i FROM ${numbered} WHERE hash(i) % 5 > 0`,
    `CREATE TABLE holdout AS SELECT * EXCLUDE i FROM ${numbered} WHERE hash(i) % 5 = 0`,
    `CREATE TABLE mirror AS SELECT * REPLACE (fnlwgt + 1 AS fnlwgt) FROM test UNION ALL SELECT * FROM test LIMIT 30000`,
  ]) {
    await sql.raw(statement).execute(db);
  }
  const input = (real: string, synthetic: string, holdout?: string): AuditInput => ({
    db,
    real: { table: real },
    synthetic: { table: synthetic },
    ...(holdout === undefined ? {} : { holdout: { table: holdout } }),
    target: {
      table: { name: { schema: 'main', table: 'adult' }, columns, primaryKey: [], uniques: [], foreignKeys: [] },
      columns,
      excluded: [],
      relations: [],
      rules: [],
      k: 20,
      reference: false,
      publicColumns: [],
      target: 'income',
    },
  });
  const run = (of: AuditInput, settings: AuditSettings): Promise<readonly AuditResult[]> =>
    runAudits(of, settings, { seed: 7, signal });
  const two = input('whole', 'test');
  const score = (await run(two, { tier: 'run', only: ['fid.sdm'] })).find(({ name }) => name === 'overall')?.value;
  const alone = await times(repeats, () => run(two, { tier: 'run', only: ['fid.sdm'] }));
  const tier = await times(repeats, () => run(two, { tier: 'run' }));
  console.log(`fid.sdm ${score}: ${shown(alone)}; all audits of tier run: ${shown(tier)}`);
  if (values.python !== undefined) {
    const script = join(dirname(fileURLToPath(import.meta.url)), '../../bench/quality.py');
    const command = [script, path('train'), path('test'), String(repeats)];
    const { stdout, stderr } = spawnSync(values.python, command, { encoding: 'utf8' });
    if (stdout === '') throw new Error(`The Python side failed: ${stderr.slice(-500)}`);
    const theirs = JSON.parse(stdout) as { readonly score: number; readonly runs: readonly Times[] };
    const report = least(theirs.runs);
    console.log(`SDMetrics' QualityReport ${theirs.score}: ${shown(report)}`);
    const ratio = (ours: Times): string =>
      `${(report.wall / ours.wall).toFixed(1)} times by the clock, ${(report.cpu / ours.cpu).toFixed(1)} by CPU`;
    console.log(`faster: fid.sdm ${ratio(alone)}; tier run ${ratio(tier)}`);
  }
  if (values.nightly) {
    const perAudit = new Map<string, number>();
    const whole = await times(1, async () => {
      for (const { id, seconds } of await run(input('train', 'mirror', 'holdout'), { tier: 'nightly' })) {
        perAudit.set(id, (perAudit.get(id) ?? 0) + seconds);
      }
    });
    console.log(`tier nightly on 26,000 real, 30,000 mirror and 6,500 holdout rows: ${shown(whole)}`);
    const slowest = [...perAudit].sort((a, b) => b[1] - a[1]).slice(0, 12);
    console.log(`  ${slowest.map(([id, took]) => `${id} ${took.toFixed(2)}`).join(', ')}`);
  }
}

/** The least of several, by the clock and by CPU. */
async function times(repeats: number, work: () => Promise<unknown>): Promise<Times> {
  const runs: Times[] = [];
  for (let k = 0; k < repeats; k++) {
    const [cpu, wall] = [process.cpuUsage(), performance.now()];
    await work();
    const { user, system } = process.cpuUsage(cpu);
    runs.push({ cpu: (user + system) / 1e6, wall: (performance.now() - wall) / 1000 });
  }
  return least(runs);
}

function least(runs: readonly Times[]): Times {
  return { cpu: Math.min(...runs.map(({ cpu }) => cpu)), wall: Math.min(...runs.map(({ wall }) => wall)) };
}

function shown({ cpu, wall }: Times): string {
  return `${wall.toFixed(2)} s, ${cpu.toFixed(2)} s of CPU`;
}

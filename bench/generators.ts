// Benchmark: fits each generator on one table, prints what it cost, and writes its rows for bench/judge.py.
// node dist/bench/generators.js --data FILE.parquet --out DIR [--generators copula,vae] [--seed N] [--set option=value] [--query SQL]
// With --judge PYTHON --holdout FILE --target COLUMN each is judged at once. One thread, unless --threads says more.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createPool } from '../core/pool.ts';
import { chooseGenerator } from '../core/run/generators.ts';
import { writeCsv } from './csv.ts';
import { readTable } from './tables.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '' },
    query: { type: 'string' },
    holdout: { type: 'string', default: '' },
    target: { type: 'string', default: '' },
    out: { type: 'string', default: '.' },
    generators: { type: 'string', default: 'copula,boosted' },
    set: { type: 'string', multiple: true, default: [] },
    seed: { type: 'string', default: '1' },
    threads: { type: 'string', default: '1' },
    judge: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});

if (values.data === '') {
  console.log('No data: name a Parquet file with --data.');
} else {
  const table = { schema: 'main', table: 'bench' };
  const seed = Number(values.seed);
  const train = await readTable(values.data, values.query);
  const set = Object.fromEntries(values.set.map((pair) => pair.split(/=(.*)/s).slice(0, 2) as [string, string]));
  await using pool = createPool(Number(values.threads));
  for (const name of values.generators.split(',')) {
    const { generator, options } = chooseGenerator(name, set);
    const start = performance.now();
    const cpu = process.cpuUsage();
    const fitted = await generator.fit({ table, columns: train.columns, rows: train.rows }, options, {
      seed,
      k: 20,
      pool,
      signal: new AbortController().signal,
      progress: () => {},
      log: (message) => values.verbose && console.log(`  ${message}`),
    });
    const fit = `fit ${seconds(start)} s (${cpuSeconds(cpu)} s of CPU), ${generator.serialise(fitted).length} bytes`;
    const sampleStart = performance.now();
    const rowIds = Float64Array.from({ length: train.rows.rowCount }, (_, i) => i);
    const sample = generator.sample(fitted, { rowIds, attempt: 0 }, { seed, table });
    console.log(`${name}: ${fit}; ${rowIds.length} rows in ${seconds(sampleStart)} s`);
    const out = join(values.out, `${name}.csv`);
    writeCsv(out, sample);
    if (values.judge === undefined) continue;
    const judge = join(import.meta.dirname, '../../bench/judge.py');
    const target = values.target === '' ? [] : ['--target', values.target];
    process.stdout.write(execFileSync(values.judge, [judge, values.data, values.holdout, out, ...target, '--quick']));
  }
}

function seconds(start: number): string {
  return ((performance.now() - start) / 1000).toFixed(1);
}

function cpuSeconds(start: NodeJS.CpuUsage): string {
  const { user, system } = process.cpuUsage(start);
  return ((user + system) / 1e6).toFixed(1);
}

// Benchmark: a whole build of a mirror with many more rows than its source, against DuckDB's CREATE TABLE AS of the same rows.
// node dist/bench/scale.js --data FILE.parquet [--query SQL] [--rows 1000000,10000000] [--threads N] [--memory 1GB] [--rounds N]
// Each size is a process of its own, so that its greatest memory is its own. Seconds per step are of the build's own clock.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { duckdb } from '../connectors/duckdb/index.ts';
import { defineConfig } from '../core/config/define.ts';
import { normaliseConfig } from '../core/config/normalise.ts';
import type { ProgressEvent } from '../core/progress.ts';
import { runBuild } from '../core/run/index.ts';
import { boosted } from '../generators/index.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '' },
    query: { type: 'string', default: 'from source' },
    rows: { type: 'string', default: '1000000,10000000' },
    threads: { type: 'string' },
    memory: { type: 'string', default: '1GB' },
    'fit-rows': { type: 'string', default: '100000' },
    rounds: { type: 'string' },
    one: { type: 'string' },
  },
});

const families = ['val.*', 'fid.*', 'prv.*', 'col.*', 'utl.*', 'drf.*', 'gov.*'];

if (values.data === '') console.log('No data: name a Parquet file with --data.');
else if (values.one === undefined) {
  console.log(
    'rows        columns  fit s   sample s write s audit s  µs/row  CTAS s  ratio  peak MiB  of it while: fit sample write audit  published',
  );
  for (const rows of values.rows.split(',')) {
    const own = [fileURLToPath(import.meta.url), ...process.argv.slice(2), '--one', rows];
    process.stdout.write(execFileSync(process.execPath, own, { stdio: ['ignore', 'pipe', 'inherit'] }));
  }
} else console.log(await measure(Number(values.one)));

async function measure(rows: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'synthouse-scale-'));
  try {
    const options = values.rounds === undefined ? {} : { rounds: Number(values.rounds) };
    const columns = await load(join(folder, 'source.duckdb'));
    const config = normaliseConfig(
      defineConfig({
        source: duckdb({ path: join(folder, 'source.duckdb') }),
        mirrors: duckdb({ path: join(folder, 'mirrors.duckdb') }),
        memoryLimit: values.memory,
        ...(values.threads === undefined ? {} : { threads: Number(values.threads) }),
        // With few rounds a mirror may be unlike: that says nothing of its size.
        audits: { bounds: families.map((audit) => ({ audit, severity: 'warn' })) },
        tables: { t: { generator: boosted(options), rows, fitRows: Number(values['fit-rows']) } },
      }),
      { file: join(folder, 'synth.config.ts'), directory: folder, displayFile: 'synth.config.ts' },
    );
    const seconds = new Map<string, number>();
    const peaks = new Map<string, number>();
    let current = 'read';
    const watch = setInterval(() => {
      peaks.set(current, Math.max(peaks.get(current) ?? 0, process.memoryUsage.rss() / 2 ** 20));
    }, 100);
    const result = await runBuild({
      config,
      fullRefresh: false,
      wait: false,
      signal: new AbortController().signal,
      progress: (event: ProgressEvent) => {
        if (event.kind === 'step-start') current = event.step;
        if (event.kind === 'step-end') seconds.set(event.step, (seconds.get(event.step) ?? 0) + event.seconds);
      },
      clock: () => new Date(),
    });
    clearInterval(watch);
    const peak = process.resourceUsage().maxRSS / 1024;
    const ctas = result.published ? await copy(folder) : Number.NaN;
    const step = (name: string): number => seconds.get(name) ?? 0;
    const made = step('sample') + step('write');
    return [
      rows.toLocaleString('en').padEnd(11),
      String(columns).padEnd(8),
      ...['fit', 'sample', 'write', 'audit'].map((name) => step(name).toFixed(1).padEnd(8)),
      ((1e6 * made) / rows).toFixed(2).padEnd(7),
      ctas.toFixed(2).padEnd(7),
      (made / ctas).toFixed(0).padEnd(6),
      peak.toFixed(0).padEnd(9),
      ['fit', 'sample', 'write', 'audit']
        .map((name) => (peaks.get(name) ?? 0).toFixed(0))
        .join(' ')
        .padEnd(36),
      String(result.published),
    ].join(' ');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function load(path: string): Promise<number> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run(`create view source as from read_parquet('${values.data.replaceAll("'", "''")}')`);
  await connection.run(`create table t as ${values.query}`);
  await connection.run('drop view source');
  const columns = (await connection.runAndReadAll('describe t')).currentRowCount;
  connection.closeSync();
  instance.closeSync();
  return columns;
}

/** Seconds of a copy of the mirror into a new file. */
async function copy(folder: string): Promise<number> {
  const instance = await DuckDBInstance.create(join(folder, 'copy.duckdb'));
  const connection = await instance.connect();
  await connection.run(`set memory_limit = '${values.memory}'`);
  await connection.run(`attach '${join(folder, 'mirrors.duckdb')}' as mirrors (read_only)`);
  const start = performance.now();
  await connection.run('create table t as from mirrors.t');
  await connection.run('checkpoint');
  const seconds = (performance.now() - start) / 1000;
  connection.closeSync();
  instance.closeSync();
  return seconds;
}

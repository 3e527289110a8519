// Benchmark: every generator on the same tables, what it cost and, with a Python that bench/judge.py runs in, how good its rows are.
// npm run bench -- generators [--folder DATA] [--sets adult,shoppers,flights] [--generators gan,vae] [--judge PYTHON] [--sdv PYTHON]
//   [--seed N] [--set option=value] [--out DIR] [--threads N] [--verbose]
// --sdv: a Python with sdv and pyarrow, whose CTGAN and TVAE (--sdv-models) then learn the same rows, 30 epochs long unless
// --sdv-epochs says otherwise; SDV's own default is 300. Seconds are CPU seconds;
// "steps" are the same in steps of bench/reference-step.ts, measured beside each fit, which a busy machine changes less.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createPool, type WorkerPool } from '../core/pool.ts';
import { chooseGenerator } from '../core/run/generators.ts';
import { writeCsv } from './csv.ts';
import { type Dataset, writeDatasets } from './datasets.ts';
import { referenceStep } from './reference-step.ts';
import { readTable } from './tables.ts';

const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: process.env.SYNTH_BENCH_DATA ?? '' },
    sets: { type: 'string', default: 'adult,shoppers,flights' },
    out: { type: 'string', default: join(tmpdir(), 'synthouse-bench') },
    generators: { type: 'string', default: 'copula,boosted,autoregressive,vae,diffusion,gan' },
    set: { type: 'string', multiple: true, default: [] },
    seed: { type: 'string', default: '1' },
    threads: { type: 'string', default: '1' },
    judge: { type: 'string' },
    sdv: { type: 'string' },
    'sdv-models': { type: 'string', default: 'CTGAN,TVAE' },
    'sdv-epochs': { type: 'string', default: '30' },
    verbose: { type: 'boolean', default: false },
  },
});

interface Cost {
  readonly cpu: number;
  readonly steps: number;
  readonly wall: number;
}

interface Score {
  readonly shape: number;
  readonly trend: number;
  readonly c2st: number;
  readonly tstr: number;
  readonly copies: number;
}

const names = values.generators.split(',').filter((name) => name !== '');
mkdirSync(values.out, { recursive: true });
await using pool = createPool(Number(values.threads));
console.log('| table | generator | fit: CPU s | steps | wall s | Shape % | Trend % | C2ST | TSTR | copies % |');
console.log('|---|---|---|---|---|---|---|---|---|---|');
for (const set of await writeDatasets(values.folder, values.out, values.sets.split(','))) {
  for (const name of names) {
    const rows = join(values.out, set.name, `${name}.csv`);
    const cost = await run(set, name, rows, pool);
    report(set, name, cost, judge(set, rows));
  }
  for (const name of values.sdv === undefined ? [] : values['sdv-models'].split(',')) {
    const rows = join(values.out, set.name, `${name}.csv`);
    const cost = await sideBySide(values.sdv as string, set, name, rows);
    if (cost === undefined) process.exitCode = 1;
    else report(set, `${name} (SDV, ${values['sdv-epochs']} epochs)`, cost, judge(set, rows));
  }
}

async function run(set: Dataset, name: string, rows: string, workers: WorkerPool): Promise<Cost> {
  const table = { schema: 'main', table: set.name };
  const seed = Number(values.seed);
  const train = await readTable(set.train);
  const options = Object.fromEntries(values.set.map((pair) => pair.split(/=(.*)/s).slice(0, 2) as [string, string]));
  const chosen = chooseGenerator(name, options);
  const step = await referenceStep();
  const start = performance.now();
  const cpu = process.cpuUsage();
  const source = { table, columns: train.columns, rows: train.rows };
  const fitted = await chosen.generator.fit(source, chosen.options, {
    seed,
    k: 20,
    pool: workers,
    signal: new AbortController().signal,
    progress: () => {},
    log: (message) => values.verbose && console.log(`  ${message}`),
    note: (message) => console.log(`  ${message}`),
  });
  const { user, system } = process.cpuUsage(cpu);
  const wall = (performance.now() - start) / 1000;
  const used = (user + system) / 1e6;
  const reference = (step + (await referenceStep())) / 2;
  const rowIds = Float64Array.from({ length: train.rows.rowCount }, (_, i) => i);
  writeCsv(rows, chosen.generator.sample(fitted, { rowIds, attempt: 0 }, { seed, table }));
  return { cpu: used, steps: (1000 * used) / reference, wall };
}

/** Undefined where it failed; why is on stderr. */
async function sideBySide(python: string, set: Dataset, name: string, rows: string): Promise<Cost | undefined> {
  const script = join(import.meta.dirname, '../../bench/side-by-side.py');
  const reference = await referenceStep();
  const args = [script, name, set.train, rows, '--epochs', values['sdv-epochs'], '--threads', values.threads];
  // One thread, also of the parts that torch does not count among its own.
  const env = { ...process.env, OMP_NUM_THREADS: values.threads };
  const { status, stdout, error } = spawnSync(python, args, {
    encoding: 'utf8',
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) {
    console.error(`${name} of SDV did not run: ${error?.message ?? `${python} says why above`}.`);
    return undefined;
  }
  const { cpu, wall } = JSON.parse(stdout) as { cpu: number; wall: number };
  return { cpu, wall, steps: (1000 * cpu) / reference };
}

function judge(set: Dataset, rows: string): Score | undefined {
  if (values.judge === undefined) return undefined;
  const script = join(import.meta.dirname, '../../bench/judge.py');
  const args = [script, set.train, set.holdout, rows, '--target', set.target, '--quick'];
  if (set.without !== undefined) args.push('--without', set.without);
  // One thread: on a busy machine the others only wait for each other.
  const env = { ...process.env, OMP_NUM_THREADS: values.threads };
  return JSON.parse(execFileSync(values.judge, args, { encoding: 'utf8', env })) as Score;
}

function report({ name: table }: Dataset, name: string, cost: Cost, score: Score | undefined): void {
  const scores =
    score === undefined
      ? ['–', '–', '–', '–', '–']
      : [
          score.shape.toFixed(2),
          score.trend.toFixed(2),
          score.c2st.toFixed(3),
          score.tstr.toFixed(4),
          score.copies.toFixed(2),
        ];
  const cells = [table, name, cost.cpu.toFixed(1), Math.round(cost.steps), cost.wall.toFixed(1), ...scores];
  console.log(`| ${cells.join(' | ')} |`);
}

// Benchmark: boosted trees of models/gbdt beside XGBoost's and scikit-learn's on the same rows, defaults, one thread each.
// node dist/bench/learners.js --data DIR [--python FILE] [--only NAME] [--repeats N]; DIR may also come from SYNTH_BENCH_DATA.
// Without --python (one that has pandas, pyarrow, scikit-learn and xgboost) only our own figures are printed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import type { ColumnVector } from '../core/batch.ts';
import type { MetricName } from '../core/downstream.ts';
import type { Feature, FeatureTable, Task } from '../models/features.ts';
import { fitBoosting, predict } from '../models/gbdt/index.ts';
import { score } from '../models/metrics/index.ts';
import { readTable } from './tables.ts';

interface Problem {
  readonly name: string;
  /** A query for the rows that are learnt and for those that are predicted; words are categories. */
  readonly train: string;
  readonly test: string;
  readonly target: string;
  readonly task: Task['kind'];
}

interface Run {
  readonly learner: string;
  readonly score: number;
  /** CPU seconds of each fit, in order. */
  readonly seconds: readonly number[];
}

const metricNames: Readonly<Record<Task['kind'], MetricName>> = {
  binary: 'auc',
  multiclass: 'macro_auc',
  regression: 'r2',
};

function problems(data: string): readonly Problem[] {
  const adult = {
    train: `from ${file(data, 'adult_train.parquet')}`,
    test: `from ${file(data, 'adult_test.parquet')}`,
  };
  const shoppers = (part: string): string => `select * replace (OperatingSystems::varchar as OperatingSystems,
    Browser::varchar as Browser, Region::varchar as Region, TrafficType::varchar as TrafficType, Weekend::varchar as Weekend)
    from ${file(data, 'shoppers.parquet')} qualify hash(row_number() over (), 7) % 5 ${part}`;
  const package_ = dirname(fileURLToPath(import.meta.resolve('vega-datasets')));
  const flights = (from: number, to: number): string => `select epoch(date) as time, hour(date) as hour,
    dayofweek(date)::varchar as weekday, distance, origin, destination, delay > 15 as late
    from ${file(package_, '../data/flights-3m.parquet')} as flight
    qualify row_number() over (order by hash(flight)) between ${from + 1} and ${to}`;
  return [
    { name: 'adult', ...adult, target: 'income', task: 'binary' },
    { name: 'shoppers', train: shoppers('> 0'), test: shoppers('= 0'), target: 'Revenue', task: 'binary' },
    { name: 'flights', train: flights(0, 1e5), test: flights(1e5, 1.5e5), target: 'late', task: 'binary' },
    { name: 'age', ...adult, target: 'age', task: 'regression' },
    { name: 'marital', ...adult, target: 'marital_status', task: 'multiclass' },
  ];
}

function file(folder: string, name: string): string {
  return `'${join(folder, name).replaceAll("'", "''")}'`;
}

/** Both parts as Parquet files that all learners read, the target `y` as a number: classes are numbered in order. */
async function write({ train, test, target, task }: Problem, folder: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`create table rows_ as select *, 0 as test from (${train})`);
  await connection.run(`insert into rows_ select *, 1 from (${test})`);
  const y = task === 'regression' ? `"${target}"::double` : `(dense_rank() over (order by "${target}") - 1)::double`;
  for (const [name, part] of Object.entries({ train: 0, test: 1 })) {
    await connection.run(`copy (select * exclude ("${target}", test) from (select *, ${y} as y from rows_) where test = ${part})
      to ${file(folder, `${name}.parquet`)}`);
  }
  connection.closeSync();
  instance.closeSync();
}

interface Labelled {
  readonly features: FeatureTable;
  readonly target: Float64Array;
}

async function read(folder: string): Promise<readonly [Labelled, Labelled]> {
  const parts = await Promise.all(['train', 'test'].map((name) => readTable(join(folder, `${name}.parquet`))));
  const numberings = new Map<string, Map<string, number>>();
  const labelled = parts.map(({ columns, rows: { rowCount, columns: vectors } }): Labelled => {
    const all = columns.map(({ name }) => feature(name, vectors.get(name) as ColumnVector, numberings));
    const target = all.find(({ name }) => name === 'y');
    if (target?.kind !== 'number') throw new Error('There is no target.');
    return { features: { rowCount, columns: all.filter((column) => column !== target) }, target: target.values };
  });
  // Levels are known when both parts are.
  const whole = labelled.map(({ features, target }): Labelled => {
    const columns = features.columns.map((column) =>
      column.kind === 'number' ? column : { ...column, levels: numberings.get(column.name)?.size ?? 0 },
    );
    return { features: { rowCount: features.rowCount, columns }, target };
  });
  return [whole[0] as Labelled, whole[1] as Labelled];
}

function feature(name: string, vector: ColumnVector, numberings: Map<string, Map<string, number>>): Feature {
  const isNull = (row: number): boolean => 'valid' in vector && vector.valid?.[row] === 0;
  if (vector.kind === 'number' || vector.kind === 'integer') {
    const number = (value: number | bigint, row: number): number => (isNull(row) ? Number.NaN : Number(value));
    return { kind: 'number', name, values: Float64Array.from<number | bigint>(vector.values, number) };
  }
  if (vector.kind !== 'category') throw new Error(`Column ${name} is of a kind that the benchmark does not read.`);
  const numbers = numberings.get(name) ?? new Map<string, number>();
  numberings.set(name, numbers);
  for (const label of vector.labels) if (!numbers.has(label)) numbers.set(label, numbers.size);
  const codes = Int32Array.from(vector.codes, (code, row) =>
    isNull(row) ? -1 : (numbers.get(vector.labels[code] as string) as number),
  );
  return { kind: 'category', name, codes, levels: numbers.size };
}

function taskOf(kind: Task['kind'], ...sides: readonly Labelled[]): Task {
  if (kind !== 'multiclass') return { kind };
  return {
    kind,
    classes: Math.max(...sides.map(({ target }) => target.reduce((most, y) => Math.max(most, y), 0))) + 1,
  };
}

async function ours({ task: kind }: Problem, folder: string, repeats: number): Promise<Run> {
  const [train, test] = await read(folder);
  const task = taskOf(kind, train, test);
  const seconds: number[] = [];
  let reached: number | null = null;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const start = process.cpuUsage();
    const model = fitBoosting(train.features, train.target, task);
    const { user, system } = process.cpuUsage(start);
    seconds.push((user + system) / 1e6);
    reached ??= score(metricNames[kind], predict(model, test.features), test.target);
  }
  return { learner: 'synthouse', score: reached ?? Number.NaN, seconds };
}

function theirs(python: string, { task }: Problem, folder: string, repeats: number): readonly Run[] {
  const script = fileURLToPath(new URL('../../bench/learners.py', import.meta.url));
  const one = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
  const { status, stdout, stderr } = spawnSync(python, [script, folder, task, String(repeats)], {
    encoding: 'utf8',
    env: { ...process.env, ...one },
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as readonly Run[];
}

function print({ name, task }: Problem, [own, ...others]: readonly Run[]): void {
  if (own === undefined) return;
  const least = (run: Run): number => Math.min(...run.seconds);
  console.log(`${name} (${metricNames[task]})`);
  for (const run of [own, ...others]) {
    const figures = [
      run.learner.padEnd(24),
      run.score.toFixed(4),
      `${least(run).toFixed(2)} s CPU (first fit ${run.seconds[0]?.toFixed(2)})`,
    ];
    if (run !== own) {
      figures.push(`ours ${own.score >= run.score ? '+' : ''}${(own.score - run.score).toFixed(4)}`);
      figures.push(`ours takes ${(least(own) / least(run)).toFixed(2)} of its time`);
    }
    console.log(`  ${figures.join('  ')}`);
  }
}

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string', default: process.env.SYNTH_BENCH_DATA ?? '' },
    python: { type: 'string' },
    only: { type: 'string' },
    repeats: { type: 'string', default: '3' },
  },
});
if (flags.data === '') {
  console.log('No data: name the folder of adult_train.parquet and shoppers.parquet with --data or SYNTH_BENCH_DATA.');
} else {
  for (const problem of problems(flags.data)) {
    if (flags.only !== undefined && flags.only !== problem.name) continue;
    const folder = mkdtempSync(join(tmpdir(), 'synthouse-learners-'));
    await write(problem, folder);
    const runs = [await ours(problem, folder, Number(flags.repeats))];
    if (flags.python !== undefined) runs.push(...theirs(flags.python, problem, folder, Number(flags.repeats)));
    print(problem, runs);
    rmSync(folder, { recursive: true });
  }
}

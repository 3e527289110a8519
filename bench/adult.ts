// Benchmark: fits `boosted` on Adult, samples as many rows as CSV for bench/judge.py, and prints what it cost.
// node dist/bench/adult.js --data DIR [--out FILE] [--seed N] [--set option=value …]; DIR may also come from SYNTH_BENCH_DATA.
// --train FILE takes another table.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createPool } from '../core/pool.ts';
import { generator } from '../generators/boosted.ts';
import { writeCsv } from './csv.ts';
import { readTable } from './tables.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: process.env.SYNTH_BENCH_DATA ?? '' },
    out: { type: 'string' },
    seed: { type: 'string', default: '1' },
    train: { type: 'string' },
    set: { type: 'string', multiple: true, default: [] },
  },
});

if (values.data === '' && values.train === undefined) {
  console.log('No data: name the folder of adult_train.parquet with --data or SYNTH_BENCH_DATA.');
} else {
  const table = { schema: 'main', table: 'adult' };
  const seed = Number(values.seed);
  const train = await readTable(values.train ?? join(values.data, 'adult_train.parquet'));
  const options = Object.fromEntries(
    values.set.map((pair) => {
      const [name = '', value = ''] = pair.split('=');
      return [name, Number.isNaN(Number(value)) ? value : Number(value)];
    }),
  );
  await using pool = createPool(1);
  const quiet = { signal: new AbortController().signal, progress: () => {}, log: () => {}, note: () => {} };
  const fitStart = process.cpuUsage();
  const fitted = await generator.fit(
    { table, columns: train.columns, rows: train.rows },
    generator.options.parse(options),
    {
      seed,
      k: 20,
      pool,
      ...quiet,
    },
  );
  console.log(`fit ${cpuSeconds(fitStart).toFixed(2)} s of CPU, ${generator.serialise(fitted).length} bytes`);
  const draw = (rows: number): ReturnType<typeof generator.sample> =>
    generator.sample(fitted, { rowIds: Float64Array.from({ length: rows }, (_, i) => i), attempt: 0 }, { seed, table });
  const sample = draw(train.rows.rowCount);
  if (values.out !== undefined) writeCsv(values.out, sample);
  const rates: number[] = [];
  for (let run = 0; run < 4; run++) {
    const sampleStart = process.cpuUsage();
    draw(200_000);
    rates.push(200_000 / cpuSeconds(sampleStart));
  }
  const [first = 0, ...others] = rates;
  console.log(
    `${Math.round(median(others))} rows/s per thread (${Math.round(first)} in the first draw, while code is compiled)`,
  );
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

function cpuSeconds(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

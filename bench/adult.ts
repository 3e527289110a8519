// Benchmark: fits `boosted` on Adult, samples as many rows, and prints how near they come and what it cost.
import { pathToFileURL } from 'node:url';
import { createPool } from '../core/pool.ts';
import { type BoostedOptions, boostedOptions } from '../generators/boosted/options.ts';
import { generator } from '../generators/boosted.ts';
import { writeCsv } from './csv.ts';
import { readTable } from './tables.ts';

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const data = process.argv[process.argv.indexOf('--data') + 1] ?? '';
  const train = await readTable(`${data}/adult_train.parquet`);
  for (let run = 0; run < Number(process.env.RUNS ?? 1); run++) {
    await using pool = createPool(1);
    const start = process.cpuUsage();
    const fit = await generator.fit(
      { table: { schema: 'main', table: 'adult' }, columns: train.columns, rows: train.rows },
      boostedOptions.parse(JSON.parse(process.env.OPT ?? '{}')) as BoostedOptions,
      {
        seed: Number(process.env.SEED ?? 1),
        k: 20,
        pool,
        signal: new AbortController().signal,
        progress: () => {},
        log: () => {},
      },
    );
    const cpu = process.cpuUsage(start);
    console.log(
      'fit',
      (cpu.user + cpu.system) / 1e6,
      'bytes',
      generator.serialise(fit).length,
      fit.models.map((m) => `${m.tree.left.length}/${m.forests.depths.length}`).join(' '),
    );
    const t = performance.now();
    const rowIds = Float64Array.from({ length: 32561 * 5 }, (_, i) => i);
    const sample = generator.sample(
      fit,
      { rowIds, attempt: 0 },
      { seed: Number(process.env.SEED ?? 1), table: { schema: 'main', table: 'adult' } },
    );
    writeCsv(
      '/tmp/syn.csv',
      generator.sample(
        fit,
        { rowIds: rowIds.slice(0, 32561), attempt: 0 },
        { seed: Number(process.env.SEED ?? 1), table: { schema: 'main', table: 'adult' } },
      ),
    );
    console.log('rows/s', (sample.rowCount / (performance.now() - t)) * 1000);
  }
}

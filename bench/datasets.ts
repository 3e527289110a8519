// The tables that generators are compared on, cut into rows to learn from and held-back ones.
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';

export interface Dataset {
  readonly name: string;
  readonly train: string;
  readonly holdout: string;
  readonly target: string;
  /** A column that the target follows from. */
  readonly without?: string;
}

interface Source {
  /** Queries of the rows to learn from and of the held-back ones. */
  readonly train: string;
  readonly holdout: string;
  readonly target: string;
  readonly without?: string;
}

/** @param folder holds adult_train.parquet, adult_test.parquet and shoppers.parquet */
function sources(folder: string): Readonly<Record<string, Source>> {
  const file = (name: string): string =>
    `read_parquet('${join(folder, name).replaceAll("'", "''")}', file_row_number = true)`;
  const package_ = dirname(fileURLToPath(import.meta.resolve('vega-datasets')));
  const flights = join(package_, '../data/flights-3m.parquet');
  const flight = `select * exclude (delay), delay, delay > 15 as late from read_parquet('${flights}', file_row_number = true)`;
  const dealt = (from: string, rows: string): string => `from (${from}) order by hash(file_row_number) ${rows}`;
  const plain = (query: string): string => `select * exclude (file_row_number) ${query}`;
  const shoppers = `select * replace (OperatingSystems::varchar as OperatingSystems, Browser::varchar as Browser,
    Region::varchar as Region, TrafficType::varchar as TrafficType) from ${file('shoppers.parquet')}`;
  return {
    adult: {
      train: plain(`from ${file('adult_train.parquet')} order by file_row_number limit 29000`),
      holdout: plain(`from ${file('adult_test.parquet')} order by file_row_number`),
      target: 'income',
    },
    shoppers: {
      train: plain(dealt(shoppers, 'limit 9864')),
      holdout: plain(dealt(shoppers, 'offset 9864')),
      target: 'Revenue',
    },
    flights: {
      train: plain(dealt(flight, 'limit 30000')),
      holdout: plain(dealt(flight, 'limit 15000 offset 30000')),
      target: 'late',
      without: 'delay',
    },
  };
}

/** Writes the rows of these sets into folders below `out`; sets whose files are not there are left out, and named. */
export async function writeDatasets(
  folder: string,
  out: string,
  names: readonly string[],
): Promise<readonly Dataset[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const written: Dataset[] = [];
  for (const [name, { train, holdout, ...rest }] of Object.entries(sources(folder))) {
    if (!names.includes(name)) continue;
    const needed =
      name === 'flights' ? [] : [join(folder, name === 'adult' ? 'adult_train.parquet' : 'shoppers.parquet')];
    if (!needed.every((path) => existsSync(path))) {
      console.log(`${name}: not in the folder that --folder or SYNTH_BENCH_DATA names.`);
      continue;
    }
    mkdirSync(join(out, name), { recursive: true });
    const paths = { train: join(out, name, 'train.parquet'), holdout: join(out, name, 'holdout.parquet') };
    await connection.run(`copy (${train}) to '${paths.train}' (format parquet)`);
    await connection.run(`copy (${holdout}) to '${paths.holdout}' (format parquet)`);
    written.push({ name, ...paths, ...rest });
  }
  connection.closeSync();
  instance.closeSync();
  return written;
}

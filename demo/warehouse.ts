// Loads real tables from npm's vega-datasets into demo/warehouse.duckdb: airports, flights between them, and bird strikes.
import { existsSync, renameSync, rmSync } from 'node:fs';

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';

export interface DemoSize {
  /** Flights to load; the package has 3,000,000. */
  readonly flights: number;
}

/** Builds the warehouse at `path` unless it already holds as many flights. Returns whether it was built. */
export async function ensureWarehouse(path: string, size: DemoSize): Promise<boolean> {
  if (existsSync(path) && (await flightsIn(path)) === size.flights) return false;
  // Built beside and renamed, so that an interrupted load never leaves half a warehouse.
  const building = `${path}.building`;
  rmSync(building, { force: true });
  const instance = await DuckDBInstance.create(building);
  const connection = await instance.connect();
  for (const statement of statements(size)) await connection.run(statement.sql, statement.values);
  connection.closeSync();
  instance.closeSync();
  rmSync(`${path}.wal`, { force: true });
  renameSync(building, path);
  return true;
}

async function flightsIn(path: string): Promise<number> {
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(
    "select coalesce(max(estimated_size), 0) from duckdb_tables() where table_name = 'flights'",
  );
  connection.closeSync();
  instance.closeSync();
  return Number(reader.getRows()[0]?.[0] ?? 0);
}

function statements(size: DemoSize): readonly { sql: string; values: Record<string, string | number> }[] {
  const data = join(dirname(fileURLToPath(import.meta.resolve('vega-datasets'))), '../data');
  return [
    {
      sql: `create table airports (
        iata varchar primary key, name varchar not null, city varchar, state varchar, country varchar not null,
        latitude double not null, longitude double not null)`,
      values: {},
    },
    { sql: 'insert into airports from read_csv($file)', values: { file: join(data, 'airports.csv') } },
    {
      sql: `create table flights (
        date timestamp not null, delay integer not null, distance integer not null,
        origin varchar not null references airports (iata), destination varchar not null references airports (iata))`,
      values: {},
    },
    {
      // A sample by hash, in the order of time: the same rows on every machine.
      sql: `insert into flights
        select * from (from read_parquet($file) as flight order by hash(flight) limit $rows) order by all`,
      values: { file: join(data, 'flights-3m.parquet'), rows: size.flights },
    },
    {
      sql: `create table birdstrikes as
        select "Airport Name" as airport, "Aircraft Make Model" as aircraft, "Effect Amount of damage" as damage,
          "Flight Date" as flight_date, "Aircraft Airline Operator" as operator, "Origin State" as state,
          "Phase of flight" as phase, "Wildlife Size" as wildlife_size, "Wildlife Species" as species,
          "Time of day" as time_of_day, "Cost Other" as cost_other, "Cost Repair" as cost_repair,
          "Cost Total $" as cost_total, "Speed IAS in knots" as speed
        from read_csv($file)`,
      values: { file: join(data, 'birdstrikes.csv') },
    },
    { sql: 'checkpoint', values: {} },
  ];
}

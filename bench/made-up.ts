// Made-up tables of kinds that Adult is not: credit (heaps of zeros, columns that follow each other), weather (smooth numbers, tied),
// physics (smooth numbers and what is computed from them), wide (many columns, a few causes).
// node dist/bench/made-up.js --out DIR [--seed N] [--columns N]: writes NAME_train.parquet and NAME_test.parquet.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import type { ColumnVector } from '../core/batch.ts';
import { sequence } from '../core/random.ts';
import { writeCsv } from './csv.ts';

type Row = Readonly<Record<string, number | string>>;

/** Draws of one table. */
interface Chance {
  uniform(): number;
  normal(): number;
  below(limit: number): number;
  holds(share: number): boolean;
  /** A position among weights. */
  pick(weights: readonly number[]): number;
}

function chanceOf(seed: number, name: string): Chance {
  const uniform = sequence(seed, name);
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    below: (limit) => Math.floor(uniform() * limit),
    holds: (share) => uniform() < share,
    pick: (weights) => {
      let at = uniform() * weights.reduce((sum, weight) => sum + weight, 0);
      return Math.max(
        0,
        weights.findIndex((weight) => {
          at -= weight;
          return at < 0;
        }),
      );
    },
  };
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
const round = (x: number, step: number): number => Math.round(Math.round(x / step) * step * 1e6) / 1e6;

/** Six months of bills and payments: each bill follows the one before, and many are nothing. */
function credit({ uniform, normal, below, holds, pick }: Chance): Row {
  const wealth = normal();
  const limit = Math.max(1, Math.round(Math.exp(2.4 + 0.75 * wealth + 0.3 * normal()))) * 10_000;
  const age = Math.round(21 + 55 * uniform() ** 1.8);
  const school = pick([0.35 + 0.1 * wealth, 0.47, 0.16, 0.02].map((w) => Math.max(0.01, w)));
  const married = pick([logistic((age - 36) / 5), 1 - logistic((age - 36) / 5), 0.012]);
  const thrift = normal();
  const sleeps = holds(0.13);
  const used = logistic(-0.8 - 0.9 * thrift + 0.7 * normal());
  let late = holds(logistic(-1.6 - 0.5 * wealth - 0.5 * thrift)) ? 1 + pick([5, 3, 1]) : -pick([5, 3, 2]);
  let bill = sleeps ? 0 : Math.round(limit * used);
  const row: Record<string, number | string> = { limit, sex: holds(0.6) ? 'female' : 'male' };
  row.school = ['graduate', 'university', 'high school', 'other'][school] ?? '';
  row.married = ['married', 'single', 'other'][married] ?? '';
  row.age = age;
  let lateness = 0;
  for (let month = 1; month <= 6; month++) {
    const pays = sleeps || holds(0.17) ? 0 : holds(0.2) ? bill : Math.round(bill * (0.03 + 0.1 * uniform() ** 2));
    const paid = pays > 1000 && holds(0.3) ? round(pays, 1000) : pays;
    row[`late_${month}`] = sleeps ? -2 : late;
    row[`bill_${month}`] = bill;
    row[`paid_${month}`] = paid;
    lateness += Math.max(0, late);
    const spent = sleeps ? 0 : holds(0.3) ? 0 : Math.round(limit * 0.06 * Math.exp(normal()));
    bill = Math.min(Math.round(limit * 1.1), Math.max(holds(0.02) ? -below(3000) : 0, bill - paid + spent));
    late = paid < 0.02 * bill ? Math.min(8, Math.max(0, late) + 1) : late > 0 && holds(0.6) ? late : -pick([5, 3, 2]);
  }
  row.defaulted = holds(logistic(-2.4 + 0.33 * lateness - 0.35 * wealth + 0.01 * Math.abs(age - 38))) ? 'yes' : 'no';
  return row;
}

/** A day at a station: least, mean and greatest temperature, dew point from humidity, two pressures, gusts above the wind. */
function weather({ uniform, normal, holds, pick }: Chance): Row {
  const station = pick([5, 4, 4, 3, 3, 2, 2, 1, 1, 1]);
  const height = [12, 43, 160, 310, 520, 60, 830, 5, 1240, 95][station] ?? 0;
  const day = Math.floor(uniform() * 365);
  const season = -Math.cos((2 * Math.PI * (day - 15)) / 365);
  const front = normal();
  const cloud = Math.round(8 * logistic(0.9 * front - 0.4 * season + 0.9 * normal()));
  const mean = 11 - 0.0062 * height + 9 * season + 2.5 * normal() - 0.8 * front;
  const spread = Math.max(0.6, 9.5 - 0.75 * cloud + 1.6 * normal());
  const humidity = Math.min(100, Math.max(15, 72 + 2.6 * cloud - 8 * season + 3 * front + 7 * normal()));
  const gamma = Math.log(humidity / 100) + (17.62 * mean) / (243.12 + mean);
  const sea = 1015 - 5.5 * front + 4 * normal();
  const wind = holds(0.08) ? 0 : Math.max(0.1, 3.2 * Math.exp(0.25 * front + 0.45 * normal()));
  const wet = logistic(-2.2 + 0.45 * cloud + 0.7 * front);
  const rain = holds(wet) ? Math.exp(0.4 + 0.5 * front + 1.1 * normal()) : 0;
  const sun = Math.max(0, (9 + 3.2 * season) * (1 - cloud / 8.5) + 0.5 * normal());
  const next = logistic(-3 + 0.25 * cloud + 0.04 * (humidity - 70) + 0.9 * front - 0.03 * (sea - 1015) + 0.3 * season);
  return {
    station: `S${station}`,
    month: String(1 + Math.floor(day / 30.5)),
    least: round(mean - spread * (0.45 + 0.05 * normal()), 0.1),
    mean: round(mean, 0.1),
    greatest: round(mean + spread * (0.55 + 0.05 * normal()), 0.1),
    humidity: round(humidity, 1),
    dew: round((243.12 * gamma) / (17.62 - gamma), 0.1),
    pressure: round(sea * (1 - (0.0065 * height) / (288.15 + mean - 15)) ** 5.257, 0.1),
    sea: round(sea, 0.1),
    wind: round(wind, 0.1),
    gust: round(wind * (1.3 + 0.4 * uniform()) + (wind > 0 ? 0.5 * uniform() : 0), 0.1),
    from: wind === 0 ? 'calm' : (['N', 'NE', 'E', 'SE', 'S', 'SW', 'W', 'NW'][pick([1, 1, 2, 1, 2, 4, 3, 2])] ?? ''),
    cloud,
    rain: round(rain, 0.1),
    sun: round(sun, 0.1),
    wet_next: holds(next) ? 'yes' : 'no',
  };
}

/** Two particles and what is computed of them; the class is whether they come from one heavier one. */
function physics({ uniform, normal, holds }: Chance): Row {
  const signal = holds(0.4);
  const angle = 2 * Math.PI * uniform();
  const own = signal ? 45 * Math.exp(0.28 * normal()) : 32 * Math.exp(0.5 * normal());
  const other = signal ? own * Math.exp(0.25 * normal()) : 30 * Math.exp(0.5 * normal());
  const turn = angle + (signal ? Math.PI + 0.45 * normal() : 2 * Math.PI * uniform());
  const [rise, fall] = [1.1 * normal(), 1.2 * normal()];
  const mass = Math.sqrt(Math.max(0, 2 * own * other * (Math.cosh(rise - fall) - Math.cos(turn - angle))));
  const wrap = (x: number): number => x - 2 * Math.PI * Math.round(x / (2 * Math.PI));
  return {
    own,
    own_angle: wrap(angle),
    own_rise: rise,
    other,
    other_angle: wrap(turn),
    other_rise: fall,
    mass: mass * (1 + 0.01 * normal()),
    balance: (own - other) / (own + other),
    jets: Math.min(6, Math.floor(-Math.log(1 - uniform()) * (signal ? 0.8 : 1.3))),
    missing: Math.hypot(own * Math.cos(angle) + other * Math.cos(turn), own * Math.sin(angle) + other * Math.sin(turn)),
    from_one: signal ? 'yes' : 'no',
  };
}

/** Columns of a few hidden causes: a third smooth, a third with a heap of zeros, a third categories. */
function wide(columns: number): (chance: Chance) => Row {
  return ({ normal, holds }) => {
    const causes = Array.from({ length: 6 }, normal);
    const row: Record<string, number | string> = {};
    let sum = 0;
    for (let c = 0; c < columns - 1; c++) {
      const value = (causes[c % 6] ?? 0) + 0.6 * (causes[(c * 7 + 1) % 6] ?? 0) + 0.7 * normal();
      if (c % 9 === 0) sum += value;
      if (c % 3 === 0) row[`x${c}`] = round(value, 0.001);
      else if (c % 3 === 1) row[`x${c}`] = value < 0 ? 0 : round(Math.expm1(value), 0.01);
      else row[`x${c}`] = `l${Math.max(0, Math.min(5, Math.round(value + 2.5)))}`;
    }
    row.target = holds(logistic((3 * sum) / columns - 1 + (causes[0] ?? 0) * (causes[1] ?? 0))) ? 'yes' : 'no';
    return row;
  };
}

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: '.' },
    seed: { type: 'string', default: '1' },
    columns: { type: 'string', default: '100' },
  },
});
const tables: readonly (readonly [name: string, train: number, test: number, row: (chance: Chance) => Row])[] = [
  ['credit', 27_000, 9000, credit],
  ['weather', 20_000, 10_000, weather],
  ['physics', 17_000, 8000, physics],
  ['wide', 20_000, 8000, wide(Number(values.columns))],
];
mkdirSync(values.out, { recursive: true });
const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();
for (const [name, train, test, rowOf] of tables) {
  const chance = chanceOf(Number(values.seed), name);
  for (const [part, count] of [
    ['train', train],
    ['test', test],
  ] as const) {
    const path = join(values.out, `${name}_${part}`);
    const rows = Array.from({ length: count }, () => rowOf(chance));
    writeCsv(`${path}.csv`, { rowCount: count, columns: columnsOf(rows) });
    const literal = path.replaceAll("'", "''");
    await connection.run(
      `copy (from read_csv('${literal}.csv', sample_size = -1, all_varchar = false)) to '${literal}.parquet' (format parquet)`,
    );
    rmSync(`${path}.csv`);
  }
}
connection.closeSync();
instance.closeSync();

function columnsOf(rows: readonly Row[]): Map<string, ColumnVector> {
  return new Map(
    Object.entries(rows[0] ?? {}).map(([name, first]): [string, ColumnVector] => [
      name,
      typeof first === 'number'
        ? { kind: 'number', values: Float64Array.from(rows, (row) => Number(row[name])) }
        : { kind: 'text', values: rows.map((row) => String(row[name])) },
    ]),
  );
}

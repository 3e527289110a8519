// The people that failures are planted among: customers of a telephone company and their orders, drawn with a seed.
import type { ColumnBatch, ColumnVector } from '../../core/batch.ts';
import { sequence } from '../../core/random.ts';
import type { ColumnSchema } from '../../core/schema.ts';

type Value = number | string | boolean | null;
type Person = Readonly<Record<string, Value>>;

/** Days since 1970-01-01: the company's first day and the day of the extract. */
const firstDay = 19_000;
const lastDay = 20_095;
/** The day after which a campaign brought many customers. */
export const lastMonth: number = lastDay - 30;

const text = (name: string, nullable = false): ColumnSchema => ({
  name,
  sqlType: 'VARCHAR',
  type: { kind: 'text' },
  nullable,
});
const integer = (name: string): ColumnSchema => ({
  name,
  sqlType: 'INTEGER',
  type: { kind: 'integer', bits: 32, signed: true },
  nullable: false,
});
const double = (name: string, nullable = false): ColumnSchema => ({
  name,
  sqlType: 'DOUBLE',
  type: { kind: 'float', bits: 64 },
  nullable,
});
const date = (name: string): ColumnSchema => ({ name, sqlType: 'DATE', type: { kind: 'date' }, nullable: false });

export const customerColumns: readonly ColumnSchema[] = [
  integer('id'),
  text('email'),
  text('sex'),
  text('origin'),
  text('region'),
  integer('age'),
  double('income', true),
  double('usage'),
  double('debt'),
  date('joined'),
  text('plan'),
  text('referrer', true),
  { name: 'churned', sqlType: 'BOOLEAN', type: { kind: 'boolean' }, nullable: false },
];

export const orderColumns: readonly ColumnSchema[] = [
  integer('id'),
  integer('customer_id'),
  date('placed'),
  double('amount'),
  text('channel'),
  integer('quantity'),
];

export interface Population {
  readonly customers: ColumnBatch;
  readonly orders: ColumnBatch;
}

/**
 * `count` customers with ids from `firstId`, and their orders. Every end of a number or date is a value that many share
 * (a floor, a cap, the first day), and every category has enough people, so that a fresh draw breaks no promise of privacy.
 */
export function draw(seed: number, part: string, count: number, firstId: number): Population {
  const next = sequence(seed, `population ${part}`);
  const customers = Array.from({ length: count }, (_, i) => customer(next, firstId + i));
  const orders = customers.flatMap((person) => ordersOf(next, person));
  return {
    customers: batch(customerColumns, customers),
    orders: batch(
      orderColumns,
      orders.map((order, i) => ({ ...order, id: 10 * firstId + i })),
    ),
  };
}

type Draw = () => number;

function customer(next: Draw, id: number): Person {
  const origin = pick(next, { native: 0.76, eu: 0.13, overseas: 0.11 });
  const sex = next() < 0.5 ? 'f' : 'm';
  const region = pick(next, {
    north: 0.24,
    south: origin === 'native' ? 0.24 : 0.12,
    east: 0.15,
    west: 0.12,
    centre: origin === 'native' ? 0.1 : 0.22,
    coast: 0.08,
    hills: 0.05,
    islands: 0.01,
    enclave: 0.01,
  });
  const age = clip(Math.round(45 + 17 * normal(next)), 18, 85);
  const wealth = 10.2 + 0.018 * (age - 18) + (region === 'centre' ? 0.25 : 0) + 0.6 * normal(next);
  const income = next() < 0.05 ? 0 : clip(Math.round(Math.exp(wealth) / 10) * 10, 0, 200_000);
  const usage = clip(Math.round(10 * (55 - 0.35 * age + 17 * normal(next))) / 10, 0, 85);
  const debt = next() < 0.7 ? 0 : clip(Math.round(Math.exp(7.5 + 0.9 * normal(next))), 0, 8_000);
  // Many join on the first day, and many in the campaign of the last month.
  const since = next() < 0.15 ? lastMonth : firstDay;
  const joined = next() < 0.02 ? firstDay : Math.floor(since + (lastDay - since) * Math.sqrt(next()));
  const rich = income > 60_000;
  const plan = pick(next, { basic: rich ? 0.25 : 0.6, plus: 0.3, gold: rich ? 0.45 : 0.1 });
  const referrer = next() < 0.3 ? null : pick(next, { friend: 0.5, advert: 0.3, shop: 0.2 });
  const risk = -1.8 + 0.085 * (40 - usage) + (plan === 'gold' ? -0.9 : 0.3) + (debt > 3000 ? 1.1 : 0);
  const churned = next() < 1 / (1 + Math.exp(-risk));
  const email = `c${Math.floor(next() * 1e9)}@${id}.example.org`;
  const known = { id, email, sex, origin, region, age, income: next() < 0.1 ? null : income };
  return { ...known, usage, debt, joined: next() < 0.02 ? lastDay : joined, plan, referrer, churned };
}

function ordersOf(next: Draw, person: Person): readonly Person[] {
  const orders: Person[] = [];
  const { id: customer_id = null, plan, income } = person;
  let placed = Number(person.joined);
  const more = plan === 'gold' ? 0.75 : 0.55;
  while (next() < more && orders.length < 12) {
    const channel = pick(next, { web: plan === 'gold' ? 0.7 : 0.4, shop: 0.35, phone: 0.25 });
    const quantity = next() < 0.6 ? 1 : next() < 0.7 ? 2 : 3;
    const base = 3 + (Number(income ?? 0) > 60_000 ? 0.6 : 0) + 0.8 * normal(next);
    const amount = clip(Math.round(20 * quantity * Math.exp(base)) / 20, 5, 500);
    orders.push({ customer_id, placed: Math.min(lastDay, placed), amount, channel, quantity });
    placed += Math.floor(-60 * Math.log(1 - next()));
  }
  return orders;
}

function normal(next: Draw): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

function clip(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** One of the names, by their weights. */
function pick(next: Draw, weights: Readonly<Record<string, number>>): string {
  const names = Object.keys(weights);
  let left = next() * Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  for (const name of names) {
    left -= weights[name] ?? 0;
    if (left < 0) return name;
  }
  return names.at(-1) ?? '';
}

function batch(columns: readonly ColumnSchema[], rows: readonly Person[]): ColumnBatch {
  return { rowCount: rows.length, columns: new Map(columns.map((column) => [column.name, vector(column, rows)])) };
}

function vector({ name, type }: ColumnSchema, rows: readonly Person[]): ColumnVector {
  const valid = Uint8Array.from(rows, (row) => (row[name] === null ? 0 : 1));
  if (type.kind === 'float') {
    return { kind: 'number', values: Float64Array.from(rows, (row) => Number(row[name])), valid };
  }
  if (type.kind === 'integer' || type.kind === 'date') {
    return { kind: 'integer', values: BigInt64Array.from(rows, (row) => BigInt(Number(row[name] ?? 0))), valid };
  }
  const labels = [...new Set(rows.map((row) => String(row[name] ?? '')))].sort();
  if (type.kind === 'boolean') labels.splice(0, labels.length, 'false', 'true');
  const codes = new Map(labels.map((label, code) => [label, code]));
  return {
    kind: 'category',
    codes: Uint32Array.from(rows, (row) => codes.get(String(row[name] ?? '')) ?? 0),
    labels,
    valid,
  };
}

// The time of events as what it is measured from: the event before, or a time of the owner. Pure.
import { type ColumnBatch, type ColumnVector, isNull, takeRows } from '../../batch.ts';
import type { ColumnSchema, ColumnType } from '../../schema.ts';
import { vectorOf } from '../buckets.ts';
import { countColumn, elderContext, GAP, ownerContext, POSITION, SIBLINGS, START } from '../names.ts';
import type { Scale, TimeFit } from './types.ts';

/** With so few different times, each has a code of its own, and calendars with holes in them are learnt as they are. */
const fewTimes = 128;
/** A time of the owner is measured from when it narrows the middle half of first events to this share. */
const narrowing = 0.6;

/** Everything of a {@link TimeFit} but what a generator learns, and the rows that it learns from. */
export interface TimePlan extends Omit<TimeFit, 'start' | 'gap'> {
  /** Rows that are their owner's first, and their {@link START}. */
  readonly first: { readonly rows: Uint32Array; readonly column: ColumnSchema; readonly values: ColumnVector };
  /** All others, and their {@link GAP}. */
  readonly later: { readonly rows: Uint32Array; readonly column: ColumnSchema; readonly values: ColumnVector };
}

/**
 * How the time of events is to be learnt; undefined when it is no time, has gaps, or has so few values that each is learnt
 * as it is.
 * @param rows with the time, its elder sibling's, the position and the owner's columns
 */
export function planTime(
  time: ColumnSchema,
  owner: readonly ColumnSchema[],
  rows: ColumnBatch,
  k: number,
): TimePlan | undefined {
  const vector = vectorOf(rows, time.name);
  if (!isWhole(time.type) || vector.kind !== 'integer') return undefined;
  const position = vectorOf(rows, POSITION);
  const elder = vectorOf(rows, elderContext(time.name));
  if (position.kind !== 'integer' || elder.kind !== 'integer') return undefined;
  const first: number[] = [];
  const later: number[] = [];
  for (let row = 0; row < rows.rowCount; row++) {
    if (isNull(vector, row)) return undefined;
    if (position.values[row] === 1n) first.push(row);
    else later.push(row);
  }
  if (first.length < 2 * k || later.length < 2 * k) return undefined;
  if (new Set(vector.values).size <= fewTimes) return undefined;
  const firstRows = Uint32Array.from(first);
  const laterRows = Uint32Array.from(later);
  const base = chooseBase(time, vector, owner, rows, firstRows);
  const starts =
    base === undefined
      ? takeRows(vector, firstRows)
      : differences(vector, scaled(vectorOf(rows, ownerContext(base.column)), base.scale), firstRows);
  const siblings = vectorOf(rows, SIBLINGS);
  const last = Uint32Array.from(vector.values.keys()).filter(
    (row) => siblings.kind === 'integer' && siblings.values[row] === position.values[row],
  );
  // One time an owner: an owner with many events is one of the k.
  const [earliest, latest] = [firstRows, last].map((some) =>
    BigInt64Array.from(some, (row) => vector.values[row] as bigint).sort(),
  );
  return {
    column: time.name,
    ...(base && { base }),
    low: earliest?.[Math.min(k, earliest.length) - 1] ?? 0n,
    high: latest?.[Math.max(0, latest.length - k)] ?? 0n,
    first: { rows: firstRows, column: countColumn(START, true), values: starts },
    later: { rows: laterRows, column: countColumn(GAP, false), values: differences(vector, elder, laterRows) },
  };
}

/** The times of events; NULL bases are those of owners without such a time: there the time is the calendar's middle. */
export function placeTimes(
  time: Pick<TimeFit, 'low' | 'high'>,
  from: ColumnVector | undefined,
  distances: ColumnVector,
): ColumnVector {
  if (distances.kind !== 'integer' || (from !== undefined && from.kind !== 'integer')) {
    throw new Error('A time is no whole number.');
  }
  const values = new BigInt64Array(distances.values.length);
  for (let row = 0; row < values.length; row++) {
    const known = !isNull(distances, row) && (from === undefined || !isNull(from, row));
    const value = known ? (from?.values[row] ?? 0n) + (distances.values[row] as bigint) : (time.low + time.high) / 2n;
    values[row] = value < time.low ? time.low : value > time.high ? time.high : value;
  }
  return { kind: 'integer', values };
}

/** A time of the owner in the unit of the events'. */
export function scaled(vector: ColumnVector, { times, over }: Scale): ColumnVector {
  if (vector.kind !== 'integer' || (times === 1n && over === 1n)) return vector;
  return { ...vector, values: vector.values.map((value) => floorOver(value * times, over)) };
}

/** The gaps between times, as a generator draws them. */
export function gapsOf(times: ColumnVector, elders: ColumnVector): ColumnVector {
  return differences(times, elders, undefined);
}

function differences(times: ColumnVector, from: ColumnVector, rows: Uint32Array | undefined): ColumnVector {
  if (times.kind !== 'integer' || from.kind !== 'integer') throw new Error('A time is no whole number.');
  const count = rows?.length ?? times.values.length;
  const values = new BigInt64Array(count);
  const valid = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const row = rows === undefined ? i : (rows[i] as number);
    if (isNull(times, row) || isNull(from, row)) continue;
    values[i] = (times.values[row] as bigint) - (from.values[row] as bigint);
    valid[i] = 1;
  }
  return { kind: 'integer', values, valid };
}

/** The owner's time from which first events lie most alike. */
function chooseBase(
  time: ColumnSchema,
  vector: ColumnVector,
  owner: readonly ColumnSchema[],
  rows: ColumnBatch,
  first: Uint32Array,
): TimeFit['base'] | undefined {
  const all = spreadOf(takeRows(vector, first));
  let best: { readonly base: NonNullable<TimeFit['base']>; readonly spread: number } | undefined;
  for (const { name, type } of owner) {
    const scale = scaleOf(type, time.type);
    const from = scale === undefined ? undefined : scaled(vectorOf(rows, ownerContext(name)), scale);
    if (scale === undefined || from?.kind !== 'integer') continue;
    // An owner without that time has no first event to measure from it.
    if (first.some((row) => isNull(from, row))) continue;
    const spread = spreadOf(differences(vector, from, first));
    if (spread < narrowing * all && (best === undefined || spread < best.spread)) {
      best = { base: { column: name, scale }, spread };
    }
  }
  return best?.base;
}

/** The distance of the quartiles. */
function spreadOf(vector: ColumnVector): number {
  if (vector.kind !== 'integer') return 0;
  const sorted = vector.values.slice().sort();
  const at = (share: number): number => Number(sorted[Math.floor(share * (sorted.length - 1))] ?? 0n);
  return at(0.75) - at(0.25);
}

function isWhole({ kind }: ColumnType): boolean {
  return kind === 'integer' || kind === 'date' || kind === 'timestamp';
}

function scaleOf(from: ColumnType, to: ColumnType): Scale | undefined {
  if (from.kind === 'timestamp' && to.kind === 'timestamp') {
    return from.unit === to.unit ? { times: 1n, over: 1n } : undefined;
  }
  if (from.kind === to.kind) return isWhole(from) ? { times: 1n, over: 1n } : undefined;
  if (from.kind === 'date' && to.kind === 'timestamp') return { times: unitsPerDay(to.unit), over: 1n };
  if (from.kind === 'timestamp' && to.kind === 'date') return { times: 1n, over: unitsPerDay(from.unit) };
  return undefined;
}

function unitsPerDay(unit: 's' | 'ms' | 'us' | 'ns'): bigint {
  return 86_400n * { s: 1n, ms: 1000n, us: 1_000_000n, ns: 1_000_000_000n }[unit];
}

function floorOver(value: bigint, over: bigint): bigint {
  const whole = value / over;
  return value % over < 0n ? whole - 1n : whole;
}

/** Times of which none is before its elder sibling's. */
export function notBefore(times: ColumnVector, elders: ColumnVector): ColumnVector {
  if (times.kind !== 'integer' || elders.kind !== 'integer') return times;
  return {
    ...times,
    values: times.values.map((value, row) => {
      const elder = elders.values[row] as bigint;
      return !isNull(elders, row) && elder > value ? elder : value;
    }),
  };
}

// Column vectors as the numbers that a coder sees: whole, or the day and the time of day of a timestamp.
import { type ColumnVector, integersToDoubles } from '../../core/batch.ts';
import { SynthError } from '../../core/errors.ts';
import { infinitiesOf } from '../../core/infinity.ts';
import type { ColumnType } from '../../core/schema.ts';
import type { Numbers } from './number.ts';
import type { CodePart } from './types.ts';

/** Units of a day in a timestamp; undefined for other types. */
export function dayLength(type: ColumnType): number | undefined {
  return type.kind === 'timestamp' ? 86_400 * { s: 1, ms: 1e3, us: 1e6, ns: 1e9 }[type.unit] : undefined;
}

export function numbersOfPart(vector: ColumnVector, type: ColumnType, part: CodePart['part']): Numbers {
  const unitsPerDay = dayLength(type);
  if (part === 'whole' || vector.kind !== 'integer' || unitsPerDay === undefined) return asNumbers(vector, type);
  return splitDays(vector, type, unitsPerDay)[part];
}

export function asNumbers(vector: ColumnVector, type: ColumnType): Numbers {
  if (vector.kind === 'number') {
    const single = type.kind === 'float' && type.bits === 32;
    return {
      values: vector.values,
      origin: 0n,
      single,
      ...(vector.valid === undefined ? {} : { valid: vector.valid }),
    };
  }
  if (vector.kind !== 'integer') {
    throw new SynthError('fit.column-kind', 'A column changed its kind between fitting and sampling.', {
      hint: 'Fit the table again.',
    });
  }
  const infinities = infinitiesOf(vector, type);
  if (infinities !== undefined) {
    return withInfinities(asNumbers(finitePart(vector, infinities), type), vector.valid, infinities);
  }
  const { values, valid } = vector;
  const nulls = valid === undefined ? {} : { valid };
  const doubles = integersToDoubles(values);
  const isSafe = doubles.every((value, i) => Math.abs(value) <= Number.MAX_SAFE_INTEGER || valid?.[i] === 0);
  if (isSafe) return { values: doubles, origin: 0n, ...nulls };
  let origin: bigint | undefined;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as bigint;
    if (valid?.[i] !== 0 && (origin === undefined || value < origin)) origin = value;
  }
  const base = origin ?? 0n;
  const relative = Float64Array.from(values, (value) => Number(value - base));
  const isExact = relative.every((value, i) => value <= Number.MAX_SAFE_INTEGER || valid?.[i] === 0);
  return { values: relative, origin: base, ...nulls, ...(isExact ? {} : { exact: values }) };
}

type Integers = ColumnVector & { kind: 'integer' };

/** The vector with its infinite entries NULL: they would move the origin of the others, and have no day. */
function finitePart(vector: Integers, infinities: Float64Array): Integers {
  return {
    kind: 'integer',
    values: vector.values.map((value, i) => (infinities[i] === 0 ? value : 0n)),
    valid: Uint8Array.from(infinities, (infinity, i) => (infinity !== 0 || vector.valid?.[i] === 0 ? 0 : 1)),
  };
}

function withInfinities(finite: Numbers, valid: Uint8Array | undefined, infinities: Float64Array): Numbers {
  const { valid: _, ...rest } = finite;
  const values = finite.values.map((value, i) => infinities[i] || value);
  return { ...rest, values, ...(valid === undefined ? {} : { valid }) };
}

/** Days and times of day; an infinite day has no time of day, as a day that is NULL has none. */
export function splitDays(vector: Integers, type: ColumnType, unitsPerDay: number): { day: Numbers; time: Numbers } {
  const infinities = infinitiesOf(vector, type);
  if (infinities !== undefined) {
    const { day, time } = splitDays(finitePart(vector, infinities), type, unitsPerDay);
    return { day: withInfinities(day, vector.valid, infinities), time };
  }
  const days = new Float64Array(vector.values.length);
  const times = new Float64Array(vector.values.length);
  const doubles = integersToDoubles(vector.values);
  const perDay = BigInt(unitsPerDay);
  for (let i = 0; i < days.length; i++) {
    const value = doubles[i] as number;
    if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) {
      days[i] = Math.floor(value / unitsPerDay);
      times[i] = value - (days[i] as number) * unitsPerDay;
    } else {
      const exact = vector.values[i] as bigint;
      const time = ((exact % perDay) + perDay) % perDay;
      times[i] = Number(time);
      days[i] = Number((exact - time) / perDay);
    }
  }
  const nulls = vector.valid === undefined ? {} : { valid: vector.valid };
  return { day: { values: days, origin: 0n, ...nulls }, time: { values: times, origin: 0n, ...nulls } };
}

/** True when values differ, or the only one is not 0. */
export function varies({ values, valid }: Numbers): boolean {
  let first: number | undefined;
  for (let i = 0; i < values.length; i++) {
    if (valid?.[i] === 0) continue;
    first ??= values[i] as number;
    if (values[i] !== first) return true;
  }
  return first !== undefined && first !== 0;
}

/** The time of day of rows that have a day: whether it is NULL is said by the day. */
export function withoutNulls({ values, valid, origin }: Numbers): Numbers {
  return { values: valid === undefined ? values : values.filter((_, i) => valid[i] !== 0), origin };
}

// Source columns as code columns: which coder a type gets, and how a timestamp parts into a day and a time of day.
import { type ColumnBatch, type ColumnVector, doublesToIntegers, integersToDoubles } from '../../core/batch.ts';
import { SynthError } from '../../core/errors.ts';
import { infinitiesOf, infinityOf } from '../../core/infinity.ts';
import type { ColumnSchema, ColumnType } from '../../core/schema.ts';
import { decodeCategory, encodeCategory, learnCategory } from './category.ts';
import { type CodeOptions, decodeNumber, encodeNumber, learnNumber } from './number.ts';
import { asNumbers, dayLength, numbersOfPart, splitDays, varies, withoutNulls } from './numbers-of.ts';
import type { Codes, ColumnCodes } from './types.ts';

/**
 * Learns how to code columns.
 * @throws SynthError `fit.all-rare`, naming the columns of which nothing may be kept, all of them
 */
export function learnColumns(
  columns: readonly ColumnSchema[],
  rows: ColumnBatch,
  options: CodeOptions,
  publicLevels?: ReadonlyMap<string, readonly string[]>,
): ColumnCodes[] {
  const learnt = columns.map((schema) =>
    learnColumn(schema, columnOf(rows, schema.name), options, publicLevels?.get(schema.name)),
  );
  const rare = columns.filter((_, i) => learnt[i] === undefined).map(({ name }) => `column "${name}"`);
  if (rare.length > 0) {
    throw new SynthError('fit.all-rare', `No value of ${rare.join(' and ')} is shared by enough rows to be learnt.`, {
      hint: `Leave it out with omit(), empty it with nulls(), make it with fake(), or lower k (now ${options.k}).`,
    });
  }
  return learnt.filter((codes) => codes !== undefined);
}

/** Undefined when nothing in the column may be kept. */
function learnColumn(
  schema: ColumnSchema,
  vector: ColumnVector,
  options: CodeOptions,
  publicLevels: readonly string[] | undefined,
): ColumnCodes | undefined {
  const whole = (codes: Codes | undefined): ColumnCodes | undefined =>
    codes && { name: schema.name, type: schema.type, parts: [{ name: schema.name, part: 'whole', codes }] };
  if (vector.kind === 'category' || vector.kind === 'text') {
    return whole(learnCategory(vector, options.k, publicLevels));
  }
  const unitsPerDay = dayLength(schema.type);
  if (vector.kind === 'integer' && unitsPerDay !== undefined) {
    const { day, time } = splitDays(vector, schema.type, unitsPerDay);
    if (varies(time)) {
      const days = learnNumber(day, options);
      const times = learnNumber(withoutNulls(time), options);
      // Where no time of day may be learnt, the column as a whole may still be NULL or infinite often enough.
      if (days !== undefined && times !== undefined && times.codeStarts.length > 1) {
        const parts = [
          { name: `${schema.name} day`, part: 'day' as const, codes: days },
          { name: `${schema.name} time`, part: 'time' as const, codes: times },
        ];
        return { name: schema.name, type: schema.type, parts, limits: limitsOf(vector, schema.type, options.k) };
      }
    }
  }
  return whole(learnNumber(asNumbers(vector, schema.type), options));
}

/** The code columns of a vector, one per part. */
export function encodeColumn(vector: ColumnVector, column: ColumnCodes): Uint16Array[] {
  const rows = vector.kind === 'category' ? vector.codes.length : vector.values.length;
  return column.parts.map(({ part, codes }) => {
    const into = new Uint16Array(rows);
    if (codes.kind === 'category') encodeCategory(vector, codes, into);
    else encodeNumber(numbersOfPart(vector, column.type, part), codes, into);
    return into;
  });
}

/** The vector of code columns. `uniforms` has one column of draws per part. */
export function decodeColumn(
  codeColumns: readonly Uint16Array[],
  column: ColumnCodes,
  uniforms: readonly Float64Array[],
): ColumnVector {
  const decoded = column.parts.map((part, i) => {
    const codes = codeColumns[i] ?? new Uint16Array(0);
    const draws = uniforms[i] ?? new Float64Array(codes.length);
    return part.codes.kind === 'category'
      ? { vector: decodeCategory(codes, part.codes, draws) }
      : { numbers: decodeNumber(codes, part.codes, draws), codes: part.codes };
  });
  const [only, time] = decoded;
  if (only === undefined)
    throw new SynthError('fit.no-part', 'A fit has a column without codes.', { kind: 'unexpected' });
  if (only.vector !== undefined) return only.vector;
  const { values, valid, exact, isExact } = only.numbers;
  const nulls = valid.includes(0) ? { valid } : {};
  const { type } = column;
  if (type.kind === 'float' || type.kind === 'wide') {
    return {
      kind: 'number',
      values: type.kind === 'float' && type.bits === 32 ? values.map(Math.fround) : values,
      ...nulls,
    };
  }
  const integers = addOrigin(finiteOrZero(values), only.codes.grid.origin);
  if (exact !== undefined && isExact !== undefined) {
    for (let i = 0; i < isExact.length; i++) if (isExact[i] === 1) integers[i] = exact[i] as bigint;
  }
  if (time?.numbers !== undefined) {
    joinDays(integers, time.numbers.values, BigInt(dayLength(type) ?? 1));
    if (column.limits !== undefined) clamp(integers, column.limits);
  }
  setInfinities(integers, values, type);
  return { kind: 'integer', values: integers, ...nulls };
}

function finiteOrZero(values: Float64Array): Float64Array {
  return values.every((value) => value - value === 0)
    ? values
    : values.map((value) => (value - value === 0 ? value : 0));
}

function setInfinities(integers: BigInt64Array, values: Float64Array, type: ColumnType): void {
  const infinity = infinityOf(type);
  if (infinity === undefined) return;
  for (let i = 0; i < values.length; i++) {
    if (values[i] === Number.POSITIVE_INFINITY) integers[i] = infinity;
    else if (values[i] === Number.NEGATIVE_INFINITY) integers[i] = -infinity;
  }
}

function addOrigin(values: Float64Array, origin: bigint): BigInt64Array {
  const integers = doublesToIntegers(values);
  if (origin === 0n) return integers;
  return integers.map((value) => BigInt.asIntN(64, value + origin));
}

function joinDays(days: BigInt64Array, times: Float64Array, unitsPerDay: bigint): void {
  // Days and times of day are small: doubles hold them unless the unit is so fine that their sum is not.
  const perDay = Number(unitsPerDay);
  const dayNumbers = integersToDoubles(days);
  const sums = dayNumbers.map((day, i) => day * perDay + (times[i] as number));
  if (sums.every((sum) => Math.abs(sum) < Number.MAX_SAFE_INTEGER)) days.set(doublesToIntegers(sums));
  else for (let i = 0; i < days.length; i++) days[i] = (days[i] as bigint) * unitsPerDay + BigInt(times[i] as number);
}

/** The k-th smallest and largest finite value, counting repeats; of fewer than 2k values the middle one twice. */
function limitsOf(
  vector: ColumnVector & { kind: 'integer' },
  type: ColumnType,
  k: number,
): { low: bigint; high: bigint } {
  const infinities = infinitiesOf(vector, type);
  const sorted = vector.values.filter((_, i) => vector.valid?.[i] !== 0 && !infinities?.[i]).sort();
  const middle = Math.floor((sorted.length - 1) / 2);
  const at = Math.min(k - 1, middle);
  return { low: sorted[at] ?? 0n, high: sorted[Math.max(sorted.length - k, middle)] ?? 0n };
}

function clamp(values: BigInt64Array, { low, high }: { readonly low: bigint; readonly high: bigint }): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as bigint;
    if (value < low) values[i] = low;
    else if (value > high) values[i] = high;
  }
}

/** The vector of a column in a batch; throws when it is not there. */
export function columnOf(batch: ColumnBatch, name: string): ColumnVector {
  const vector = batch.columns.get(name);
  if (vector !== undefined) return vector;
  throw new SynthError('fit.column-absent', `Column "${name}" is not among the rows.`, { kind: 'unexpected' });
}

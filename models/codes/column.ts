// Source columns as code columns: which coder a type gets, and how a timestamp parts into a day and a time of day.
import { type ColumnBatch, type ColumnVector, doublesToIntegers, integersToDoubles } from '../../core/batch.ts';
import { SynthError } from '../../core/errors.ts';
import type { ColumnSchema, ColumnType } from '../../core/schema.ts';
import { decodeCategory, encodeCategory, learnCategory } from './category.ts';
import { type CodeOptions, decodeNumber, encodeNumber, learnNumber, type Numbers } from './number.ts';
import type { CodePart, Codes, ColumnCodes } from './types.ts';

/** Learns how to code a column. Throws `fit.all-rare` when nothing in it may be kept. */
export function learnColumn(
  schema: ColumnSchema,
  vector: ColumnVector,
  options: CodeOptions,
  publicLevels?: readonly string[],
): ColumnCodes {
  const whole = (codes: Codes | undefined): CodePart => ({
    name: schema.name,
    part: 'whole',
    codes: keep(codes, schema, options),
  });
  if (vector.kind === 'category' || vector.kind === 'text') {
    return { name: schema.name, type: schema.type, parts: [whole(learnCategory(vector, options.k, publicLevels))] };
  }
  const unitsPerDay = dayLength(schema.type);
  if (vector.kind === 'integer' && unitsPerDay !== undefined) {
    const { day, time } = splitDays(vector, unitsPerDay);
    if (varies(time)) {
      const parts = [
        { name: `${schema.name} day`, part: 'day' as const, codes: keep(learnNumber(day, options), schema, options) },
        {
          name: `${schema.name} time`,
          part: 'time' as const,
          codes: keep(learnNumber(withoutNulls(time), options), schema, options),
        },
      ];
      // A column of NULLs only has no time of day to learn.
      if (parts[1]?.codes.kind === 'number' && parts[1].codes.codeStarts.length > 1) {
        return { name: schema.name, type: schema.type, parts, limits: limitsOf(vector, options.k) };
      }
    }
  }
  return { name: schema.name, type: schema.type, parts: [whole(learnNumber(asNumbers(vector, schema.type), options))] };
}

function keep(codes: Codes | undefined, schema: ColumnSchema, options: CodeOptions): Codes {
  if (codes !== undefined) return codes;
  throw new SynthError('fit.all-rare', `No value of column "${schema.name}" is shared by enough rows to be learnt.`, {
    hint: `Leave it out with omit(), empty it with nulls(), make it with fake(), or lower k (now ${options.k}).`,
  });
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
  const integers = addOrigin(values, only.codes.grid.origin);
  if (exact !== undefined && isExact !== undefined) {
    for (let i = 0; i < isExact.length; i++) if (isExact[i] === 1) integers[i] = exact[i] as bigint;
  }
  if (time?.numbers !== undefined) {
    joinDays(integers, time.numbers.values, BigInt(dayLength(type) ?? 1));
    if (column.limits !== undefined) clamp(integers, column.limits);
  }
  return { kind: 'integer', values: integers, ...nulls };
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

/** The k-th smallest and largest value, counting repeats; of fewer than 2k values the middle one twice. */
function limitsOf({ values, valid }: ColumnVector & { kind: 'integer' }, k: number): { low: bigint; high: bigint } {
  const sorted = values.filter((_, i) => valid?.[i] !== 0).sort();
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

function dayLength(type: ColumnType): number | undefined {
  return type.kind === 'timestamp' ? 86_400 * { s: 1, ms: 1e3, us: 1e6, ns: 1e9 }[type.unit] : undefined;
}

function numbersOfPart(vector: ColumnVector, type: ColumnType, part: CodePart['part']): Numbers {
  const unitsPerDay = dayLength(type);
  if (part === 'whole' || vector.kind !== 'integer' || unitsPerDay === undefined) return asNumbers(vector, type);
  return splitDays(vector, unitsPerDay)[part];
}

function asNumbers(vector: ColumnVector, type: ColumnType): Numbers {
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

function splitDays(vector: ColumnVector & { kind: 'integer' }, unitsPerDay: number): { day: Numbers; time: Numbers } {
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

function varies({ values, valid }: Numbers): boolean {
  let first: number | undefined;
  for (let i = 0; i < values.length; i++) {
    if (valid?.[i] === 0) continue;
    first ??= values[i] as number;
    if (values[i] !== first) return true;
  }
  return first !== undefined && first !== 0;
}

/** The time of day of rows that have a day: whether it is NULL is said by the day. */
function withoutNulls({ values, valid, origin }: Numbers): Numbers {
  return { values: valid === undefined ? values : values.filter((_, i) => valid[i] !== 0), origin };
}

/** The vector of a column in a batch; throws when it is not there. */
export function columnOf(batch: ColumnBatch, name: string): ColumnVector {
  const vector = batch.columns.get(name);
  if (vector !== undefined) return vector;
  throw new SynthError('fit.column-absent', `Column "${name}" is not among the rows.`, { kind: 'unexpected' });
}

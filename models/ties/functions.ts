// The functions of a column that a tie may use, and their values.
import type { TieColumn, TieFunction } from './types.ts';

/** Levels with a smaller share of the rows get no function of their own. */
const leastShareOfLevel = 0.02;
/** A column whose values span less than so many times the least one is hardly bent by a logarithm. */
const widthWorthALog = 3;
/** A column whose range is so many times the distance of its quartiles has far values that would lead a line. */
const rangeWorthAnAsinh = 12;

/**
 * @param column its values at some rows, which the functions are scaled by
 * @param k least number of rows of a level; twice as many are wanted, since half may be held back
 */
export function functionsOf(column: TieColumn, at: number, k: number): TieFunction[] {
  if (column.kind === 'category') {
    const counts = new Uint32Array(column.codeCount);
    for (const code of column.codes) counts[code] = (counts[code] as number) + 1;
    return Array.from(counts.keys())
      .filter((code) => (counts[code] as number) >= Math.max(2 * k, leastShareOfLevel * column.codes.length))
      .map((code) => ({ kind: 'level', column: at, code }));
  }
  const { values, low, high } = column;
  const sorted = values.filter((value) => value - value === 0).sort();
  if (sorted.length === 0 || low >= high) return [];
  const quantile = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] as number;
  const plain = { column: at, low, high, centre: quantile(0.5), unit: (quantile(0.75) - quantile(0.25)) / 4 || 1 };
  const kinds: ('number' | 'log' | 'asinh')[] = ['number'];
  if (low > 0 && high > widthWorthALog * low) kinds.push('log');
  else if (high - low > rangeWorthAnAsinh * 4 * plain.unit) kinds.push('asinh');
  return kinds.flatMap((kind) => {
    const raw = { ...plain, kind, mean: 0, deviation: 1 };
    const bent = new Float64Array(sorted.length);
    evaluateNumber(raw, sorted, bent);
    const mean = bent.reduce((sum, value) => sum + value, 0) / bent.length;
    const deviation = Math.sqrt(bent.reduce((sum, value) => sum + (value - mean) ** 2, 0) / bent.length);
    return deviation > 0 ? [{ ...raw, mean, deviation }] : [];
  });
}

type NumberFunction = Extract<TieFunction, { readonly low: number }>;

/** Several times as fast as the one of the engine, and exact enough. */
function asinh(x: number): number {
  const size = Math.abs(x);
  const y = Math.log(size + Math.sqrt(size * size + 1));
  return x < 0 ? -y : y;
}

/** Writes a function's values at rows [from, from + count). */
export function evaluate(f: TieFunction, column: TieColumn, from: number, count: number, into: Float64Array): void {
  if (f.kind === 'level') {
    if (column.kind !== 'category') return;
    for (let i = 0; i < count; i++) into[i] = column.codes[from + i] === f.code ? 1 : 0;
  } else if (f.kind === 'mean') {
    if (column.kind !== 'category') return;
    for (let i = 0; i < count; i++) into[i] = f.means[column.codes[from + i] as number] as number;
  } else if (column.kind === 'number') {
    evaluateNumber(f, column.values.subarray(from, from + count), into);
  }
}

/** In a loop for each step, none of which asks for each row what kind of function it is: rows are drawn through here. */
function evaluateNumber(f: NumberFunction, values: Float64Array, into: Float64Array): void {
  const { kind, low, high, centre, unit, mean, deviation } = f;
  const rows = values.length;
  for (let i = 0; i < rows; i++) {
    const value = values[i] as number;
    into[i] = Math.max(low, Math.min(high, value));
  }
  if (kind === 'log') for (let i = 0; i < rows; i++) into[i] = Math.log(into[i] as number);
  if (kind === 'asinh') for (let i = 0; i < rows; i++) into[i] = asinh(((into[i] as number) - centre) / unit);
  for (let i = 0; i < rows; i++) {
    const value = ((into[i] as number) - mean) / deviation;
    into[i] = Number.isNaN(value) ? 0 : value;
  }
}

/** Rows of pull towards no difference. */
const pull = 10;

/**
 * What the target is on average by the level of a category, in standard deviations; nothing is kept of fewer than k rows.
 * @param wanted NaN where a row does not count
 */
export function meanFunction(
  column: Extract<TieColumn, { readonly kind: 'category' }>,
  at: number,
  wanted: Float64Array,
  k: number,
): TieFunction {
  const counts = new Float64Array(column.codeCount);
  const sums = new Float64Array(column.codeCount);
  let [rows, sum, square] = [0, 0, 0];
  for (const [i, value] of wanted.entries()) {
    if (Number.isNaN(value)) continue;
    const code = column.codes[i] as number;
    counts[code] = (counts[code] as number) + 1;
    sums[code] = (sums[code] as number) + value;
    rows++;
    sum += value;
    square += value * value;
  }
  const mean = sum / Math.max(1, rows);
  const deviation = Math.sqrt(Math.max(0, square / Math.max(1, rows) - mean * mean)) || 1;
  const means = counts.map((count, code) =>
    count < k ? 0 : ((sums[code] as number) - count * mean) / (count + pull) / deviation,
  );
  return { kind: 'mean', column: at, means };
}

// Learns the codes of a column of numbers, encodes numbers with them, and turns codes back into values.
import { countUpTo } from '../sorted.ts';
import { groupPieces } from './bins.ts';
import { findGrid, toUnits } from './grid.ts';
import { cutPieces } from './pieces.ts';
import { type Grid, maximalNumberCodes, type NumberCodes, type Special } from './types.ts';

/** Numbers as the coder sees them: doubles relative to `origin`, NULL where `valid` is 0. */
export interface Numbers {
  readonly values: Float64Array;
  readonly valid?: Uint8Array;
  readonly origin: bigint;
  /** The exact values behind `values`, where doubles cannot hold them. */
  readonly exact?: BigInt64Array;
  /** Values are 32-bit floats. */
  readonly single?: boolean;
}

export interface CodeOptions {
  /** The least number of rows behind a piece, a level or a special. */
  readonly k: number;
  /** Most codes of a number, specials included; at most 128. */
  readonly bins: number;
}

/** Intervals per code: values inside a code are interpolated piecewise. */
const intervalsPerCode = 4;

/** Undefined when the column has values, but too few to protect any. */
export function learnNumber(numbers: Numbers, options: CodeOptions): NumberCodes | undefined {
  const { k } = options;
  const { finite, counts } = split(numbers);
  const specials = [...counts].filter(
    ([special, count]) => count >= k || (special === 'missing' && finite.length === 0),
  );
  const kept = specials.filter(([, count]) => count > 0);
  const isConstantMissing = finite.length < k && kept.length > 0;
  if (finite.length < k && !isConstantMissing && numbers.values.length > 0) return undefined;
  const base = { kind: 'number' as const, specials: kept.map(([name]) => name), specialCounts: kept.map(([, n]) => n) };
  if (finite.length < k) {
    return {
      ...base,
      grid: { step: 0, divisor: 1, origin: 0n },
      edges: new Float64Array(1),
      atoms: new Float64Array(0),
      counts: new Float64Array(0),
      codeStarts: new Uint32Array(1),
    };
  }
  const sorted = finite.sort();
  const found = findGrid(sorted, numbers.single === true ? Math.fround : undefined);
  const grid: Grid = { ...found, origin: numbers.origin };
  const units = toUnits(sorted, grid);
  const limit = Math.max(1, Math.min(options.bins, maximalNumberCodes) - kept.length);
  const codeRows = Math.max(2 * k, sorted.length / limit);
  const pieces = cutPieces(units, k, grid.step !== 0, Math.ceil(codeRows / intervalsPerCode));
  const exactAtoms = exactValues(pieces.atoms, numbers, grid);
  return {
    ...base,
    grid,
    ...pieces,
    ...(exactAtoms === undefined ? {} : { exactAtoms }),
    codeStarts: groupPieces(pieces.counts, Math.max(1, Math.min(limit, Math.floor(sorted.length / codeRows)))),
  };
}

function split(numbers: Numbers): { finite: Float64Array; counts: Map<Special, number> } {
  const { values, valid } = numbers;
  const finite = new Float64Array(values.length);
  let [length, missing, nan, low, high] = [0, 0, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (valid !== undefined && valid[i] === 0) missing++;
    else if (value - value === 0) finite[length++] = value;
    else if (value > 0) high++;
    else if (value < 0) low++;
    else nan++;
  }
  const counts = new Map<Special, number>([
    ['missing', missing],
    ['nan', nan],
    ['negative-infinity', low],
    ['positive-infinity', high],
  ]);
  return { finite: finite.slice(0, length), counts };
}

function exactValues(atoms: Float64Array, numbers: Numbers, grid: Grid): BigInt64Array | undefined {
  const { exact, values, valid } = numbers;
  if (exact === undefined) return undefined;
  const rowOf = new Map<number, number>();
  for (let i = 0; i < values.length; i++) {
    if (valid === undefined || valid[i] !== 0) rowOf.set(values[i] as number, i);
  }
  return BigInt64Array.from(atoms, (atom) => {
    const row = rowOf.get(grid.step === 0 ? atom : (atom * grid.step) / grid.divisor);
    return row === undefined ? 0n : (exact[row] as bigint);
  });
}

/** Writes the code of each number; what the codes cannot express gets the nearest code. */
export function encodeNumber(numbers: Numbers, codes: NumberCodes, into: Uint16Array): void {
  const { values, valid } = numbers;
  const { specials, codeStarts, edges, grid, counts } = codes;
  const first = specials.length;
  const codeTotal = codeStarts.length - 1;
  const cuts = Float64Array.from(
    { length: Math.max(0, codeTotal - 1) },
    (_, c) => edges[codeStarts[c + 1] as number] as number,
  );
  const middle = codeTotal > 0 ? first + middleCode(codes, counts) : 0;
  const codeOf = (special: Special, otherwise: number): number => {
    const at = specials.indexOf(special);
    return at >= 0 ? at : codeTotal > 0 ? otherwise : 0;
  };
  const missing = codeOf('missing', middle);
  const nan = codeOf('nan', missing);
  const low = codeOf('negative-infinity', first);
  const high = codeOf('positive-infinity', first + codeTotal - 1);
  const shift = Number(numbers.origin - grid.origin);
  const factor = grid.step === 0 ? 1 : grid.divisor / grid.step;
  const rounds = grid.step !== 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (valid !== undefined && valid[i] === 0) into[i] = missing;
    else if (value - value !== 0) into[i] = value > 0 ? high : value < 0 ? low : nan;
    else if (codeTotal === 0) into[i] = 0;
    else {
      const unit = rounds ? Math.round((value + shift) * factor) : value + shift;
      into[i] = first + countUpTo(cuts, unit);
    }
  }
}

/** The code that holds the median: what a value that cannot be placed counts as. */
function middleCode(codes: NumberCodes, counts: Float64Array): number {
  const half = counts.reduce((sum, count) => sum + count, 0) / 2;
  let seen = 0;
  for (let code = 0; code + 2 < codes.codeStarts.length; code++) {
    for (let p = codes.codeStarts[code] as number; p < (codes.codeStarts[code + 1] as number); p++)
      seen += counts[p] as number;
    if (seen >= half) return code;
  }
  return Math.max(0, codes.codeStarts.length - 2);
}

export interface DecodedNumbers {
  /** Relative to the grid's origin. */
  readonly values: Float64Array;
  readonly valid: Uint8Array;
  /** Exact values of rows that drew an atom beyond the doubles; such rows have `isExact` 1. */
  readonly exact?: BigInt64Array;
  readonly isExact?: Uint8Array;
}

/** Turns codes into values; `uniforms` (in [0, 1)) choose a value inside each code. */
export function decodeNumber(codeColumn: Uint16Array, codes: NumberCodes, uniforms: Float64Array): DecodedNumbers {
  const rows = codeColumn.length;
  const values = new Float64Array(rows);
  const valid = new Uint8Array(rows).fill(1);
  const { specials, codeStarts, edges, atoms, counts, grid, exactAtoms } = codes;
  const first = specials.length;
  const cumulative = new Float64Array(counts.length + 1);
  for (let p = 0; p < counts.length; p++) cumulative[p + 1] = (cumulative[p] as number) + (counts[p] as number);
  const exact = exactAtoms === undefined ? undefined : new BigInt64Array(rows);
  const isExact = exactAtoms === undefined ? undefined : new Uint8Array(rows);
  const whole = grid.step !== 0;
  for (let i = 0; i < rows; i++) {
    const code = (codeColumn[i] as number) - first;
    if (code < 0) {
      const special = specials[code + first];
      if (special === 'missing') valid[i] = 0;
      else values[i] = special === 'nan' ? Number.NaN : special === 'negative-infinity' ? -Infinity : Infinity;
      continue;
    }
    const start = codeStarts[code] as number;
    const end = codeStarts[code + 1] as number;
    const from = cumulative[start] as number;
    const at = from + (uniforms[i] as number) * ((cumulative[end] as number) - from);
    let piece = start;
    while (piece + 1 < end && at >= (cumulative[piece + 1] as number)) piece++;
    const atom = atoms[piece] as number;
    if (!Number.isNaN(atom)) {
      values[i] = whole ? (atom * grid.step) / grid.divisor : atom;
      if (exact !== undefined && isExact !== undefined) {
        exact[i] = exactAtoms?.[piece] ?? 0n;
        isExact[i] = 1;
      }
      continue;
    }
    const share = (at - (cumulative[piece] as number)) / (counts[piece] as number);
    const low = edges[piece] as number;
    const high = edges[piece + 1] as number;
    const inside = low + share * (high - low);
    if (whole) values[i] = (Math.max(low, Math.min(Math.floor(inside), high - 1)) * grid.step) / grid.divisor;
    else values[i] = Math.min(inside, high);
  }
  return { values, valid, ...(exact === undefined || isExact === undefined ? {} : { exact, isExact }) };
}

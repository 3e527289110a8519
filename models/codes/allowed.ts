// Which codes of a column can stand for values that are asked for.
import type { ColumnVector } from '../../core/batch.ts';
import type { Among } from '../../core/generator.ts';
import type { ColumnType } from '../../core/schema.ts';
import { numbersOfPart } from './numbers-of.ts';
import { type CategoryCodes, type CodePart, type ColumnCodes, codeCount, type NumberCodes } from './types.ts';

/**
 * Per code of the column's first part, 1 where a value with that code may be among all that is asked for. A code that covers
 * an end of a range counts, so values are to be looked at again.
 */
export function allowedCodes({ parts, type }: ColumnCodes, among: readonly Among[]): Uint8Array {
  const [first] = parts;
  if (first === undefined) return new Uint8Array(0);
  const allowed = new Uint8Array(codeCount(first.codes)).fill(1);
  for (const one of among) {
    const some = first.codes.kind === 'category' ? levelsAmong(first.codes, one) : numbersAmong(first, type, one);
    for (let code = 0; code < allowed.length; code++) if (some[code] !== 1) allowed[code] = 0;
  }
  return allowed;
}

function levelsAmong(codes: CategoryCodes, among: Among): Uint8Array {
  const { levels, publicRare = [], rareCount, missingCount } = codes;
  const some = new Uint8Array(codeCount(codes));
  if (among.kind !== 'values') {
    if (among.kind !== 'null') some.fill(1);
    if (missingCount > 0) some[some.length - 1] = among.kind === 'null' ? 1 : 0;
    return some;
  }
  const wanted = new Set(labelsOf(among.values));
  for (const [code, level] of levels.entries()) if (wanted.has(level)) some[code] = 1;
  if (rareCount > 0 && publicRare.some((level) => wanted.has(level))) some[levels.length] = 1;
  return some;
}

function labelsOf(vector: ColumnVector): readonly (string | null)[] {
  if (vector.kind === 'text') return vector.values;
  if (vector.kind === 'category') return Array.from(vector.codes, (code) => vector.labels[code] ?? null);
  return Array.from(vector.values, String);
}

function numbersAmong({ codes, part }: CodePart, type: ColumnType, among: Among): Uint8Array {
  const numbers = codes as NumberCodes;
  const { specials } = numbers;
  const some = new Uint8Array(codeCount(numbers));
  for (const [code, special] of specials.entries()) {
    const isNull = special === 'missing';
    if (among.kind === 'null') some[code] = isNull ? 1 : 0;
    else if (among.kind === 'present') some[code] = isNull ? 0 : 1;
    // NaN and infinities are rare, and ordered in the engine's way: they are looked at again.
    else some[code] = isNull ? 0 : 1;
  }
  if (among.kind === 'present') return some.fill(1, specials.length);
  if (among.kind !== 'values' && among.kind !== 'range') return some;
  const units = (vector: ColumnVector): Float64Array => unitsOf(vector, type, part, numbers);
  if (among.kind === 'values') {
    for (const unit of units(among.values)) open(numbers, unit, unit, some);
    return some;
  }
  const low = among.low === undefined ? Number.NEGATIVE_INFINITY : (units(among.low)[0] as number);
  const high = among.high === undefined ? Number.POSITIVE_INFINITY : (units(among.high)[0] as number);
  open(numbers, low, high, some);
  return some;
}

/** In units of the codes' grid; NaN stays. */
function unitsOf(vector: ColumnVector, type: ColumnType, part: CodePart['part'], { grid }: NumberCodes): Float64Array {
  const { values, origin } = numbersOfPart(vector, type, part);
  const shift = Number(origin - grid.origin);
  if (grid.step === 0) return values.map((value) => value + shift);
  return values.map((value) => Math.round(((value + shift) * grid.divisor) / grid.step));
}

/** Marks the codes that cover values from `low` to `high`. */
function open(
  { specials, codeStarts, edges, atoms, grid }: NumberCodes,
  low: number,
  high: number,
  some: Uint8Array,
): void {
  const codes = codeStarts.length - 1;
  for (let code = 0; code < codes; code++) {
    const [start, end] = [codeStarts[code] as number, codeStarts[code + 1] as number];
    let from = edges[start] as number;
    // On a grid the upper edge belongs to the next code.
    let to = (edges[end] as number) - (grid.step === 0 ? 0 : 1);
    for (const atom of atoms.subarray(start, end)) {
      if (atom < from) from = atom;
      if (atom > to) to = atom;
    }
    if (to >= low && from <= high) some[specials.length + code] = 1;
  }
}

// Numbers behind code columns for learners that need more than codes, and the place of a number inside its code.
import type { ColumnVector } from '../../core/batch.ts';
import { decodeNumber } from './number.ts';
import { numbersOfPart } from './numbers-of.ts';
import type { CodePart, ColumnCodes, NumberCodes } from './types.ts';

/** The numbers of one part of a column, relative to its grid's origin; NaN where there is none. */
export function valuesOfPart(
  vector: ColumnVector,
  { type }: ColumnCodes,
  part: CodePart & { codes: NumberCodes },
): Float64Array {
  const { values, valid, origin } = numbersOfPart(vector, type, part.part);
  const shift = Number(origin - part.codes.grid.origin);
  return values.map((value, i) => (valid?.[i] === 0 || value - value !== 0 ? Number.NaN : value + shift));
}

/** The numbers that drawn codes stand for, relative to the grid's origin; NaN where there is none. */
export function valuesOfCodes(column: Uint16Array, codes: NumberCodes, inside: Float64Array): Float64Array {
  const { values, valid } = decodeNumber(column, codes, inside);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (valid[i] === 0 || value - value !== 0) values[i] = Number.NaN;
  }
  return values;
}

/** The k-th smallest and largest value, and what all values are multiples of, 0 for nothing. */
export function rangeOfCodes({ edges, grid }: NumberCodes): {
  readonly low: number;
  readonly high: number;
  readonly unit: number;
} {
  const last = edges[edges.length - 1] as number;
  return {
    low: inValues(grid, edges[0] as number),
    high: inValues(grid, grid.step === 0 ? last : last - 1),
    unit: inValues(grid, grid.step === 0 ? 0 : 1),
  };
}

/** Where a code begins and ends, both in values; nothing where it has no more than one value. */
export function rangeOfCode(
  codes: NumberCodes,
  code: number,
): { readonly low: number; readonly high: number } | undefined {
  const at = code - codes.specials.length;
  const start = codes.codeStarts[at] as number;
  const isOne = codes.codeStarts[at + 1] === start + 1 && !Number.isNaN(codes.atoms[start] as number);
  if (at < 0 || at + 1 >= codes.codeStarts.length || isOne) return undefined;
  const edge = (place: number): number =>
    inValues(codes.grid, codes.edges[codes.codeStarts[place] as number] as number);
  return { low: edge(at), high: edge(at + 1) };
}

/** Where in a code, in [0, 1), a value lies, such that {@link decodeNumber} gives it again, or its atom. */
export function placeInCode(codes: NumberCodes, code: number, value: number): number {
  const { codeStarts, edges, atoms, counts, grid } = codes;
  const at = code - codes.specials.length;
  const [start, end] = [codeStarts[at] as number, codeStarts[at + 1] as number];
  const unit = grid.step === 0 ? value : Math.round((value * grid.divisor) / grid.step);
  let [before, total] = [0, 0];
  let piece = start;
  for (let p = start; p < end; p++) {
    if (p > start && unit >= (edges[p] as number)) {
      piece = p;
      before = total;
    }
    total += counts[p] as number;
  }
  const [low, high] = [edges[piece] as number, edges[piece + 1] as number];
  // The middle of a unit: rounding may not carry it into the next one.
  const middle = grid.step === 0 ? unit : unit + 0.5;
  const isAtom = !Number.isNaN(atoms[piece] as number);
  const share = isAtom || high <= low ? 0.5 : Math.max(0, Math.min(1 - 1e-9, (middle - low) / (high - low)));
  return Math.min(1 - 1e-12, (before + share * (counts[piece] as number)) / total);
}

function inValues({ step, divisor }: NumberCodes['grid'], unit: number): number {
  return step === 0 ? unit : (unit * step) / divisor;
}

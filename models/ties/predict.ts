// What a tie says of rows.
import { evaluate } from './functions.ts';
import type { Tie, TieColumn } from './types.ts';

/** Rows whose functions are laid out at a time: they stay in fast memory. */
const stretch = 1024;
let room: Float64Array[] = [];

/** Writes the predictions of the first rows of `into`'s length. `columns` holds at least those that the tie uses. */
export function predict(tie: Tie, columns: readonly (TieColumn | undefined)[], into: Float64Array): void {
  const { functions, terms, coefficients, low, high } = tie;
  while (room.length < functions.length) room = [...room, new Float64Array(stretch)];
  for (let from = 0; from < into.length; from += stretch) {
    const count = Math.min(stretch, into.length - from);
    for (const [i, f] of functions.entries()) {
      const column = columns[f.column];
      if (column !== undefined) evaluate(f, column, from, count, room[i] as Float64Array);
    }
    const part = into.subarray(from, from + count);
    part.fill(coefficients[0] as number);
    addTerms(terms, coefficients, part);
    for (let i = 0; i < count; i++) part[i] = Math.max(low, Math.min(high, part[i] as number));
  }
}

const factor = new Float64Array(stretch);

/** Adds the terms to `into`, by their first function: a product then costs one multiplication. */
function addTerms(terms: Tie['terms'], coefficients: Float64Array, into: Float64Array): void {
  const count = into.length;
  factor.fill(0);
  for (const [t, [first, second]] of terms.entries()) {
    const coefficient = coefficients[1 + t] as number;
    if (second === undefined) for (let i = 0; i < count; i++) factor[i] = (factor[i] as number) + coefficient;
    else {
      const other = room[second] as Float64Array;
      for (let i = 0; i < count; i++) factor[i] = (factor[i] as number) + coefficient * (other[i] as number);
    }
    if (terms[t + 1]?.[0] === first) continue;
    const own = room[first] as Float64Array;
    for (let i = 0; i < count; i++) {
      into[i] = (into[i] as number) + (own[i] as number) * (factor[i] as number);
      factor[i] = 0;
    }
  }
}

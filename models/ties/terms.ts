// The terms that a tie may add up: functions and their products, with their values at the rows to learn from.
import { choose } from './regress.ts';
import type { Tie } from './types.ts';

const mostTerms = 48;
/** A share of what is left that the best of many terms explains by chance, times the rows. */
const chanceGain = 2;

export interface Term {
  readonly of: Tie['terms'][number];
  readonly values: Float64Array;
}

export function singleTerms(functions: readonly Float64Array[]): Term[] {
  return functions.map((values, i) => ({ of: [i], values }));
}

/**
 * Of functions and their products those that tell most, in the order in which they are added up.
 * @param k products that are 0 but for fewer rows are left out: two levels may meet in hardly any
 */
export function tellingTerms(
  functions: readonly Float64Array[],
  wanted: Float64Array,
  most: number,
  k: number,
): Term[] {
  const products = functions.flatMap((a, i) =>
    functions
      .slice(0, i + 1)
      .map((b, j): Term => ({ of: [i, j], values: a.map((value, row) => value * (b[row] as number)) })),
  );
  const shared = products.filter(({ values }) => values.reduce((rows, value) => rows + (value === 0 ? 0 : 1), 0) >= k);
  const all = [...singleTerms(functions), ...shared];
  const values = all.map((term) => term.values);
  return choose(values, wanted, Math.min(mostTerms, most), chanceGain)
    .map((at) => all[at] as Term)
    .sort((a, b) => a.of[0] - b.of[0] || (a.of[1] ?? -1) - (b.of[1] ?? -1));
}

// Turns columns into what a linear model multiplies: numbers on one scale, a mark per level of a category, marks for NULL.
import { SynthError } from '../../core/errors.ts';
import type { CategoryFeature, Feature, FeatureTable, NumberFeature } from '../features.ts';

/** Levels of a category that have a weight of their own; rarer ones share one. */
const mostLevels = 255;

/** How a column becomes weights; `at` is the first of them. */
export type Term =
  /** (x − mean) / deviation, values beyond those learnt from moved to `low` or `high`; NULL is the mean, and marked at `missing`. */
  | {
      readonly kind: 'number';
      readonly at: number;
      readonly mean: number;
      readonly deviation: number;
      readonly low: number;
      readonly high: number;
      /** -1 when no NULL was there. */
      readonly missing: number;
    }
  /** The weight of each level, -1 for levels that were not there; NULL has `missing`. */
  | { readonly kind: 'category'; readonly at: number; readonly places: Int32Array; readonly missing: number };

export interface Design {
  readonly terms: readonly Term[];
  readonly width: number;
}

/** Rows as columns of products: `numbers` times the weight of the same position in `at`, `marks` choose a weight, -1 none. */
export interface Encoded {
  readonly rowCount: number;
  readonly numbers: readonly { readonly at: number; readonly values: Float64Array }[];
  readonly marks: readonly Int32Array[];
}

export function designOf({ columns }: FeatureTable): Design {
  const terms: Term[] = [];
  let width = 0;
  for (const column of columns) {
    const term = column.kind === 'number' ? numberTerm(column, width) : categoryTerm(column, width);
    terms.push(term);
    width += term.kind === 'number' ? (term.missing < 0 ? 1 : 2) : 1 + Math.max(term.missing, ...term.places) - width;
  }
  return { terms, width };
}

function numberTerm({ values }: NumberFeature, at: number): Term {
  const finite = values.filter(Number.isFinite);
  const mean = finite.reduce((sum, value) => sum + value, 0) / Math.max(1, finite.length);
  const variance = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, finite.length);
  const low = finite.reduce((least, value) => Math.min(least, value), mean);
  const high = finite.reduce((most, value) => Math.max(most, value), mean);
  const missing = values.some(Number.isNaN) ? at + 1 : -1;
  return { kind: 'number', at, mean, deviation: Math.sqrt(variance) || 1, low, high, missing };
}

function categoryTerm({ codes, levels }: CategoryFeature, at: number): Term {
  const counts = new Uint32Array(levels);
  let hasNull = false;
  for (const code of codes) {
    if (code < 0) hasNull = true;
    else counts[code] = (counts[code] as number) + 1;
  }
  const seen = Array.from(counts.keys()).filter((level) => (counts[level] as number) > 0);
  const byCount = [...seen].sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b);
  const frequent = seen.length > mostLevels ? new Set(byCount.slice(0, mostLevels - 1)) : new Set(seen);
  const places = new Int32Array(levels).fill(-1);
  let next = at;
  for (const level of seen) if (frequent.has(level)) places[level] = next++;
  for (const level of seen) if (!frequent.has(level)) places[level] = next;
  if (frequent.size < seen.length) next++;
  // A column of NULL alone still has a weight.
  return { kind: 'category', at, places, missing: hasNull || seen.length === 0 ? next : -1 };
}

/** @throws SynthError `linear.columns` for other columns than the design was made of */
export function encode({ terms }: Design, { rowCount, columns }: FeatureTable): Encoded {
  const numbers: { at: number; values: Float64Array }[] = [];
  const marks: Int32Array[] = [];
  for (const [i, term] of terms.entries()) {
    const column = columns[i];
    if (column?.kind !== term.kind || columns.length !== terms.length) {
      throw new SynthError('linear.columns', 'The columns are not those that the model has learnt from.', {
        hint: 'Give it the columns that it has learnt from, in their order.',
      });
    }
    if (term.kind === 'category') {
      const { places, missing } = term;
      const { codes } = column as Feature & { kind: 'category' };
      marks.push(codes.map((code) => (code < 0 ? missing : (places[code] ?? -1))));
      continue;
    }
    const { at, mean, deviation, low, high, missing } = term;
    const { values } = column as Feature & { kind: 'number' };
    const scaled = (value: number): number =>
      Number.isNaN(value) ? 0 : (Math.min(high, Math.max(low, value)) - mean) / deviation;
    numbers.push({ at, values: values.map(scaled) });
    if (missing >= 0) marks.push(Int32Array.from(values, (value) => (Number.isNaN(value) ? missing : -1)));
  }
  return { rowCount, numbers, marks };
}

/** Sum of products per row, added to `into`. */
export function addProducts({ numbers, marks }: Encoded, weights: Float64Array, into: Float64Array): void {
  for (const { at, values } of numbers) {
    const weight = weights[at] as number;
    for (let row = 0; row < into.length; row++) into[row] = (into[row] as number) + weight * (values[row] as number);
  }
  for (const places of marks) {
    for (let row = 0; row < into.length; row++) {
      const place = places[row] as number;
      if (place >= 0) into[row] = (into[row] as number) + (weights[place] as number);
    }
  }
}

/** The transpose: per weight, the sum over rows of `factors` times what the weight is multiplied with. */
export function addTransposed({ numbers, marks }: Encoded, factors: Float64Array, into: Float64Array): void {
  for (const { at, values } of numbers) {
    let sum = 0;
    for (let row = 0; row < factors.length; row++) sum += (factors[row] as number) * (values[row] as number);
    into[at] = (into[at] as number) + sum;
  }
  for (const places of marks) {
    for (let row = 0; row < factors.length; row++) {
      const place = places[row] as number;
      if (place >= 0) into[place] = (into[place] as number) + (factors[row] as number);
    }
  }
}

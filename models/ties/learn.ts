// Finds what a number hangs on and how, and judges by rows that were held back whether that is a tie.
import { followShare } from './follow.ts';
import { meanFunction } from './functions.ts';
import { explainedRanks, predictRows } from './judge.ts';
import { quantilesOf } from './misses.ts';
import { choose, regress } from './regress.ts';
import { type Candidate, candidate, rowsToJudge, rowsToLearn, type TieSample } from './sample.ts';
import { singleTerms, type Term, tellingTerms } from './terms.ts';
import type { Tie, TieColumn, TieFunction } from './types.ts';

/** With fewer rows no polynomial is told apart from chance. */
const leastRows = 300;
/** Most functions in a polynomial, and rows that one of its terms needs. */
const mostFunctions = 12;
const rowsPerTerm = 10;
const mostCandidates = 32;
const ridge = 1e-5;
/** Share of the variance of held-back rows' ranks that a tie explains: below, trees know all that it says. */
const leastExplained = 0.6;
/** Levels alone are what trees know best: where they explain so much, numbers have nothing to add. */
const mostOfLevels = 0.98;

type NumberColumn = Extract<TieColumn, { readonly kind: 'number' }>;

/** Positions in the sample. */
interface Rows {
  readonly learning: Uint32Array;
  readonly judging: Uint32Array;
}

/**
 * @param target position of a column of the sample; its tie uses those before it
 * @returns undefined where no tie is worth its cost
 */
export function learnTie(sample: TieSample, target: number): Tie | undefined {
  const column = sample.columns[target];
  if (column?.kind !== 'number' || column.low >= column.high) return undefined;
  const rows = partRows(column);
  if (rows === undefined) return undefined;
  const inside = column.values.map((value) => Math.max(column.low, Math.min(column.high, value)));
  const wantedAt = (at: Uint32Array): Float64Array => Float64Array.from(at, (i) => inside[i] as number);
  const [wanted, judged] = [wantedAt(rows.learning), wantedAt(rows.judging)];
  const sorted = wanted.slice().sort();
  const candidates = promising(candidatesFor(sample, target, inside, rows), rows.learning, wanted);
  const values = candidates.map(({ values: all }) => Float64Array.from(rows.learning, (i) => all[i] as number));
  const terms = Math.floor(rows.learning.length / rowsPerTerm);
  const chosen = choose(values, wanted, Math.min(mostFunctions, terms), 0);
  const functions = chosen.map((c) => candidates[c]?.f as TieFunction);
  const own = chosen.map((c) => values[c] as Float64Array);
  const tryOut = (used: readonly Term[]): { tie: Tie; predicted: Float64Array; share: number } => {
    const coefficients = regress(
      used.map((term) => term.values),
      wanted,
      ridge,
    );
    const { low, high } = column;
    const tie: Tie = {
      functions,
      terms: used.map(({ of }) => of),
      coefficients,
      low,
      high,
      misses: new Float64Array(0),
      follow: 0,
    };
    const predicted = predictRows(tie, sample.columns, rows.judging);
    return { tie, predicted, share: explainedRanks(judged, predicted, sorted) };
  };
  const singles = singleTerms(own);
  const [line, bent] = [tryOut(singles), tryOut(tellingTerms(own, wanted, terms, sample.k))];
  const best = bent.share > line.share ? bent : line;
  const levels = singles.filter((_, i) => functions[i]?.kind === 'level' || functions[i]?.kind === 'mean');
  if (best.share < leastExplained || tryOut(levels).share > mostOfLevels) return undefined;
  const misses = quantilesOf(
    judged.map((value, i) => value - (best.predicted[i] as number)),
    sample.k,
  );
  return {
    ...withoutUnused(best.tie),
    misses,
    follow: followShare(judged, best.predicted, sorted, misses, column.unit),
  };
}

/** Rows to learn from and to judge by, of those with a number; undefined where they are too few. */
function partRows({ values }: NumberColumn): Rows | undefined {
  const rows = Uint32Array.from(values.subarray(0, 2 * (rowsToLearn + rowsToJudge)).keys())
    .filter((i) => Number.isFinite(values[i]))
    .subarray(0, rowsToLearn + rowsToJudge);
  if (rows.length < leastRows) return undefined;
  const cut = Math.floor((rows.length * rowsToLearn) / (rowsToLearn + rowsToJudge));
  return { learning: rows.subarray(0, cut), judging: rows.subarray(cut) };
}

/** The functions of the columns before the target, and its means by their levels, of which the rows to judge by know nothing. */
function candidatesFor(
  { k, columns, candidates }: TieSample,
  target: number,
  inside: Float64Array,
  { learning, judging }: Rows,
): Candidate[] {
  const known = inside.slice();
  for (const i of judging) known[i] = Number.NaN;
  // Means that know the rows to learn from would seem to tell more than they do; in small tables there are no others.
  if (known.length >= 2 * (learning.length + judging.length)) for (const i of learning) known[i] = Number.NaN;
  const means = columns
    .slice(0, target)
    .flatMap((other, at) => (other.kind === 'category' ? [candidate(meanFunction(other, at, known, k), other)] : []));
  return [...candidates.filter(({ f }) => f.column < target), ...means];
}

/** The candidates that alone tell most about the target. */
function promising(before: readonly Candidate[], learning: Uint32Array, wanted: Float64Array): readonly Candidate[] {
  if (before.length <= mostCandidates) return before;
  const mean = wanted.reduce((sum, value) => sum + value, 0) / wanted.length;
  const gains = new Map(
    before.map((one) => {
      let [sum, square, product] = [0, 0, 0];
      for (const [at, i] of learning.entries()) {
        const value = one.values[i] as number;
        sum += value;
        square += value * value;
        product += value * ((wanted[at] as number) - mean);
      }
      return [one, product ** 2 / Math.max(1e-9, square - sum ** 2 / learning.length)];
    }),
  );
  const gain = (one: Candidate): number => gains.get(one) ?? 0;
  const kept = new Set([...before].sort((a, b) => gain(b) - gain(a)).slice(0, mostCandidates));
  return before.filter((one) => kept.has(one));
}

/** Functions in no term cost time and say nothing. */
function withoutUnused(tie: Tie): Tie {
  const used = [...tie.functions.keys()].filter((i) => tie.terms.some((term) => term[0] === i || term[1] === i));
  return {
    ...tie,
    functions: used.map((i) => tie.functions[i] as TieFunction),
    terms: tie.terms.map(([a, b]) => (b === undefined ? [used.indexOf(a)] : [used.indexOf(a), used.indexOf(b)])),
  };
}

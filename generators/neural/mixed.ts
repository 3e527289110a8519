// Code columns as levels and normal scores: for networks that draw numbers as numbers. Frequent values of a number are levels
// of a token of their own; the rest becomes a score with a standard normal distribution.
import { type CodePart, codeCount } from '../../models/codes/index.ts';
import { normalBelow, normalQuantile } from '../../models/copula/normal.ts';
import { drawnCounts, type TableCodes, tableParts } from '../coded/table.ts';
import { joinTokens, type Token, tokensOf, tokenValues } from './tokens.ts';

/** The part of a number that is drawn as a number. */
export interface ScoreColumn {
  readonly part: number;
  /** The token that says whether there is a score, and the level that says yes; absent: there always is. */
  readonly token?: { readonly index: number; readonly level: number };
  /** Codes in order, and the shares of rows below each of them and below the end. */
  readonly codes: Uint16Array;
  readonly below: Float64Array;
  /** Position of a code in `codes`, -1 for a level. */
  readonly placeOf: Int16Array;
}

/** The levels of a number whose frequent values are a token's. */
interface LevelMap {
  readonly levelOf: Uint16Array;
  /** The code of each level; of the last level, which means "a score", any. */
  readonly codeOf: Uint16Array;
}

export interface MixedParts {
  readonly tokens: readonly Token[];
  readonly scores: readonly ScoreColumn[];
  readonly levels: ReadonlyMap<number, LevelMap>;
}

/** A number with at most this many codes is a category to the network. */
const fewCodes = 32;
/** Values with at least this share of the rows are levels. */
const frequentShare = 0.02;
/** Fewer codes than this besides the frequent ones are levels too. */
const fewestScores = 8;

export function mixedParts(codes: TableCodes): MixedParts {
  const tokens: Token[] = [];
  const scores: ScoreColumn[] = [];
  const levels = new Map<number, LevelMap>();
  for (const [part, entry] of tableParts(codes).entries()) {
    const split = splitNumber(entry);
    if (split === undefined) {
      tokens.push(...tokensOf([entry]).map((token) => ({ ...token, part })));
      continue;
    }
    const { frequent, rest, counts } = split;
    const placeOf = new Int16Array(counts.length).fill(-1);
    for (const [place, code] of rest.entries()) placeOf[code] = place;
    const total = sum(rest.map((code) => counts[code] as number));
    const below = new Float64Array(rest.length + 1);
    for (const [place, code] of rest.entries()) {
      below[place + 1] = (below[place] as number) + (counts[code] as number) / total;
    }
    below[rest.length] = 1;
    const column = { part, codes: Uint16Array.from(rest), below, placeOf };
    if (frequent.length === 0) {
      scores.push(column);
      continue;
    }
    const level = frequent.length;
    const levelOf = new Uint16Array(counts.length).fill(level);
    for (const [at, code] of frequent.entries()) levelOf[code] = at;
    levels.set(part, { levelOf, codeOf: Uint16Array.from([...frequent, rest[0] as number]) });
    scores.push({ ...column, token: { index: tokens.length, level } });
    const shares = Float64Array.from([...frequent.map((code) => counts[code] as number), total]);
    tokens.push({ part, size: level + 1, digit: 'whole', base: 1, counts: shares });
  }
  return { tokens, scores, levels };
}

function splitNumber({ codes }: CodePart): { frequent: number[]; rest: number[]; counts: Float64Array } | undefined {
  if (codes.kind !== 'number' || codeCount(codes) <= fewCodes) return undefined;
  const counts = drawnCounts(codes);
  const least = frequentShare * sum([...counts]);
  const all = [...counts.keys()];
  const isFrequent = (code: number): boolean => code < codes.specials.length || (counts[code] as number) >= least;
  const rest = all.filter((code) => !isFrequent(code) && (counts[code] as number) > 0);
  return rest.length < fewestScores ? undefined : { frequent: all.filter(isFrequent), rest, counts };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** What the tokens of a table are in rows with these codes; parts without codes are skipped. */
export function levelValues(
  { tokens, levels }: MixedParts,
  codes: readonly (Uint16Array | undefined)[],
): (Uint16Array | undefined)[] {
  return tokens.map((token) => {
    const column = codes[token.part];
    if (column === undefined) return undefined;
    const map = levels.get(token.part);
    return map === undefined ? tokenValues(token, column) : column.map((code) => map.levelOf[code] as number);
  });
}

/** A score of a code, given where inside the code it lies; NaN for a code that is a level. */
export function scoreOf({ placeOf, below }: ScoreColumn, code: number, inside: number): number {
  const place = placeOf[code] as number;
  if (place < 0) return Number.NaN;
  const [from, to] = [below[place] as number, below[place + 1] as number];
  return normalQuantile(Math.min(1 - 1e-6, Math.max(1e-6, from + (to - from) * inside)));
}

/** The code of a score. */
export function codeOfScore({ codes, below }: ScoreColumn, score: number): number {
  const sought = normalBelow(score);
  let [low, high] = [0, codes.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((below[middle] as number) <= sought) low = middle;
    else high = middle - 1;
  }
  return codes[low] as number;
}

/** The code columns of drawn levels and scores, one per part. */
export function joinMixed(
  { tokens, scores, levels }: MixedParts,
  values: readonly Uint16Array[],
  drawn: readonly Float32Array[],
  fixed: readonly (Uint16Array | undefined)[],
  rows: number,
): Uint16Array[] {
  const coded = tokens.map(({ part }, t) => {
    const map = levels.get(part);
    const column = values[t] as Uint16Array;
    return map === undefined ? column : column.map((level) => map.codeOf[level] as number);
  });
  const codes = joinTokens(tokens, coded, fixed, rows);
  for (const [s, score] of scores.entries()) {
    if (fixed[score.part] !== undefined) continue;
    const [into, from] = [codes[score.part] as Uint16Array, drawn[s] as Float32Array];
    const known = score.token === undefined ? undefined : (values[score.token.index] as Uint16Array);
    for (let row = 0; row < rows; row++) {
      if (known === undefined || known[row] === score.token?.level) {
        into[row] = codeOfScore(score, from[row] as number);
      }
    }
  }
  return codes;
}

// Code columns as a network sees them: tokens with few values each. A column with many codes becomes two digits.
import type { CodePart } from '../../models/codes/index.ts';
import { codeCount } from '../../models/codes/index.ts';
import { drawnCounts } from '../coded/table.ts';

/** One softmax of a network. */
export interface Token {
  /** The code column that it belongs to. */
  readonly part: number;
  readonly size: number;
  /** `high` · base + `low` is the code; a column with few codes is `whole`. */
  readonly digit: 'whole' | 'high' | 'low';
  readonly base: number;
  /** Rows behind each value that may be drawn. */
  readonly counts: Float64Array;
  /** Of a low digit: 1 for each code, high digit first, that may be drawn. */
  readonly allowed?: Uint8Array;
}

/** More codes than this become two digits. */
const largestToken = 512;

export function tokensOf(parts: readonly CodePart[]): Token[] {
  return parts.flatMap(({ codes }, part): Token[] => {
    const counts = drawnCounts(codes);
    const size = codeCount(codes);
    // A constant tells nothing.
    if (size < 2) return [];
    if (size <= largestToken) return [{ part, size, digit: 'whole', base: 1, counts }];
    const base = Math.ceil(Math.sqrt(size));
    const highs = new Float64Array(Math.ceil(size / base));
    const lows = new Float64Array(base);
    const allowed = new Uint8Array(highs.length * base);
    for (const [code, count] of counts.entries()) {
      const [high, low] = [Math.floor(code / base), code % base];
      highs[high] = (highs[high] as number) + count;
      lows[low] = (lows[low] as number) + count;
      if (count > 0) allowed[code] = 1;
    }
    return [
      { part, size: highs.length, digit: 'high', base, counts: highs },
      { part, size: base, digit: 'low', base, counts: lows, allowed },
    ];
  });
}

/** The value of a token for each row of its code column. */
export function tokenValues({ digit, base }: Token, codes: Uint16Array): Uint16Array {
  if (digit === 'whole') return codes;
  return digit === 'high' ? codes.map((code) => Math.floor(code / base)) : codes.map((code) => code % base);
}

/** Logarithms of the shares of a token's values: where a softmax starts. */
export function logShares({ counts }: Token): Float32Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return Float32Array.from(counts, (count) => Math.log((count + 0.1) / (total + 0.1 * counts.length)));
}

/** The code columns of token values, one per part; parts without a token are code 0. */
export function joinTokens(
  tokens: readonly Token[],
  values: readonly Uint16Array[],
  fixed: readonly (Uint16Array | undefined)[],
  rows: number,
): Uint16Array[] {
  const codes = fixed.map((known) => known ?? new Uint16Array(rows));
  for (const [t, { part, digit, base }] of tokens.entries()) {
    if (fixed[part] !== undefined) continue;
    const [into, drawn] = [codes[part] as Uint16Array, values[t] as Uint16Array];
    const factor = digit === 'high' ? base : 1;
    for (let row = 0; row < rows; row++) into[row] = (into[row] as number) + factor * (drawn[row] as number);
  }
  return codes;
}

// How columns become small integers and back: plain, serialisable descriptions without a raw row in them.
import type { ColumnType } from '../../core/schema.ts';

/** Most codes that a number may have: predictors travel as 7-bit codes. */
export const maximalNumberCodes = 128;

/**
 * The grid on which a column's values lie: value = origin + unit · step for whole units, or any double where step is 0.
 * Everything below is in units, relative to the origin.
 */
export interface Grid {
  /** 0: no grid, units are the values themselves. */
  readonly step: number;
  /** A step of `1 / divisor` is exact where a decimal fraction is not: value = unit · step / divisor. */
  readonly divisor: number;
  /** Added to whole numbers of 64 bits whose magnitude doubles cannot hold. */
  readonly origin: bigint;
}

/** What a code outside the ordinary values means. */
export type Special = 'missing' | 'nan' | 'negative-infinity' | 'positive-infinity';

/**
 * Codes of a number (or date, time, …): first the specials, then the values in order. Values are cut into pieces, each with
 * at least k rows: an atom (one value that at least k rows share) or an interval that is interpolated; a code is one or more
 * neighbouring pieces.
 */
export interface NumberCodes {
  readonly kind: 'number';
  readonly specials: readonly Special[];
  /** Rows behind each special. */
  readonly specialCounts: readonly number[];
  readonly grid: Grid;
  /** Piece p covers [edges[p], edges[p + 1]); the first and last edges are the k-th smallest and largest values. */
  readonly edges: Float64Array;
  /** The value of an atom, NaN for an interval. */
  readonly atoms: Float64Array;
  /** Exact values of atoms (relative to the grid's origin) where doubles cannot hold them. */
  readonly exactAtoms?: BigInt64Array;
  /** Rows behind each piece. */
  readonly counts: Float64Array;
  /** The first piece of each value code, and the number of pieces. */
  readonly codeStarts: Uint32Array;
}

/** Codes of a category: levels with at least k rows by falling frequency, then `rare`, then `missing`. */
export interface CategoryCodes {
  readonly kind: 'category';
  readonly levels: readonly string[];
  /** Rows behind each level. */
  readonly counts: Float64Array;
  /** Rows of pooled levels; 0: there is no rare code. */
  readonly rareCount: number;
  /** What the rare code decodes to: positions in `publicLevels`, else a draw among `levels`. */
  readonly publicRare?: readonly string[];
  /** Rows that are NULL; 0: there is no missing code. */
  readonly missingCount: number;
}

export type Codes = NumberCodes | CategoryCodes;

/** How one source column is cut into code columns: itself, or the day and the time of day of a timestamp. */
export interface ColumnCodes {
  readonly name: string;
  readonly type: ColumnType;
  readonly parts: readonly CodePart[];
  /** Of a timestamp in two parts: its k-th smallest and largest value, which no day and time together leave. */
  readonly limits?: { readonly low: bigint; readonly high: bigint };
}

export interface CodePart {
  /** Names the part's draws: the column's name, with `day` or `time` for parts of a timestamp. */
  readonly name: string;
  readonly part: 'whole' | 'day' | 'time';
  readonly codes: Codes;
}

/** Number of codes: a code column has values from 0 to this, exclusive. */
export function codeCount(codes: Codes): number {
  if (codes.kind === 'number') return codes.specials.length + codes.codeStarts.length - 1;
  return codes.levels.length + (codes.rareCount > 0 ? 1 : 0) + (codes.missingCount > 0 ? 1 : 0);
}

/** Rows behind each code, as far as the fit saw them. */
export function codeCounts(codes: Codes): Float64Array {
  const counts = new Float64Array(codeCount(codes));
  if (codes.kind === 'number') {
    counts.set(codes.specialCounts);
    for (let code = 0; code + 1 < codes.codeStarts.length; code++) {
      for (let p = codes.codeStarts[code] as number; p < (codes.codeStarts[code + 1] as number); p++) {
        counts[codes.specials.length + code] =
          (counts[codes.specials.length + code] as number) + (codes.counts[p] as number);
      }
    }
  } else {
    counts.set(codes.counts);
    if (codes.rareCount > 0) counts[codes.levels.length] = codes.rareCount;
    if (codes.missingCount > 0) counts[counts.length - 1] = codes.missingCount;
  }
  return counts;
}

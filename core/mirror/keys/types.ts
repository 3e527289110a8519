// What is learnt of a key: enough to make new ones of the same kind, and nothing of any single real key.

/** One character of a key: always this one, or any of an alphabet. */
export type KeyCharacter = { readonly literal: string } | { readonly alphabet: string };

/** Whole numbers `start + floor(row × gap)`, shaken within the gap; `gap` ≥ 1. */
export interface NumberKey {
  /** A whole number as text: it may exceed 64 bits. */
  readonly start: string;
  readonly gap: number;
}

export type KeySpec =
  /** Also decimals (in units of their last digit), dates (days) and timestamps (microseconds). */
  | ({ readonly kind: 'number'; readonly column: string; readonly nullShare: number } & NumberKey)
  | { readonly kind: 'uuid'; readonly column: string; readonly nullShare: number }
  /** A prefix that all keys share, then a number, with leading zeros up to `width` digits. */
  | ({
      readonly kind: 'numbered-text';
      readonly column: string;
      readonly nullShare: number;
      readonly prefix: string;
      readonly width: number;
    } & NumberKey)
  /** Characters by position. */
  | {
      readonly kind: 'text';
      readonly column: string;
      readonly nullShare: number;
      readonly shape: readonly KeyCharacter[];
    }
  /** Numbers the rows that agree in the `within` columns: start, start + step, … */
  | {
      readonly kind: 'position';
      readonly column: string;
      readonly within: readonly string[];
      readonly start: string;
      readonly step: string;
    }
  /** Learnt like other columns and kept distinct among the rows that agree in the `within` columns. */
  | { readonly kind: 'distinct'; readonly column: string; readonly within: readonly string[] };

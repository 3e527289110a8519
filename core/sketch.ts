// What a table looked like when it was learnt, in counts of at least k rows: small, and kept with its release.

/** A numeric or time column (times in µs). */
export interface NumberSketch {
  readonly kind: 'number';
  readonly column: string;
  /**
   * Ascending, rounded, at least one. The first and the last lie near the k-th least and k-th greatest value, those between at
   * quantiles. Cell i holds values in (edges[i − 1], edges[i]]; the last one everything above, NaN included.
   */
  readonly edges: readonly number[];
  /** Rows per cell, edges.length + 1 of them; 0 stands for fewer than k. */
  readonly rows: readonly number[];
  readonly missing: number;
  /** Of the finite values; null when there are none. */
  readonly mean: number | null;
  readonly deviation: number | null;
}

export interface CategorySketch {
  readonly kind: 'category';
  readonly column: string;
  /** The most frequent values with at least k rows, most frequent first. */
  readonly levels: readonly { readonly label: string; readonly rows: number }[];
  /** Rows with any other value. */
  readonly other: number;
  readonly missing: number;
}

export type ColumnSketch = NumberSketch | CategorySketch;

export interface TableSketch {
  /** The least count in it, other than 0. */
  readonly k: number;
  readonly rows: number;
  readonly columns: readonly ColumnSketch[];
}

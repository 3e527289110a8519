// How far two sides differ when chance alone says which row is whose: a permutation test over counts of rows.

/** Shares of rows found by each query on the first and on the second side. */
type Statistic = (first: readonly number[], second: readonly number[]) => number;

/**
 * A statistic of the shares of rows that each query finds, on the two sides as they are and after the pooled rows were dealt
 * out anew, `permutations` times. Exact when the rows of both sides are exchangeable (Fisher 1935; Good 2005): queries share
 * rows, and what they have in common stays as it is.
 *
 * @param hits per query the ascending numbers of the pooled rows that it finds; the first side's rows are those below `first`
 * @param first rows of the first side, between 1 and `total` − 1
 */
export function relabelled(
  hits: readonly Uint32Array[],
  first: number,
  total: number,
  permutations: number,
  statistic: Statistic,
  next: () => number,
): { readonly value: number; readonly nulls: readonly number[] } {
  const words = Math.ceil(total / 32);
  const sets = hits.map((rows) => bits(rows, words));
  const isFirst = new Uint32Array(words);
  for (let row = 0; row < first; row++) mark(isFirst, row);
  const order = Uint32Array.from({ length: total }, (_, row) => row);
  const measure = (): number => {
    const inFirst = sets.map((set) => common(set, isFirst));
    return statistic(
      inFirst.map((count) => count / first),
      inFirst.map((count, q) => ((hits[q]?.length ?? 0) - count) / (total - first)),
    );
  };
  const value = measure();
  const nulls = Array.from({ length: permutations }, () => {
    isFirst.fill(0);
    for (let dealt = 0; dealt < first; dealt++) {
      const at = dealt + Math.floor(next() * (total - dealt));
      const row = order[at] as number;
      order[at] = order[dealt] as number;
      order[dealt] = row;
      mark(isFirst, row);
    }
    return measure();
  });
  return { value, nulls };
}

function bits(rows: Uint32Array, words: number): Uint32Array {
  const set = new Uint32Array(words);
  for (const row of rows) mark(set, row);
  return set;
}

function mark(set: Uint32Array, row: number): void {
  set[row >>> 5] = (set[row >>> 5] as number) | (1 << (row & 31));
}

/** How many rows are in both: the bits of each word are summed in parallel (Warren, Hacker's Delight, 5-1). */
function common(a: Uint32Array, b: Uint32Array): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) {
    let x = (a[i] as number) & (b[i] as number);
    x -= (x >>> 1) & 0x55555555;
    x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
    x = (x + (x >>> 4)) & 0x0f0f0f0f;
    count += Math.imul(x, 0x01010101) >>> 24;
  }
  return count;
}

// How far two sides differ when chance alone says which rows are whose: a permutation test over counts of rows.

/** Shares of rows found by each query on the first and on the second side. */
type Statistic = (first: readonly number[], second: readonly number[]) => number;

/**
 * A statistic of the shares of rows that each query finds, on the two sides as they are and after the pooled rows were dealt
 * out anew, `permutations` times. Exact when what is dealt is exchangeable (Fisher 1935; Good 2005): rows, or subjects with all
 * their rows, since rows of one subject resemble each other. Queries share rows, and what they have in common stays as it is.
 *
 * @param hits per query the ascending numbers of the pooled rows that it finds; the first side's rows are those below `first`
 * @param first rows of the first side, between 1 and `total` − 1
 * @param owners whose each of the pooled rows is: 0, 1, …, rows of one subject together. Dealt out until the first side has as many rows
 */
export function relabelled(
  hits: readonly Uint32Array[],
  first: number,
  owners: Int32Array,
  permutations: number,
  statistic: Statistic,
  next: () => number,
): { readonly value: number; readonly nulls: readonly number[] } {
  const total = owners.length;
  const starts = startsOf(owners);
  const subjects = starts.length - 1;
  const words = Math.ceil(total / 32);
  const sets = hits.map((rows) => bits(rows, words));
  const isFirst = new Uint32Array(words);
  for (let row = 0; row < first; row++) mark(isFirst, row);
  const order = Uint32Array.from({ length: subjects }, (_, subject) => subject);
  let dealt = first;
  const measure = (): number => {
    const inFirst = sets.map((set) => common(set, isFirst));
    return statistic(
      inFirst.map((count) => count / dealt),
      inFirst.map((count, q) => ((hits[q]?.length ?? 0) - count) / (total - dealt)),
    );
  };
  const value = measure();
  const nulls = Array.from({ length: permutations }, () => {
    isFirst.fill(0);
    dealt = 0;
    // One subject is left to the second side, however large the others are.
    for (let turn = 0; turn < subjects - 1 && dealt < first; turn++) {
      const at = turn + Math.floor(next() * (subjects - turn));
      const subject = order[at] as number;
      order[at] = order[turn] as number;
      order[turn] = subject;
      const end = starts[subject + 1] as number;
      for (let row = starts[subject] as number; row < end; row++, dealt++) mark(isFirst, row);
    }
    return measure();
  });
  return { value, nulls };
}

/** Where the rows of each subject begin, and the end of the last. */
function startsOf(owners: Int32Array): readonly number[] {
  const starts: number[] = [];
  for (let row = 0; row < owners.length; row++) if (row === 0 || owners[row] !== owners[row - 1]) starts.push(row);
  return [...starts, owners.length];
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

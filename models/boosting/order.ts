// Gives a category's codes an order for threshold questions: by how often the target is 1 among the rows of a node.

/**
 * The 7-bit rank of each code of a category at one node. Codes that too few of the node's rows have share the rank of
 * "others", and so does everything not listed.
 */
export interface CodeOrder {
  readonly codes: Uint16Array;
  readonly ranks: Uint8Array;
  readonly otherRank: number;
  /** Number of ranks. */
  readonly bins: number;
}

/** Weight, in rows, of the node's own share in each code's share. */
const smoothing = 10;

/**
 * @param counts rows of each code at the node
 * @param positives of these, rows with target 1
 * @param least codes with fewer rows count as others
 */
export function orderCodes(counts: Uint32Array, positives: Uint32Array, least: number, maximalBins: number): CodeOrder {
  let rows = 0;
  let ones = 0;
  for (let code = 0; code < counts.length; code++) {
    rows += counts[code] as number;
    ones += positives[code] as number;
  }
  const share = ones / Math.max(1, rows);
  const entries: { code: number; count: number; share: number }[] = [];
  let [otherCount, otherOnes] = [0, 0];
  for (let code = 0; code < counts.length; code++) {
    const count = counts[code] as number;
    if (count >= least) {
      entries.push({ code, count, share: ((positives[code] as number) + smoothing * share) / (count + smoothing) });
    } else {
      otherCount += count;
      otherOnes += positives[code] as number;
    }
  }
  entries.push({ code: -1, count: otherCount, share: (otherOnes + smoothing * share) / (otherCount + smoothing) });
  entries.sort((a, b) => a.share - b.share || a.code - b.code);
  const isWide = entries.length > maximalBins;
  const codes = new Uint16Array(entries.length - 1);
  const ranks = new Uint8Array(entries.length - 1);
  let otherRank = 0;
  let at = 0;
  let seen = 0;
  let last = 0;
  for (const [i, { code, count }] of entries.entries()) {
    // Too many for 7 bits: neighbours of about even counts share a rank.
    const rank = isWide
      ? Math.min(maximalBins - 1, Math.floor(((seen + count / 2) * maximalBins) / Math.max(1, rows)))
      : i;
    seen += count;
    last = Math.max(last, rank);
    if (code < 0) otherRank = rank;
    else {
      codes[at] = code;
      ranks[at++] = rank;
    }
  }
  return { codes, ranks, otherRank, bins: last + 1 };
}

/** Writes the rank of each code below `codeCount` into `table`. */
export function spreadOrder(order: Omit<CodeOrder, 'bins'>, codeCount: number, table: Uint8Array): void {
  table.fill(order.otherRank, 0, codeCount);
  for (let i = 0; i < order.codes.length; i++) table[order.codes[i] as number] = order.ranks[i] as number;
}

// p-values of one family of tests, corrected for how many there are.

/**
 * Benjamini and Hochberg's (1995) adjusted p-values, in the order given: rejecting all at most α keeps the expected share of
 * false discoveries at most α. The same as R's `p.adjust(p, 'BH')`.
 */
export function benjaminiHochberg(p: readonly number[]): readonly number[] {
  const order = ascending(p);
  const adjusted = new Array<number>(p.length);
  let least = 1;
  for (let rank = p.length; rank >= 1; rank--) {
    const index = order[rank - 1] as number;
    least = Math.min(least, ((p[index] as number) * p.length) / rank);
    adjusted[index] = least;
  }
  return adjusted;
}

/**
 * Holm's (1979) adjusted p-values, in the order given: rejecting all at most α keeps the chance of even one false alarm at
 * most α. The same as R's `p.adjust(p, 'holm')`.
 */
export function holm(p: readonly number[]): readonly number[] {
  const adjusted = new Array<number>(p.length);
  let greatest = 0;
  for (const [rank, index] of ascending(p).entries()) {
    greatest = Math.max(greatest, Math.min(1, (p[index] as number) * (p.length - rank)));
    adjusted[index] = greatest;
  }
  return adjusted;
}

function ascending(p: readonly number[]): readonly number[] {
  return p.map((_, i) => i).sort((a, b) => (p[a] as number) - (p[b] as number) || a - b);
}

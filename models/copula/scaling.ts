// Orders the levels of categories by optimal scaling: levels that go with alike rows lie side by side.

const sweeps = 4;

/**
 * One order of codes per column. Numbers keep theirs; a category's codes are sorted by the mean, over their rows, of what
 * the other columns say together (their first principal component, found by alternating).
 * @param columns codes, one column each
 * @param codeCounts number of codes of each column
 */
export function scaleCategories(
  columns: readonly Uint16Array[],
  codeCounts: readonly number[],
  isCategory: readonly boolean[],
): Uint16Array[] {
  const rows = columns[0]?.length ?? 0;
  const scores = codeCounts.map((count, c) =>
    standardised(
      Float64Array.from({ length: count }, (_, i) => i),
      columns[c],
    ),
  );
  const weights = new Float64Array(columns.length).fill(1);
  const total = new Float64Array(rows);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    total.fill(0);
    for (const [c, codes] of columns.entries())
      addScores(total, codes, scores[c] as Float64Array, weights[c] as number);
    for (const [c, codes] of columns.entries()) {
      const own = scores[c] as Float64Array;
      const means = meansByCode(codes, own, weights[c] as number, total);
      if (isCategory[c]) scores[c] = standardised(means, codes);
      let weight = 0;
      for (let row = 0; row < rows; row++) {
        const code = codes[row] as number;
        weight += ((scores[c] as Float64Array)[code] as number) * (means[code] as number);
      }
      weights[c] = rows > 0 ? weight / rows : 0;
    }
    const length = Math.hypot(...weights) || 1;
    for (let c = 0; c < weights.length; c++) weights[c] = (weights[c] as number) / length;
  }
  return scores.map((score, c) => {
    const order = Array.from(score.keys());
    if (isCategory[c]) order.sort((a, b) => (score[a] as number) - (score[b] as number) || a - b);
    return Uint16Array.from(order);
  });
}

function addScores(total: Float64Array, codes: Uint16Array, scores: Float64Array, weight: number): void {
  for (let row = 0; row < codes.length; row++) {
    total[row] = (total[row] as number) + weight * (scores[codes[row] as number] as number);
  }
}

/** Mean of what the other columns say, by code. */
function meansByCode(codes: Uint16Array, own: Float64Array, weight: number, total: Float64Array): Float64Array {
  const sums = new Float64Array(own.length);
  const counts = new Float64Array(own.length);
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row] as number;
    sums[code] = (sums[code] as number) + (total[row] as number) - weight * (own[code] as number);
    counts[code] = (counts[code] as number) + 1;
  }
  return sums.map((sum, code) => (counts[code] === 0 ? 0 : sum / (counts[code] as number)));
}

/** Scores with mean 0 and variance 1 over the rows. */
function standardised(scores: Float64Array, codes: Uint16Array | undefined): Float64Array {
  const rows = codes?.length ?? 0;
  let [sum, squares] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const score = scores[codes?.[row] ?? 0] as number;
    sum += score;
    squares += score * score;
  }
  const mean = sum / Math.max(1, rows);
  const deviation = Math.sqrt(Math.max(0, squares / Math.max(1, rows) - mean * mean));
  return scores.map((score) => (deviation < 1e-12 ? 0 : (score - mean) / deviation));
}

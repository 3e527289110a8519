// Groups neighbouring pieces into at most `limit` codes of nearly equal counts; a piece heavier than a code stands alone.

/** The first piece of each code, then the number of pieces. */
export function groupPieces(counts: Float64Array, limit: number): Uint32Array {
  if (counts.length <= limit) return Uint32Array.from({ length: counts.length + 1 }, (_, p) => p);
  const total = counts.reduce((sum, count) => sum + count, 0);
  for (let size = total / limit; ; size *= 1.05) {
    const starts = group(counts, size);
    if (starts.length - 1 <= limit) return Uint32Array.from(starts);
  }
}

/** Codes of about `size` rows: runs between heavy pieces are cut evenly. */
function group(counts: Float64Array, size: number): number[] {
  const starts: number[] = [];
  for (let p = 0; p < counts.length; ) {
    if ((counts[p] as number) >= size) {
      starts.push(p++);
      continue;
    }
    let end = p;
    let mass = 0;
    while (end < counts.length && (counts[end] as number) < size) mass += counts[end++] as number;
    const parts = Math.max(1, Math.round(mass / size));
    let seen = 0;
    let made = 0;
    for (; p < end; p++) {
      // A piece opens the next code when its middle lies beyond that code's even share.
      if (seen + (counts[p] as number) / 2 >= (made * mass) / parts) {
        starts.push(p);
        made++;
      }
      seen += counts[p] as number;
    }
  }
  starts.push(counts.length);
  return starts;
}

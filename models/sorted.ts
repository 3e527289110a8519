// Places in sorted numbers, by halving.

/** How many are below `value`. */
export function countBelow(sorted: Float64Array, value: number): number {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const at = (from + to) >> 1;
    if ((sorted[at] as number) < value) from = at + 1;
    else to = at;
  }
  return from;
}

/** How many are at most `value`. */
export function countUpTo(sorted: Float64Array, value: number): number {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const at = (from + to) >> 1;
    if ((sorted[at] as number) <= value) from = at + 1;
    else to = at;
  }
  return from;
}

// Fisher's exact test, one-sided, for two shares.

/**
 * The chance of at least `hits` among `n` when `hits + controlHits` marks fall on `n + controlN` rows at random: the
 * upper tail of the hypergeometric distribution (Fisher 1922).
 */
export function fisherGreater(hits: number, n: number, controlHits: number, controlN: number): number {
  const marks = hits + controlHits;
  const all = n + controlN;
  const most = Math.min(n, marks);
  // Start at the term for `hits`; each next one follows by a ratio.
  let term = Math.exp(logChoose(n, hits) + logChoose(controlN, marks - hits) - logChoose(all, marks));
  const least = Math.max(0, marks - controlN);
  const mode = Math.floor(((marks + 1) * (n + 1)) / (all + 2));
  // Below the mode the lower tail is shorter and its terms do not vanish: sum that and take the complement.
  if (hits <= mode) {
    let lower = 0;
    for (let x = hits; x > least; x--) {
      term *= (x * (controlN - marks + x)) / ((n - x + 1) * (marks - x + 1));
      lower += term;
      if (term < 1e-18 * lower) break;
    }
    return Math.max(0, 1 - lower);
  }
  let upper = term;
  for (let x = hits; x < most; x++) {
    term *= ((n - x) * (marks - x)) / ((x + 1) * (controlN - marks + x + 1));
    upper += term;
    if (term < 1e-18 * upper) break;
  }
  return Math.min(1, upper);
}

/** The most hits among `n` that are no evidence at level `alpha`: one more and Fisher's p is below it. */
export function fisherCritical(n: number, controlHits: number, controlN: number, alpha: number): number {
  let low = 0;
  let high = n + 1;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    // More hits than rows never happen: `n + 1` stands for "nothing is evidence".
    if (middle <= n && fisherGreater(middle, n, controlHits, controlN) >= alpha) low = middle;
    else high = middle;
  }
  return low;
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

const smallFactorials: readonly number[] = Array.from({ length: 32 }).reduce<number[]>((list, _, i) => {
  list.push(i === 0 ? 0 : (list[i - 1] as number) + Math.log(i));
  return list;
}, []);

/** Stirling's series beyond 31: five terms give full double precision. */
function logFactorial(n: number): number {
  if (n < smallFactorials.length) return smallFactorials[n] as number;
  const inverse = 1 / n;
  const square = inverse * inverse;
  const series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)));
  return n * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI * n) + series;
}

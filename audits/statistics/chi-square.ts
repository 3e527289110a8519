// The chi-square distribution: its upper tail and its quantiles.

/** P(X > x) for `degrees` of freedom: the regularised upper incomplete gamma function Q(degrees / 2, x / 2). */
export function chiSquareTail(x: number, degrees: number): number {
  if (x <= 0) return 1;
  return upperGamma(degrees / 2, x / 2);
}

/** The x with P(X > x) = `tail`, to 12 digits. */
export function chiSquareQuantile(tail: number, degrees: number): number {
  let [low, high] = [0, Math.max(1, degrees)];
  while (chiSquareTail(high, degrees) > tail) high *= 2;
  while (high - low > 1e-12 * high) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (chiSquareTail(middle, degrees) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** By its series below a + 1 and Lentz's continued fraction above (Press et al., Numerical Recipes, 6.2). */
function upperGamma(a: number, x: number): number {
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let [term, sum] = [1 / a, 1 / a];
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return Math.max(0, 1 - scale * sum);
  }
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < 10_000; n++) {
    const factor = -n * (n - a);
    b += 2;
    d = 1 / nonZero(factor * d + b, tiny);
    c = nonZero(b + factor / c, tiny);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return scale * fraction;
}

function nonZero(value: number, tiny: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}

/** ln Γ(a) for whole and half a, the only ones here: by recurrence from Γ(1) and Γ(½). */
function logGamma(a: number): number {
  let sum = Number.isInteger(a) ? 0 : Math.log(Math.PI) / 2;
  for (let factor = Number.isInteger(a) ? 1 : 0.5; factor < a; factor++) sum += Math.log(factor);
  return sum;
}

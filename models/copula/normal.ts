// The standard normal distribution: density, distribution function and quantiles, to about double precision.

const halfLogTwoPi = 0.9189385332046727;

export function normalDensity(z: number): number {
  return Math.exp(-0.5 * z * z - halfLogTwoPi);
}

/** P(Z ≤ z). Hart's rational approximation, as in G. West, "Better approximations to cumulative normal functions" (2005). */
export function normalBelow(z: number): number {
  const x = Math.abs(z);
  let tail = 0;
  if (x <= 37) {
    const density = Math.exp((-x * x) / 2);
    if (x < 7.07106781186547) {
      let top = 0.0352624965998911 * x + 0.700383064443688;
      for (const c of [6.37396220353165, 33.912866078383, 112.079291497871, 221.213596169931, 220.206867912376]) {
        top = top * x + c;
      }
      let bottom = 0.0883883476483184 * x + 1.75566716318264;
      for (const c of [
        16.064177579207, 86.7807322029461, 296.564248779674, 637.333633378831, 793.826512519948, 440.413735824752,
      ]) {
        bottom = bottom * x + c;
      }
      tail = (density * top) / bottom;
    } else {
      let fraction = x + 0.65;
      for (const c of [4, 3, 2, 1]) fraction = x + c / fraction;
      tail = density / fraction / 2.506628274631;
    }
  }
  return z > 0 ? 1 - tail : tail;
}

/** The z with P(Z ≤ z) = p, ±Infinity at 0 and 1. Acklam's approximation with one step of Halley's method. */
export function normalQuantile(p: number): number {
  if (p <= 0) return Number.NEGATIVE_INFINITY;
  if (p >= 1) return Number.POSITIVE_INFINITY;
  const z = roughQuantile(p);
  // Far out, 1 - p has no digits left to correct with.
  if (Math.abs(z) > 7) return z;
  const error = (normalBelow(z) - p) / normalDensity(z);
  return z - error / (1 + (z * error) / 2);
}

function roughQuantile(p: number): number {
  if (p > 0.97575) return -roughQuantile(1 - p);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    const top =
      ((((-0.007784894002430293 * q - 0.3223964580411365) * q - 2.400758277161838) * q - 2.549732539343734) * q +
        4.374664141464968) *
        q +
      2.938163982698783;
    const bottom =
      (((0.007784695709041462 * q + 0.3224671290700398) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1;
    return top / bottom;
  }
  const q = p - 0.5;
  const r = q * q;
  const top =
    ((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.357751867269) * r -
      30.66479806614716) *
      r +
    2.506628277459239;
  const bottom =
    ((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r -
      13.28068155288572) *
      r +
    1;
  return (top * q) / bottom;
}

// Quantiles of the standard normal and of a non-negative statistic with known mean and variance.

/** Standard normal quantiles: of .975 (95 % intervals), .99 (one-sided), and of |Z| at ½ and .99. */
export const Z975 = 1.959963984540054;
export const Z99 = 2.3263478740408408;
export const ABS_Z50 = 0.6744897501960817;
export const ABS_Z99 = 2.5758293035489004;

/**
 * The .99 quantile of a non-negative statistic with this mean and variance, as a gamma variable
 * (Wilson and Hilferty 1931: its cube root is nearly normal). A half-normal's is overstated by 9 %, never understated.
 */
export function gammaQ99(mean: number, variance: number): number {
  if (mean <= 0 || variance <= 0) return mean;
  const shape = (mean * mean) / variance;
  return mean * (1 - 1 / (9 * shape) + Z99 / (3 * Math.sqrt(shape))) ** 3;
}

// A p-value from two quantiles of a null distribution.

/**
 * The chance of a value as bad as `value` under a null of which the median and the .99 quantile are known: an exponential
 * tail through both points. Exact at the two; beyond q99 never too small for a null whose log survival function is concave
 * (normal, half-normal, Kolmogorov, gamma with shape ≥ 1), so that a correction for many tests stays cautious about blaming.
 * With `q99 < q50` small values are bad. Undefined when both are equal: such a null has no tail.
 */
export function pFromNull(
  value: number,
  { q50, q99 }: { readonly q50: number; readonly q99: number },
): number | undefined {
  if (q50 === q99 || !Number.isFinite(q50) || !Number.isFinite(q99)) return undefined;
  const steps = (value - q50) / (q99 - q50);
  return Math.min(1, 0.5 * 50 ** -steps);
}

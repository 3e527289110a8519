// The exact test of paired differences by flipping their signs (Fisher 1935), which asks for symmetry alone.

/** One-sided: the chance of a mean as low as that of `differences`, or lower, if plus and minus were equally likely. At most 20. */
export function signFlipP(differences: readonly number[]): number {
  const n = differences.length;
  if (n > 20) throw new RangeError('Sign flips of more than 20 differences are too many to count.');
  // Sums of the same numbers in another order differ in their last bits.
  const limit = differences.reduce((sum, d) => sum + d, 0) + 1e-12;
  let asLow = 0;
  for (let flips = 0; flips < 2 ** n; flips++) {
    let sum = 0;
    for (let i = 0; i < n; i++)
      sum += ((flips >> i) & 1) === 1 ? -(differences[i] as number) : (differences[i] as number);
    if (sum <= limit) asLow++;
  }
  return asLow / 2 ** n;
}

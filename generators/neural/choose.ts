// Draws a token's value from logits; values that nothing is behind are never drawn.
import type { Token } from './tokens.ts';

/**
 * @param logits of the token's values, from `at` on; they are overwritten
 * @param uniform in [0, 1)
 * @param high of a low digit: the high digit of the row
 */
export function chooseValue(
  { counts, allowed, base }: Token,
  logits: Float32Array,
  at: number,
  uniform: number,
  high: number,
): number {
  const size = counts.length;
  let most = Number.NEGATIVE_INFINITY;
  let last = 0;
  const isOpen = (value: number): boolean =>
    allowed === undefined ? (counts[value] as number) > 0 : allowed[high * base + value] === 1;
  for (let value = 0; value < size; value++) {
    if (!isOpen(value)) continue;
    if ((logits[at + value] as number) > most) most = logits[at + value] as number;
    last = value;
  }
  let total = 0;
  for (let value = 0; value < size; value++) {
    total += isOpen(value) ? Math.exp((logits[at + value] as number) - most) : 0;
    logits[at + value] = total;
  }
  const sought = uniform * total;
  // Sums are 32-bit floats: the last one may be below what is sought.
  for (let value = 0; value < last; value++) if ((logits[at + value] as number) > sought) return value;
  return last;
}

/** log p(value), by the logits of the token from `at` on. */
export function logProbability({ counts }: Token, logits: Float32Array, at: number, value: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < counts.length; i++) most = Math.max(most, logits[at + i] as number);
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += Math.exp((logits[at + i] as number) - most);
  return (logits[at + value] as number) - most - Math.log(total);
}

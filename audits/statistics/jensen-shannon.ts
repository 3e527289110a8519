// Jensen–Shannon distance of two count tables, and what it is when both are samples of one distribution.
import { Z99 } from './normal.ts';
import type { Cell } from './tvd.ts';
import { pooledCells } from './tvd.ts';

export interface JensenShannon {
  /** √ of the Jensen–Shannon divergence in bits: 0 to 1 (Endres and Schindelin 2003). */
  readonly value: number;
  readonly null: { readonly q50: number; readonly q99: number };
}

/**
 * Null: near p = q the divergence is Σ (p − q)² / (8 (p + q)/2) nats, that is (1/n + 1/m)/8 times Pearson's χ² with
 * one degree of freedom less than there are cells (Menéndez et al. 1997). Rare cells are merged as for total variation.
 */
export function jensenShannon(cells: Iterable<Cell>): JensenShannon | undefined {
  const { kept, nA, nB } = pooledCells(cells);
  if (nA === 0 || nB === 0) return undefined;
  let bits = 0;
  let count = 0;
  for (const { a, b, times } of kept) {
    const [p, q] = [a / nA, b / nB];
    const middle = (p + q) / 2;
    bits += (times / 2) * (information(p, middle) + information(q, middle));
    count += times;
  }
  const unit = (1 / nA + 1 / nB) / (8 * Math.LN2);
  const quantile = (z: number): number => Math.min(1, Math.sqrt(unit * chiSquareQuantile(count - 1, z)));
  return { value: Math.sqrt(Math.max(0, Math.min(1, bits))), null: { q50: quantile(0), q99: quantile(Z99) } };
}

function information(p: number, middle: number): number {
  return p === 0 ? 0 : p * Math.log2(p / middle);
}

/** The quantile of χ² at the normal quantile `z` (Wilson and Hilferty 1931): within 1 % at .99. */
function chiSquareQuantile(degrees: number, z: number): number {
  if (degrees <= 0) return 0;
  return degrees * Math.max(0, 1 - 2 / (9 * degrees) + z * Math.sqrt(2 / (9 * degrees))) ** 3;
}

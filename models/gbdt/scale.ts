// Gradients and hessians as whole numbers, of which histograms are exact sums.

/**
 * Whole numbers in doubles, so that sums are exact in any order and a child's histogram is its parent's less its
 * sibling's. Per row: the gradient on a fixed grid, and hessian · 2^countBits + 1, of which the sum holds hessian and count.
 */
export interface Scale {
  readonly gradient: number;
  readonly hessian: number;
  /** 2^countBits. */
  readonly countBase: number;
}

/** The finest grids on which sums over `rows` rows stay below 2^52. @param largest gradient and hessian, in magnitude */
export function scaleOf(rows: number, largestGradient: number, largestHessian: number): Scale {
  const countBits = Math.ceil(Math.log2(rows + 2));
  const gradient = 2 ** (51 - countBits - Math.ceil(Math.log2(largestGradient + 1e-300)));
  const hessian = 2 ** (51 - 2 * countBits - Math.ceil(Math.log2(largestHessian + 1e-300)));
  return { gradient, hessian, countBase: 2 ** countBits };
}

/** Derivatives of the loss by one output's score, per row of the table. */
export interface Derivatives {
  readonly gradients: Float64Array;
  readonly hessians: Float64Array;
}

/** Adding and taking it away rounds numbers below 2^51 to whole ones, halves to even. */
const rounder = 1.5 * 2 ** 52;

/** Writes what histograms add up. Hessians carry their rounding to the next row, so that no sum of many drifts. */
export function toGrid({ gradients, hessians }: Derivatives, rows: Int32Array, statistics: Float64Array): Scale {
  let largestGradient = 0;
  let largestHessian = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    const gradient = Math.abs(gradients[row] as number);
    const hessian = hessians[row] as number;
    if (gradient > largestGradient) largestGradient = gradient;
    if (hessian > largestHessian) largestHessian = hessian;
  }
  const scale = scaleOf(rows.length, largestGradient, largestHessian);
  let carried = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    const exact = (hessians[row] as number) * scale.hessian + carried;
    const whole = Math.max(0, exact + rounder - rounder);
    carried = exact - whole;
    statistics[2 * row] = (gradients[row] as number) * scale.gradient + rounder - rounder;
    statistics[2 * row + 1] = whole * scale.countBase + 1;
  }
  return scale;
}

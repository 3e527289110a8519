// Finds the grid of a column: the step of which all its values are multiples, decimals included.
import type { Grid } from './types.ts';

export const noGrid: Grid = { step: 0, divisor: 1, origin: 0n };

const maximalDecimals = 9;

/**
 * The grid of sorted, finite values.
 * @param rounding how a stored value comes from an exact one: `Math.fround` for 32-bit floats
 */
export function findGrid(values: Float64Array, rounding: (value: number) => number = (value) => value): Grid {
  if (values.length === 0) return noGrid;
  let divisor = 1;
  for (let decimals = 0; ; decimals++, divisor *= 10) {
    if (decimals > maximalDecimals) return noGrid;
    if (onDecimals(values, divisor, rounding)) break;
  }
  let step = 0;
  for (let i = 0; i < values.length && step !== 1; i++) {
    step = greatestCommonDivisor(step, Math.abs(Math.round((values[i] as number) * divisor)));
  }
  // Only zeros: any step does.
  return { step: step === 0 ? 1 : step, divisor, origin: 0n };
}

function onDecimals(values: Float64Array, divisor: number, rounding: (value: number) => number): boolean {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const scaled = Math.round(value * divisor);
    if (Math.abs(scaled) > Number.MAX_SAFE_INTEGER || rounding(scaled / divisor) !== value) return false;
  }
  return true;
}

function greatestCommonDivisor(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}

/** The units of values: whole numbers on a grid, the values themselves without one. */
export function toUnits(values: Float64Array, grid: Grid): Float64Array {
  if (grid.step === 0) return values;
  const { divisor, step } = grid;
  return values.map((value) => Math.round((value * divisor) / step));
}

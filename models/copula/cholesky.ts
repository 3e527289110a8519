// The Cholesky factor of a correlation matrix that was put together pair by pair, and so may not quite be one.

/** Least share of a variable that the earlier ones do not explain. */
const leastRemainder = 0.01;

/**
 * The lower triangle L, row after row, of a matrix near `correlations` that is a correlation matrix: pivots that are too
 * small are raised, and rows are scaled back to length 1.
 * @param correlations square, row after row
 * @param order positions of the variables, in the order of L's rows
 */
export function choleskyFactor(correlations: Float64Array, order: readonly number[]): Float64Array {
  const size = order.length;
  const width = Math.round(Math.sqrt(correlations.length));
  const factor = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    let length = 0;
    for (let column = 0; column < row; column++) {
      let sum = correlations[(order[row] as number) * width + (order[column] as number)] as number;
      for (let i = 0; i < column; i++) {
        sum -= (factor[row * size + i] as number) * (factor[column * size + i] as number);
      }
      const entry = sum / (factor[column * size + column] as number);
      factor[row * size + column] = entry;
      length += entry * entry;
    }
    const pivot = Math.max(leastRemainder, 1 - length);
    const scale = 1 / Math.sqrt(length + pivot);
    for (let column = 0; column < row; column++) {
      factor[row * size + column] = (factor[row * size + column] as number) * scale;
    }
    factor[row * size + row] = Math.sqrt(pivot) * scale;
  }
  return factor;
}

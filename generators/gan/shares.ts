// Makes the shares of single columns come out as learnt.
import { knotsOf, matchBias, probabilities, type ScoreKnots, type TokenLogits } from '../neural/shares.ts';
import type { GanModel, GanRows } from './model.ts';

/** Moves the biases of the model in place, and gives the knots of each drawn score. */
export function matchShares(model: GanModel, rows: GanRows): ScoreKnots[] {
  const { tokens, scores } = model.parts;
  const { givenTokens, givenScores } = model.shape;
  const drawn = tokens.slice(givenTokens);
  const width = model.bias.length;
  const outputs = new Float32Array(rows.count * width);
  model.outputs(rows, (block, from, count) => {
    for (let row = 0; row < count; row++) {
      outputs.set(block.subarray(row * model.stride, row * model.stride + width), (from + row) * width);
    }
  });
  let start = 0;
  const starts = drawn.map(({ size }) => {
    const at = start;
    start += size;
    return at;
  });
  const logitsOf = (t: number): TokenLogits => {
    return { values: outputs, rows: rows.count, stride: width, at: starts[t] as number };
  };
  const biasOf = (t: number): Float32Array => {
    const at = starts[t] as number;
    return model.bias.subarray(at, at + (drawn[t]?.size as number));
  };
  for (const [t, { counts, digit }] of drawn.entries()) {
    // What a low digit is depends on the high one.
    if (digit !== 'low') matchBias(logitsOf(t), biasOf(t), counts);
  }
  return scores.slice(givenScores).map(({ token }, s) => {
    const values = new Float64Array(rows.count);
    const odds = new Float64Array(rows.count).fill(1);
    for (let row = 0; row < rows.count; row++) values[row] = outputs[row * width + start + s] as number;
    if (token !== undefined && token.index >= givenTokens) {
      const t = token.index - givenTokens;
      const shares = new Float64Array(drawn[t]?.size as number);
      for (let row = 0; row < rows.count; row++) {
        probabilities(logitsOf(t), row, biasOf(t), shares);
        odds[row] = shares[token.level] as number;
      }
    }
    return knotsOf(values, odds);
  });
}

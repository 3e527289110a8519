// Makes the shares of single columns come out as learnt, in the order in which columns are drawn: the bias of a token is moved
// given what was drawn before it, and the scores drawn at the end say what score each stands for.
import type { WeightSpec } from '../../models/nets/index.ts';
import { namedWeights } from '../../models/nets/index.ts';
import { spreadRows } from '../neural/judge.ts';
import { levelValues, type MixedParts, scoreOf } from '../neural/mixed.ts';
import { knotsOf, matchBias, type ScoreKnots } from '../neural/shares.ts';
import { openDiffusion } from './model.ts';
import { type DiffusionShape, diffusionWeights } from './network.ts';

/** Rows that shares are matched on, at most, and most numbers that they make together. */
const matchedRows = 8192;
const matchedNumbers = 16_000_000;

/** Moves the biases among the weights in place, and gives the knots of each drawn score. */
export function matchShares(
  parts: MixedParts,
  shape: DiffusionShape,
  weights: Float32Array,
  steps: number,
  columns: readonly Uint16Array[],
  next: () => number,
): ScoreKnots[] {
  const { tokens, scores } = parts;
  const { givenTokens, givenScores } = shape;
  const specs: readonly WeightSpec[] = diffusionWeights(parts, shape);
  const bias = namedWeights(specs, weights).get('mask out/b') ?? new Float32Array();
  const all = columns[0]?.length ?? 0;
  const picked = spreadRows(all, Math.min(matchedRows, Math.max(256, Math.floor(matchedNumbers / (1 + bias.length)))));
  const count = picked.length;
  const here = columns.map((column) => Uint16Array.from(picked, (row) => column[row] as number));
  const levels = levelValues(parts, here);
  const uniforms = (): Float64Array => Float64Array.from({ length: count }, next);
  const values = tokens.map((_, t) => (t < givenTokens ? (levels[t] as Uint16Array) : new Uint16Array(count)));
  const drawn = scores.map((score, s) =>
    s < givenScores
      ? Float32Array.from(here[score.part] as Uint16Array, (code) => scoreOf(score, code, next()))
      : new Float32Array(count),
  );
  const model = openDiffusion(parts, shape, weights, steps);
  const draws = tokens.map((_, t) => (t < givenTokens ? undefined : uniforms()));
  const noise = scores.map((_, s) => (s < givenScores ? undefined : uniforms()));
  const isGiven = scores.map((_, s) => s < givenScores);
  const starts = tokens.map((_, t) => tokens.slice(givenTokens, t).reduce((sum, { size }) => sum + size, 0));
  model.unmask(values, draws, drawn, isGiven, 0, count, (t, logits) => {
    const token = tokens[t];
    // What a low digit is depends on the high one.
    if (token === undefined || token.digit === 'low') return;
    const shift = new Float32Array(token.size);
    matchBias(logits, shift, token.counts);
    const start = starts[t] as number;
    for (const [v, by] of shift.entries()) {
      bias[start + v] = (bias[start + v] as number) + by;
      for (let row = 0; row < count; row++) {
        const at = row * logits.stride + logits.at + v;
        logits.values[at] = (logits.values[at] as number) + by;
      }
    }
  });
  model.removeNoise(values, drawn, noise, 0, count);
  return scores.slice(givenScores).map(({ token }, i) => {
    const column = drawn[givenScores + i] as Float32Array;
    const isThere = Float64Array.from(column, (_, row) =>
      token === undefined || values[token.index]?.[row] === token.level ? 1 : 0,
    );
    return knotsOf(Float64Array.from(column), isThere);
  });
}

// Makes the shares of single columns come out as learnt: the generator's biases are moved until the mean of its probabilities is
// the share of each level, and its scores get the distribution that scores have. Both were learnt from at least k rows a code.
import { normalQuantile } from '../../models/copula/normal.ts';
import type { GanModel, GanRows } from './model.ts';

/** Rounds of moving the biases. */
const rounds = 4;
/** Most that a bias moves in a round, in logits. */
const longestMove = 2;
/** Points of the map from a generator's scores to normal ones. */
const knotCount = 65;

/** Ascending scores of a generator: knot i lies at share (i + ½) / knots of them. */
export type ScoreKnots = Float64Array;

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
  for (const [t, { counts, digit }] of drawn.entries()) {
    // What a low digit is depends on the high one.
    if (digit === 'low') continue;
    const at = starts[t] as number;
    const wanted = shares(counts);
    for (let round = 0; round < rounds; round++) {
      const mean = meanShares(outputs, model.bias, rows.count, width, at, counts);
      for (const [v, share] of wanted.entries()) {
        if (share === 0) continue;
        const move = Math.log(share / Math.max(1e-9, mean[v] as number));
        model.bias[at + v] = (model.bias[at + v] as number) + Math.max(-longestMove, Math.min(longestMove, move));
      }
    }
  }
  return scores.slice(givenScores).map(({ token }, s) => {
    const at = start + s;
    const values = new Float64Array(rows.count);
    const odds = new Float64Array(rows.count).fill(1);
    for (let row = 0; row < rows.count; row++) values[row] = outputs[row * width + at] as number;
    if (token !== undefined && token.index >= givenTokens) {
      const t = token.index - givenTokens;
      const size = drawn[t]?.size as number;
      for (let row = 0; row < rows.count; row++) {
        const from = row * width + (starts[t] as number);
        odds[row] = probabilities(outputs, model.bias, from, starts[t] as number, size)[token.level] as number;
      }
    }
    return knotsOf(values, odds);
  });
}

function shares(counts: Float64Array): Float64Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / Math.max(1, total));
}

function probabilities(
  outputs: Float32Array,
  bias: Float32Array,
  from: number,
  at: number,
  size: number,
  isOpen?: Float64Array,
): Float64Array {
  const odds = new Float64Array(size);
  let most = Number.NEGATIVE_INFINITY;
  for (let v = 0; v < size; v++) {
    odds[v] = isOpen?.[v] === 0 ? Number.NEGATIVE_INFINITY : (outputs[from + v] as number) + (bias[at + v] as number);
    most = Math.max(most, odds[v] as number);
  }
  let total = 0;
  for (let v = 0; v < size; v++) {
    odds[v] = Math.exp((odds[v] as number) - most);
    total += odds[v] as number;
  }
  for (let v = 0; v < size; v++) odds[v] = (odds[v] as number) / total;
  return odds;
}

function meanShares(
  outputs: Float32Array,
  bias: Float32Array,
  rows: number,
  width: number,
  at: number,
  counts: Float64Array,
): Float64Array {
  const mean = new Float64Array(counts.length);
  for (let row = 0; row < rows; row++) {
    const odds = probabilities(outputs, bias, row * width + at, at, counts.length, counts);
    for (let v = 0; v < mean.length; v++) mean[v] = (mean[v] as number) + (odds[v] as number) / rows;
  }
  return mean;
}

function knotsOf(values: Float64Array, odds: Float64Array): ScoreKnots {
  const order = [...values.keys()].sort((a, b) => (values[a] as number) - (values[b] as number) || a - b);
  const total = odds.reduce((sum, odd) => sum + odd, 0);
  const knots = new Float64Array(knotCount);
  let below = 0;
  let at = 0;
  for (let knot = 0; knot < knotCount; knot++) {
    const sought = (total * (knot + 0.5)) / knotCount;
    while (at < order.length - 1 && below + (odds[order[at] as number] as number) < sought) {
      below += odds[order[at] as number] as number;
      at++;
    }
    knots[knot] = values[order[at] as number] as number;
  }
  return knots;
}

/** The normal score that a generator's score stands for. */
export function normalScore(knots: ScoreKnots, score: number): number {
  const place = (knot: number): number => normalQuantile((knot + 0.5) / knots.length);
  const last = knots.length - 1;
  const [low, high] = [knots[0] as number, knots[last] as number];
  if (score <= low) return place(0) + (score - low);
  if (score >= high) return place(last) + (score - high);
  let [from, to] = [0, last];
  while (to - from > 1) {
    const middle = (from + to) >> 1;
    if ((knots[middle] as number) <= score) from = middle;
    else to = middle;
  }
  const [a, b] = [knots[from] as number, knots[to] as number];
  return place(from) + ((place(to) - place(from)) * (score - a)) / Math.max(1e-12, b - a);
}

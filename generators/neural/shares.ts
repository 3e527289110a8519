// Makes the shares of single columns come out as learnt: a bias is moved until the mean of its probabilities is the share of each
// level, and scores get the distribution that scores have. Both were learnt from at least k rows a code.
import { normalQuantile } from '../../models/copula/normal.ts';

/** Rounds of moving the biases. */
const rounds = 4;
/** Most that a bias moves in a round, in logits. */
const longestMove = 2;
/** Points of the map from drawn scores to normal ones. */
const knotCount = 65;

/** Ascending scores of a generator: knot i lies at share (i + ½) / knots of them. */
export type ScoreKnots = Float64Array;

/** Logits of one token in many rows, without the bias. */
export interface TokenLogits {
  readonly values: Float32Array;
  readonly rows: number;
  /** Length of a row of `values`, and where in it the token begins. */
  readonly stride: number;
  readonly at: number;
}

/**
 * Moves the bias of a token in place.
 * @param bias of each of its levels
 * @param counts rows behind each level; a level without any is never drawn
 */
export function matchBias(logits: TokenLogits, bias: Float32Array, counts: Float64Array): void {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const odds = new Float64Array(counts.length);
  for (let round = 0; round < rounds; round++) {
    const mean = new Float64Array(counts.length);
    for (let row = 0; row < logits.rows; row++) {
      probabilities(logits, row, bias, odds, counts);
      for (let v = 0; v < mean.length; v++) mean[v] = (mean[v] as number) + (odds[v] as number) / logits.rows;
    }
    for (const [v, count] of counts.entries()) {
      if (count === 0) continue;
      const move = Math.log(count / Math.max(1, total) / Math.max(1e-9, mean[v] as number));
      bias[v] = (bias[v] as number) + Math.max(-longestMove, Math.min(longestMove, move));
    }
  }
}

/**
 * The probabilities of a token's levels in a row.
 * @param odds receives them
 * @param counts absent: every level may be drawn
 */
export function probabilities(
  { values, stride, at }: TokenLogits,
  row: number,
  bias: Float32Array,
  odds: Float64Array,
  counts?: Float64Array,
): void {
  const from = row * stride + at;
  let most = Number.NEGATIVE_INFINITY;
  for (let v = 0; v < odds.length; v++) {
    odds[v] = counts?.[v] === 0 ? Number.NEGATIVE_INFINITY : (values[from + v] as number) + (bias[v] as number);
    most = Math.max(most, odds[v] as number);
  }
  let total = 0;
  for (let v = 0; v < odds.length; v++) {
    odds[v] = Math.exp((odds[v] as number) - most);
    total += odds[v] as number;
  }
  for (let v = 0; v < odds.length; v++) odds[v] = (odds[v] as number) / total;
}

/** @param odds how likely each row is to have a score */
export function knotsOf(values: Float64Array, odds: Float64Array): ScoreKnots {
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

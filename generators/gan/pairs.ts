// What the generator is told directly: how often values of two columns occur together, in real rows and in those it makes.
import type { Tensor } from '@tensorflow/tfjs-core';
import { normalQuantile } from '../../models/copula/normal.ts';
import type { Tf } from '../../models/nets/index.ts';
import type { MixedParts } from '../neural/mixed.ts';

/** Real or made rows: one tensor per token and score. */
export interface MadeRows {
  /** 1 at the level of each row. */
  readonly levels: readonly Tensor[];
  /** How likely each level is; of real rows the same as `levels`. */
  readonly shares: readonly Tensor[];
  readonly values: readonly Tensor[];
}

/** A score is seen as whether it lies above each of these shares of a normal distribution. */
const cuts: readonly number[] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].map(normalQuantile);
/** Width of the edge of a cut, in standard deviations: gradients need one. */
const edge = 0.1;
/** Longest row of pair features; longer ones are cut down by random signs. */
const mostWidth = 256;

/** Features of a row: 1, its levels, its cuts. */
export function pairFeatures({ tokens, scores }: MixedParts): number {
  return 1 + tokens.reduce((sum, { size }) => sum + size, 0) + scores.length * cuts.length;
}

export function pairWidth(parts: MixedParts): number {
  return Math.min(mostWidth, pairFeatures(parts));
}

/**
 * Deals the columns out to two sides, which it overwrites, anew for each step, so that no column is paired with itself. Each side is a matrix that
 * keeps, weighs and, in wide tables, adds up features with random signs, which keeps squared lengths on average.
 */
export function dealSides(parts: MixedParts, next: () => number, sides: readonly [Float32Array, Float32Array]): void {
  const { tokens, scores } = parts;
  const [features, width] = [pairFeatures(parts), pairWidth(parts)];
  for (const side of sides) side.fill(0);
  const write = (side: Float32Array, feature: number, weight: number): void => {
    if (features === width) side[feature * width + feature] = weight;
    else {
      const scale = weight / Math.sqrt(width);
      for (let w = 0; w < width; w++) side[feature * width + w] = next() < 0.5 ? scale : -scale;
    }
  };
  // The 1 stands on both sides: paired with it, a column shows its own shares.
  for (const side of sides) write(side, 0, 1);
  const sideOfPart = new Map<number, Float32Array>();
  const sideOf = (part: number): Float32Array => {
    const found = sideOfPart.get(part) ?? sides[next() < 0.5 ? 0 : 1];
    sideOfPart.set(part, found);
    return found;
  };
  let at = 1;
  for (const { part, size, counts } of tokens) {
    const side = sideOf(part);
    const total = counts.reduce((sum, count) => sum + count, 0);
    // Rare levels weigh more than their square: errors are judged by their size.
    for (let v = 0; v < size; v++) write(side, at++, ((counts[v] as number) / total + 0.01) ** -0.25);
  }
  for (const { part } of scores) {
    const side = sideOf(part);
    for (let c = 0; c < cuts.length; c++) write(side, at++, 1);
  }
}

/**
 * Squared distance of the joint shares of the two sides, without bias: the difference in one half of the rows times that in
 * the other.
 */
export function pairLoss(
  tf: Tf,
  parts: MixedParts,
  real: MadeRows,
  made: MadeRows,
  left: Tensor,
  right: Tensor,
): Tensor {
  const halves = (rows: MadeRows): Tensor[] => {
    const features = featureRows(tf, parts, rows);
    const [a, b] = [tf.matMul(features, left), tf.matMul(features, right)];
    const [firstA, secondA] = tf.split(a, 2, 0) as [Tensor, Tensor];
    const [firstB, secondB] = tf.split(b, 2, 0) as [Tensor, Tensor];
    return [tf.matMul(firstA, firstB, true), tf.matMul(secondA, secondB, true)];
  };
  const [[realFirst, realSecond], [madeFirst, madeSecond]] = [halves(real), halves(made)] as [Tensor[], Tensor[]];
  const rows = (made.levels[0] ?? made.values[0])?.shape[0] ?? 1;
  const first = tf.sub(madeFirst as Tensor, realFirst as Tensor);
  const second = tf.sub(madeSecond as Tensor, realSecond as Tensor);
  return tf.sum(tf.mul(tf.div(first, rows / 2), tf.div(second, rows / 2)));
}

function featureRows(tf: Tf, { scores }: MixedParts, { shares, values }: MadeRows): Tensor {
  const rows = (shares[0] ?? values[0])?.shape[0] ?? 1;
  const above = scores.map(({ token }, s) => {
    const steps = tf.sigmoid(tf.div(tf.sub(values[s] as Tensor, tf.tensor2d([...cuts], [1, cuts.length])), edge));
    if (token === undefined) return steps;
    return tf.mul(steps, tf.slice(shares[token.index] as Tensor, [0, token.level], [rows, 1]));
  });
  return tf.concat([tf.ones([rows, 1]), ...shares, ...above], 1);
}

// The two networks of the diffusion: one says what masked categories are, the other removes noise from numbers given them.
import type { Tensor } from '@tensorflow/tfjs-core';
import { denseWeights, type Network, type WeightSpec } from '../../models/nets/index.ts';
import { dense } from '../neural/layers.ts';
import type { MixedParts } from '../neural/mixed.ts';
import { logShares } from '../neural/tokens.ts';
import { levelRows, runTrunk, type TrunkShape, trunkWeights } from '../neural/trunk.ts';
import { scoreFeatures } from '../neural/waves.ts';

export interface DiffusionShape extends TrunkShape {
  /** Tokens and scores of context columns, which come first and are never drawn. */
  readonly givenTokens: number;
  readonly givenScores: number;
}

/** Length of what the second network is fed of numbers: clean ones, noisy ones, and the noise. */
export function noisyWidth({ scores }: MixedParts): number {
  return (2 * scores.length + 1) * scoreFeatures;
}

export function diffusionWeights(parts: MixedParts, shape: DiffusionShape): WeightSpec[] {
  const { tokens, scores } = parts;
  const { hidden, givenTokens, givenScores } = shape;
  const drawn = tokens.slice(givenTokens);
  const outputs = drawn.reduce((sum, { size }) => sum + size, 0);
  const biases = new Float32Array(outputs);
  let at = 0;
  for (const token of drawn) {
    biases.set(logShares(token), at);
    at += token.size;
  }
  const targets = scores.length - givenScores;
  return [
    ...(drawn.length === 0
      ? []
      : [
          ...trunkWeights('mask', tokens, shape, scores.length * scoreFeatures),
          { name: 'mask out/w', shape: [hidden, outputs], spread: Math.sqrt(0.1 / hidden) },
          { name: 'mask out/b', shape: [outputs], spread: 0, first: biases },
        ]),
    ...(targets === 0
      ? []
      : [
          ...trunkWeights('noise', tokens, shape, noisyWidth(parts)),
          ...denseWeights('noise out', hidden, targets, Math.sqrt(0.1 / hidden)),
        ]),
  ];
}

/**
 * Feeds: levels (a row per token); the levels that are shown, one more than the last level where masked; weights of the
 * losses of drawn tokens (a row each); features of the clean numbers; features of the noisy numbers; targets of the second
 * network, and their weights.
 */
export function diffusionNetwork(parts: MixedParts, shape: DiffusionShape, batch: number): Network {
  const { tokens, scores } = parts;
  const { givenTokens, givenScores } = shape;
  const drawn = tokens.slice(givenTokens);
  const targets = scores.length - givenScores;
  // Empty arrays cannot be fed.
  const wide = (count: number): number => Math.max(1, count);
  return {
    weights: diffusionWeights(parts, shape),
    inputs: [
      { shape: [wide(tokens.length), batch], dtype: 'int32' },
      { shape: [wide(tokens.length), batch], dtype: 'int32' },
      { shape: [wide(drawn.length), batch], dtype: 'float32' },
      { shape: [batch, wide(scores.length * scoreFeatures)], dtype: 'float32' },
      { shape: [batch, noisyWidth(parts)], dtype: 'float32' },
      { shape: [batch, wide(targets)], dtype: 'float32' },
      { shape: [batch, wide(targets)], dtype: 'float32' },
    ],
    loss(tf, at, [levels, shown, weights, clean, noisy, wanted, counted]) {
      const losses: Tensor[] = [];
      if (drawn.length > 0) {
        const state = runTrunk(
          tf,
          at,
          'mask',
          levelRows(tf, tokens, shown as Tensor, batch, true),
          scores.length === 0 ? undefined : clean,
        );
        const logits = tf.split(
          dense(tf, at, 'mask out', state),
          drawn.map(({ size }) => size),
          1,
        );
        const hot = levelRows(tf, tokens, levels as Tensor, batch, false).slice(givenTokens);
        const shares = tf.split(weights as Tensor, drawn.length, 0);
        for (const [t, part] of [logits].flat().entries()) {
          const likelihood = tf.sum(tf.mul(hot[t] as Tensor, tf.logSoftmax(part)), -1);
          losses.push(tf.neg(tf.mean(tf.mul(likelihood, tf.reshape(shares[t] as Tensor, [batch])))));
        }
      }
      if (targets > 0) {
        const hot = tokens.length === 0 ? [] : levelRows(tf, tokens, levels as Tensor, batch, true);
        const state = runTrunk(tf, at, 'noise', hot, noisy as Tensor);
        const error = tf.square(tf.sub(dense(tf, at, 'noise out', state), wanted as Tensor));
        losses.push(tf.div(tf.sum(tf.mul(error, counted as Tensor)), batch));
      }
      return tf.addN(losses);
    },
  };
}

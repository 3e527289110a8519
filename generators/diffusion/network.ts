// The two networks of the diffusion: one says what masked categories are, the other removes noise from numbers given them.
import type { Tensor } from '@tensorflow/tfjs-core';
import { denseWeights, type Network, type Tf, type WeightSpec } from '../../models/nets/index.ts';
import { dense } from '../neural/layers.ts';
import type { MixedParts } from '../neural/mixed.ts';
import { logShares } from '../neural/tokens.ts';

export interface DiffusionShape {
  /** Numbers that stand for the level of a token. */
  readonly embedding: number;
  /** Hidden numbers of each layer. */
  readonly hidden: number;
  /** Tokens and scores of context columns, which come first and are never drawn. */
  readonly givenTokens: number;
  readonly givenScores: number;
}

/** Layers after the first, each added to what it reads. */
export const residuals = 2;

/** A number is shown to a network as itself and as waves of it: a layer of a network bends a line only once per unit. */
const waves = [1, 2, 4, 8] as const;
/** Features of a score, the last of which says that there is one. */
export const scoreFeatures: number = 2 + 2 * waves.length;

export function writeFeatures(into: Float32Array, at: number, value: number): void {
  into[at] = value;
  for (const [i, wave] of waves.entries()) {
    into[at + 1 + 2 * i] = Math.sin(wave * value);
    into[at + 2 + 2 * i] = Math.cos(wave * value);
  }
  into[at + scoreFeatures - 1] = 1;
}

/** Length of what the second network is fed of numbers: clean ones, noisy ones, and the noise. */
export function noisyWidth({ scores }: MixedParts): number {
  return (2 * scores.length + 1) * scoreFeatures;
}

export function diffusionWeights(parts: MixedParts, shape: DiffusionShape): WeightSpec[] {
  const { tokens, scores } = parts;
  const { embedding, hidden, givenTokens, givenScores } = shape;
  const drawn = tokens.slice(givenTokens);
  const outputs = drawn.reduce((sum, { size }) => sum + size, 0);
  const biases = new Float32Array(outputs);
  let at = 0;
  for (const token of drawn) {
    biases.set(logShares(token), at);
    at += token.size;
  }
  const embedded = tokens.length * embedding;
  const targets = scores.length - givenScores;
  const trunk = (name: string, inputs: number): WeightSpec[] => [
    ...tokens.map(({ size }, t) => ({ name: `${name} embed ${t}`, shape: [size + 1, embedding], spread: 1 })),
    ...denseWeights(`${name} in`, embedded + inputs, hidden),
    ...Array.from({ length: residuals }, (_, i) =>
      denseWeights(`${name} ${i}`, hidden, hidden, 1 / Math.sqrt(hidden)),
    ).flat(),
  ];
  return [
    ...(drawn.length === 0
      ? []
      : [
          ...trunk('mask', scores.length * scoreFeatures),
          { name: 'mask out/w', shape: [hidden, outputs], spread: Math.sqrt(0.1 / hidden) },
          { name: 'mask out/b', shape: [outputs], spread: 0, first: biases },
        ]),
    ...(targets === 0
      ? []
      : [...trunk('noise', noisyWidth(parts)), ...denseWeights('noise out', hidden, targets, Math.sqrt(0.1 / hidden))]),
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
      const hotRows = (values: Tensor, extra: number): Tensor[] =>
        tf.split(values, tokens.length, 0).map((column, t) => {
          const size = (tokens[t]?.size as number) + extra;
          return tf.cast(tf.oneHot(tf.reshape(column, [batch]) as never, size), 'float32');
        });
      const trunk = (name: string, hot: readonly Tensor[], numbers: Tensor | undefined): Tensor => {
        const embedded = hot.map((rows, t) => tf.matMul(rows, at(`${name} embed ${t}`)));
        const inputs = numbers === undefined ? embedded : [...embedded, numbers];
        return layers(tf, at, name, inputs.length === 1 ? (inputs[0] as Tensor) : tf.concat(inputs, 1));
      };
      if (drawn.length > 0) {
        const state = trunk('mask', hotRows(shown as Tensor, 1), scores.length === 0 ? undefined : clean);
        const logits = tf.split(
          dense(tf, at, 'mask out', state),
          drawn.map(({ size }) => size),
          1,
        );
        const hot = hotRows(levels as Tensor, 0).slice(givenTokens);
        const shares = tf.split(weights as Tensor, drawn.length, 0);
        for (const [t, part] of [logits].flat().entries()) {
          const likelihood = tf.sum(tf.mul(hot[t] as Tensor, tf.logSoftmax(part)), -1);
          losses.push(tf.neg(tf.mean(tf.mul(likelihood, tf.reshape(shares[t] as Tensor, [batch])))));
        }
      }
      if (targets > 0) {
        const state = trunk('noise', tokens.length === 0 ? [] : hotRows(levels as Tensor, 1), noisy as Tensor);
        const error = tf.square(tf.sub(dense(tf, at, 'noise out', state), wanted as Tensor));
        losses.push(tf.div(tf.sum(tf.mul(error, counted as Tensor)), batch));
      }
      return tf.addN(losses);
    },
  };
}

function layers(tf: Tf, at: (name: string) => Tensor, name: string, x: Tensor): Tensor {
  let state = tf.relu(dense(tf, at, `${name} in`, x));
  for (let i = 0; i < residuals; i++) state = tf.add(state, tf.relu(dense(tf, at, `${name} ${i}`, state)));
  return state;
}

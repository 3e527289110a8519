// The autoencoder: rows become latent numbers and back. Its prior is a flow (real NVP, Dinh et al. 2017) that is learnt with it,
// so that latent numbers drawn from the prior lie where rows do.
import type { Tensor } from '@tensorflow/tfjs-core';
import { denseWeights, type Network, type Tf, type WeightSpec } from '../../models/nets/index.ts';
import { crossEntropy, dense, embed, oneHots } from '../neural/layers.ts';
import { logShares } from '../neural/tokens.ts';
import type { TableTokens } from '../neural/train.ts';

export interface VaeShape {
  /** Numbers that stand for the value of a token. */
  readonly embedding: number;
  /** Hidden numbers of each layer of encoder and decoder. */
  readonly hidden: number;
  /** An even number. */
  readonly latent: number;
}

/** Coupling layers of the prior, and their hidden numbers. */
export const couplings = 6;
export const couplingWidth = 64;
/** Scales of a coupling stay within e to plus or minus this. */
export const mostScale = 1.5;
/** Log standard deviations of the latent numbers of a row stay within plus or minus this. */
const mostSpread = 4;

export function vaeWeights({ tokens, given }: TableTokens, shape: VaeShape): WeightSpec[] {
  const { embedding, hidden, latent } = shape;
  const context = given * embedding;
  const drawn = tokens.slice(given);
  const outputs = drawn.reduce((sum, { size }) => sum + size, 0);
  const biases = new Float32Array(outputs);
  let at = 0;
  for (const token of drawn) {
    biases.set(logShares(token), at);
    at += token.size;
  }
  return [
    ...tokens.map(({ size }, t) => ({ name: `embed ${t}`, shape: [size, embedding], spread: 1 })),
    ...denseWeights('encode 0', tokens.length * embedding, hidden),
    ...denseWeights('encode 1', hidden, hidden),
    ...denseWeights('latent', hidden, 2 * latent, 0.1 / Math.sqrt(hidden)),
    ...Array.from({ length: couplings }, (_, c) => [
      ...denseWeights(`couple ${c}/in`, latent / 2 + context, couplingWidth),
      ...denseWeights(`couple ${c}/out`, couplingWidth, latent, 0.1 / Math.sqrt(couplingWidth)),
    ]).flat(),
    ...denseWeights('decode 0', latent + context, hidden),
    ...denseWeights('decode 1', hidden, hidden),
    { name: 'heads/w', shape: [hidden, outputs], spread: Math.sqrt(0.1 / hidden) },
    { name: 'heads/b', shape: [outputs], spread: 0, first: biases },
  ];
}

/** Feeds: token values; a normal draw per latent number; the weight of the divergence from the prior. */
export function vaeNetwork(table: TableTokens, shape: VaeShape, batch: number): Network {
  const { tokens, given } = table;
  const { latent, embedding } = shape;
  return {
    weights: vaeWeights(table, shape),
    inputs: [
      { shape: [tokens.length, batch], dtype: 'int32' },
      { shape: [batch, latent], dtype: 'float32' },
      { shape: [1], dtype: 'float32' },
    ],
    loss(tf, at, [values, noise, beta]) {
      const hot = oneHots(tf, tokens, values as Tensor, batch);
      const embedded = embed(tf, at, hot);
      const context = given === 0 ? undefined : tf.slice(embedded, [0, 0], [batch, given * embedding]);
      const code = dense(tf, at, 'latent', twoLayers(tf, at, 'encode', embedded));
      const [mean, raw] = tf.split(code, 2, 1) as [Tensor, Tensor];
      const spread = tf.mul(tf.tanh(tf.div(raw, mostSpread)), mostSpread);
      const z = tf.add(mean, tf.mul(tf.exp(spread), noise as Tensor));
      const posterior = tf.neg(tf.add(tf.sum(spread, 1), tf.mul(tf.sum(tf.square(noise as Tensor), 1), 0.5)));
      const divergence = tf.mean(tf.sub(posterior, priorLogDensity(tf, at, z, context)));
      const logits = dense(tf, at, 'heads', twoLayers(tf, at, 'decode', beside(tf, z, context)));
      const drawn = tokens.slice(given);
      const parts = tf.split(
        logits,
        drawn.map(({ size }) => size),
        1,
      );
      const losses = parts.map((part, t) => crossEntropy(tf, part, hot[given + t] as Tensor));
      return tf.add(tf.addN(losses), tf.mul(divergence, beta as Tensor));
    },
  };
}

function twoLayers(tf: Tf, at: (name: string) => Tensor, name: string, x: Tensor): Tensor {
  return tf.relu(dense(tf, at, `${name} 1`, tf.relu(dense(tf, at, `${name} 0`, x))));
}

function beside(tf: Tf, x: Tensor, context: Tensor | undefined): Tensor {
  return context === undefined ? x : tf.concat([x, context], 1);
}

/** log p(z), up to the constant that the posterior's density lacks too: z runs through the couplings to normal numbers. */
function priorLogDensity(tf: Tf, at: (name: string) => Tensor, z: Tensor, context: Tensor | undefined): Tensor {
  let [kept, moved] = tf.split(z, 2, 1) as [Tensor, Tensor];
  const scales: Tensor[] = [];
  for (let c = 0; c < couplings; c++) {
    const hidden = tf.relu(dense(tf, at, `couple ${c}/in`, beside(tf, kept, context)));
    const [raw, shift] = tf.split(dense(tf, at, `couple ${c}/out`, hidden), 2, 1) as [Tensor, Tensor];
    const scale = tf.mul(tf.tanh(raw), mostScale);
    scales.push(tf.sum(scale, 1));
    [kept, moved] = [tf.mul(tf.add(moved, shift), tf.exp(scale)), kept];
  }
  const length = tf.add(tf.sum(tf.square(kept), 1), tf.sum(tf.square(moved), 1));
  return tf.sub(tf.addN(scales), tf.mul(length, 0.5));
}

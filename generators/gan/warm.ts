// The generator's first lessons: as the decoder of an autoencoder (Larsen et al. 2016), which tells it row by row which values
// occur together. A critic alone is slow to say so: with independent columns every small change looks as bad as none.
import type { Tensor } from '@tensorflow/tfjs-core';
import { denseWeights, type Network, type WeightSpec } from '../../models/nets/index.ts';
import { crossEntropyRows, dense } from '../neural/layers.ts';
import { levelRows, runTrunk, trunkWeights } from '../neural/trunk.ts';
import { feedSpecs, type GanTraining, generatorWeights, outputsOf, realRows } from './network.ts';

/** Log standard deviations of noise stay within plus or minus this. */
const mostSpread = 4;
/** First standard deviation of a score around what is made of it. */
const firstScale = 0.3;

function readerWeights({ parts, shape }: GanTraining): WeightSpec[] {
  const { tokens, scores } = parts;
  const { hidden, noise, givenScores } = shape;
  return [
    ...trunkWeights('read', tokens, shape, scores.length),
    ...denseWeights('read out', hidden, 2 * noise, 0.1 / Math.sqrt(hidden)),
    ...scores.slice(givenScores).map((_, s): WeightSpec => {
      return { name: `scale ${s}`, shape: [1], spread: 0, first: Float32Array.of(Math.log(firstScale)) };
    }),
  ];
}

/** Feeds: the first six of the other networks, and the weight of the divergence. The generator's weights come first. */
export function warmNetwork(training: GanTraining): Network {
  const { parts, shape, batch } = training;
  const { tokens, scores } = parts;
  const { givenTokens, givenScores } = shape;
  const drawn = tokens.length - givenTokens;
  return {
    weights: [...generatorWeights(parts, shape), ...readerWeights(training)],
    inputs: [...feedSpecs(training).slice(0, 6), { shape: [1], dtype: 'float32' }],
    loss(tf, at, feeds) {
      const [levels, shown, scored, clean, flags, noise] = feeds as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
      const real = realRows(tf, training, feeds);
      const hot = tokens.length === 0 ? [] : levelRows(tf, tokens, levels, batch, true);
      const read = dense(tf, at, 'read out', runTrunk(tf, at, 'read', hot, scores.length === 0 ? undefined : scored));
      const [mean, raw] = tf.split(read, 2, 1) as [Tensor, Tensor];
      const spread = tf.mul(tf.tanh(tf.div(raw, mostSpread)), mostSpread);
      const code = tf.add(mean, tf.mul(tf.exp(spread), noise));
      const lengths = tf.add(tf.square(mean), tf.sub(tf.exp(tf.mul(spread, 2)), tf.mul(spread, 2)));
      const divergence = tf.mul(tf.mean(tf.sum(tf.sub(lengths, 1), 1)), 0.5);
      const outputs = outputsOf(tf, training, at, shown, clean, code);
      const isOpen = [tf.split(tf.sub(1, flags), outputs.length, 1)].flat();
      const losses = outputs.map((made, i) => {
        const open = tf.reshape(isOpen[i] as Tensor, [batch]);
        if (i < drawn) return tf.mean(tf.mul(crossEntropyRows(tf, made, real.levels[givenTokens + i] as Tensor), open));
        const s = givenScores + i - drawn;
        const scale = at(`scale ${i - drawn}`);
        const error = tf.div(tf.sub(made, real.values[s] as Tensor), tf.exp(scale));
        const exists = existence(s);
        return tf.mean(tf.mul(tf.add(tf.mul(tf.square(error), 0.5), scale), tf.mul(exists, isOpen[i] as Tensor)));
      });
      return tf.add(tf.addN(losses), tf.mul(divergence, feeds[6] as Tensor));

      function existence(s: number): Tensor {
        const token = parts.scores[s]?.token;
        if (token === undefined) return tf.ones([batch, 1]);
        return tf.slice(real.levels[token.index] as Tensor, [0, token.level], [batch, 1]);
      }
    },
  };
}

// The masked network: each token has a small network of its own, which sees the tokens that come before it in an order.
// As MADE (Germain et al. 2015), with the mask as an input of the step, so that one network learns every order.
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Network, WeightSpec } from '../../models/nets/index.ts';
import { crossEntropy, dense, embed, oneHots } from '../neural/layers.ts';
import { logShares, type Token } from '../neural/tokens.ts';

export interface Widths {
  /** Numbers that stand for the value of a token. */
  readonly embedding: number;
  /** Hidden numbers of each token's network. */
  readonly hidden: number;
}

/** Most weights of the first layer: the widths of wide tables shrink. */
const mostWeights = 6_000_000;

export function chooseWidths(tokens: number, asked: number): Widths {
  for (let hidden = asked; ; hidden = Math.ceil(hidden * 0.8)) {
    const embedding = Math.max(2, Math.round(hidden / 4));
    if (hidden <= 8 || tokens * embedding * tokens * hidden <= mostWeights) return { embedding, hidden };
  }
}

/** @param given tokens [0, given) are never drawn */
export function networkWeights(tokens: readonly Token[], given: number, { embedding, hidden }: Widths): WeightSpec[] {
  const targets = tokens.length - given;
  // Half of the tokens are seen on average.
  const seen = Math.max(1, (tokens.length * embedding) / 2);
  return [
    ...tokens.map(({ size }, t) => ({ name: `embed ${t}`, shape: [size, embedding], spread: 1 })),
    { name: 'first/w', shape: [tokens.length * embedding, targets * hidden], spread: Math.sqrt(2 / seen) },
    { name: 'first/b', shape: [targets * hidden], spread: 0 },
    { name: 'second/w', shape: [targets, hidden, hidden], spread: Math.sqrt(1 / hidden) },
    { name: 'second/b', shape: [targets, 1, hidden], spread: 0 },
    ...tokens.slice(given).flatMap((token, t): WeightSpec[] => [
      { name: `head ${t}/w`, shape: [hidden, token.size], spread: Math.sqrt(0.1 / hidden) },
      { name: `head ${t}/b`, shape: [token.size], spread: 0, first: logShares(token) },
    ]),
  ];
}

/**
 * Feeds: token values, an integer per row and token; the mask, 1 where a token (row) is seen by a target (column).
 */
export function maskedNetwork(tokens: readonly Token[], given: number, widths: Widths, batch: number): Network {
  const { embedding, hidden } = widths;
  const all = tokens.length;
  const targets = all - given;
  return {
    weights: networkWeights(tokens, given, widths),
    inputs: [
      { shape: [all, batch], dtype: 'int32' },
      { shape: [all, 1, targets, 1], dtype: 'float32' },
    ],
    loss(tf, at, [values, mask]) {
      const hot = oneHots(tf, tokens, values as Tensor, batch);
      const embedded = embed(tf, at, hot);
      const wide = tf.reshape(at('first/w'), [all, embedding, targets, hidden]);
      const masked = tf.reshape(tf.mul(wide, mask as Tensor), [all * embedding, targets * hidden]);
      const first = tf.relu(tf.add(tf.matMul(embedded, masked), at('first/b')));
      const stacked = tf.transpose(tf.reshape(first, [batch, targets, hidden]), [1, 0, 2]);
      const second = tf.relu(tf.add(tf.matMul(stacked, at('second/w')), at('second/b')));
      const perTarget = tf.split(tf.add(stacked, second), targets, 0);
      const losses = perTarget.map((rows, t) => {
        const state = tf.reshape(rows, [batch, hidden]);
        const logits = dense(tf, at, `head ${t}`, state);
        return crossEntropy(tf, logits, hot[given + t] as Tensor);
      });
      return tf.addN(losses);
    },
  };
}

// Pieces that networks over tokens are made of.
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../../models/nets/index.ts';
import type { Token } from './tokens.ts';

/** One row per row of the batch and token: 1 at the token's value, else 0. */
export function oneHots(tf: Tf, tokens: readonly Token[], values: Tensor, batch: number): Tensor[] {
  const columns = tf.split(values, tokens.length, 0);
  return tokens.map(({ size }, t) =>
    tf.cast(tf.oneHot(tf.reshape(columns[t] as Tensor, [batch]) as never, size), 'float32'),
  );
}

/** The embeddings of tokens side by side; `at` gives the weights `embed 0`, `embed 1`, … */
export function embed(tf: Tf, at: (name: string) => Tensor, hot: readonly Tensor[]): Tensor {
  return tf.concat(
    hot.map((rows, t) => tf.matMul(rows, at(`embed ${t}`))),
    1,
  );
}

/** x · w + b, with the weights of this name. */
export function dense(tf: Tf, at: (name: string) => Tensor, name: string, x: Tensor): Tensor {
  return tf.add(tf.matMul(x, at(`${name}/w`)), at(`${name}/b`));
}

/** Mean over the rows of -log p(value). */
export function crossEntropy(tf: Tf, logits: Tensor, hot: Tensor): Tensor {
  return tf.mean(crossEntropyRows(tf, logits, hot));
}

/** -log p(value) of each row. */
export function crossEntropyRows(tf: Tf, logits: Tensor, hot: Tensor): Tensor {
  return tf.neg(tf.sum(tf.mul(hot, tf.logSoftmax(logits)), -1));
}

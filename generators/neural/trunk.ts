// A trunk: what a network over levels and numbers begins with. Levels are embedded, numbers come beside them, and each layer
// after the first is added to what it reads.
import type { Tensor } from '@tensorflow/tfjs-core';
import { type DenseLayer, type DenseSpace, denseWeights, type Tf, type WeightSpec } from '../../models/nets/index.ts';
import { dense } from './layers.ts';
import type { Token } from './tokens.ts';

/** Layers after the first. */
const residuals = 2;

export interface TrunkShape {
  /** Numbers that stand for the level of a token. */
  readonly embedding: number;
  /** Hidden numbers of each layer. */
  readonly hidden: number;
}

/** Numbers that stand for a level, fewer in wide tables. */
export function embeddingWidth(tokens: number): number {
  return Math.max(2, Math.min(16, Math.ceil(1024 / Math.max(1, tokens))));
}

/**
 * Each token has one level more than it has values: unknown.
 * @param numbers how many numbers come beside the levels
 * @param spread of the first embeddings
 */
export function trunkWeights(
  name: string,
  tokens: readonly Token[],
  { embedding, hidden }: TrunkShape,
  numbers: number,
  spread = 1,
): WeightSpec[] {
  return [
    ...tokens.map(({ size }, t) => ({ name: `${name} embed ${t}`, shape: [size + 1, embedding], spread })),
    ...denseWeights(`${name} in`, tokens.length * embedding + numbers, hidden),
    ...Array.from({ length: residuals }, (_, i) =>
      denseWeights(`${name} ${i}`, hidden, hidden, 1 / Math.sqrt(hidden)),
    ).flat(),
  ];
}

/** @param levels a row per token, {@link Token.size} where unknown */
export function levelRows(
  tf: Tf,
  tokens: readonly Token[],
  levels: Tensor,
  batch: number,
  hasUnknown: boolean,
): Tensor[] {
  return tf.split(levels, tokens.length, 0).map((column, t) => {
    const size = (tokens[t]?.size as number) + (hasUnknown ? 1 : 0);
    return tf.cast(tf.oneHot(tf.reshape(column, [batch]) as never, size), 'float32');
  });
}

/** @param hot one tensor per token, as {@link levelRows} with unknowns gives */
export function runTrunk(
  tf: Tf,
  at: (name: string) => Tensor,
  name: string,
  hot: readonly Tensor[],
  numbers: Tensor | undefined,
): Tensor {
  const embedded = hot.map((rows, t) => tf.matMul(rows, at(`${name} embed ${t}`)));
  const inputs = numbers === undefined ? embedded : [...embedded, numbers];
  let state = tf.relu(dense(tf, at, `${name} in`, inputs.length === 1 ? (inputs[0] as Tensor) : tf.concat(inputs, 1)));
  for (let i = 0; i < residuals; i++) state = tf.add(state, tf.relu(dense(tf, at, `${name} ${i}`, state)));
  return state;
}

/** A trunk and the layer after it, for drawing rows. */
export interface OpenTrunk {
  /** Length of a row of the result. */
  readonly stride: number;
  /** Writes the embedding of a token's level into the row of inputs that starts at `at`. */
  writeLevel(inputs: Float32Array, at: number, token: number, level: number): void;
  /** The last layer's results; the next call overwrites them. */
  run(inputs: Float32Array, rows: number): Float32Array;
}

export function openTrunk(
  space: DenseSpace,
  named: ReadonlyMap<string, Float32Array>,
  name: string,
  tokens: readonly Token[],
  { embedding, hidden }: TrunkShape,
): OpenTrunk {
  const layer = (part: string): DenseLayer => {
    const [w, b] = [named.get(`${name} ${part}/w`) as Float32Array, named.get(`${name} ${part}/b`) as Float32Array];
    return space.layer(w, b, w.length / b.length, b.length);
  };
  const [first, last] = [layer('in'), layer('out')];
  const later = Array.from({ length: residuals }, (_, i) => layer(String(i)));
  const tables = tokens.map((_, t) => named.get(`${name} embed ${t}`) as Float32Array);
  return {
    stride: last.stride,
    writeLevel(inputs, at, token, level) {
      const table = tables[token] as Float32Array;
      const to = at + token * embedding;
      for (let e = 0; e < embedding; e++) inputs[to + e] = table[level * embedding + e] as number;
    },
    run(inputs, rows) {
      let state = new Float32Array(rows * hidden);
      const begun = first.run(inputs, rows);
      for (let row = 0; row < rows; row++) {
        for (let h = 0; h < hidden; h++) state[row * hidden + h] = Math.max(0, begun[row * first.stride + h] as number);
      }
      for (const residual of later) {
        const added = residual.run(state, rows);
        const next = new Float32Array(rows * hidden);
        for (let row = 0; row < rows; row++) {
          for (let h = 0; h < hidden; h++) {
            const at = row * hidden + h;
            next[at] = (state[at] as number) + Math.max(0, added[row * residual.stride + h] as number);
          }
        }
        state = next;
      }
      return last.run(state, rows);
    },
  };
}

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
  /** The sums of the first layer: so many numbers a row as the layer is wide. */
  begin(inputs: Float32Array, rows: number): Float32Array;
  /** @returns a function that gives the sums of a row another level of a token */
  levelMoves(): (sums: Float32Array, row: number, token: number, from: number, to: number) => void;
  /** What the inputs after this one add to the sums. */
  layerAfter(input: number): DenseLayer;
  /** The numbers that the last layer reads, as many a row as the sums; these are not changed. */
  bend(sums: Float32Array, rows: number): Float32Array;
  /** The last layer's results for sums; the next call overwrites them. */
  finish(sums: Float32Array, rows: number): Float32Array;
  /** The last layer's results from `from` on, `count` of them. */
  lastOf(from: number, count: number): DenseLayer;
}

export function openTrunk(
  space: DenseSpace,
  named: ReadonlyMap<string, Float32Array>,
  name: string,
  tokens: readonly Token[],
  { embedding, hidden }: TrunkShape,
): OpenTrunk {
  const at = (part: string): Float32Array => named.get(`${name} ${part}`) as Float32Array;
  const layer = (part: string): DenseLayer => {
    const [w, b] = [at(`${part}/w`), at(`${part}/b`)];
    return space.layer(w, b, w.length / b.length, b.length);
  };
  const [first, last] = [layer('in'), layer('out')];
  const later = Array.from({ length: residuals }, (_, i) => layer(String(i)));
  const tables = tokens.map((_, t) => at(`embed ${t}`));
  /** What each level of a token adds to the sums. */
  const addedBy = (token: number): Float32Array => {
    const w = at('in/w').subarray(token * embedding * hidden, (token + 1) * embedding * hidden);
    const table = tables[token] as Float32Array;
    const product = space.layer(w, new Float32Array(hidden), embedding, hidden);
    return packed(product, product.run(table, table.length / embedding), table.length / embedding, hidden);
  };
  const trunk: OpenTrunk = {
    stride: last.stride,
    writeLevel(inputs, from, token, level) {
      const table = tables[token] as Float32Array;
      const to = from + token * embedding;
      for (let e = 0; e < embedding; e++) inputs[to + e] = table[level * embedding + e] as number;
    },
    run: (inputs, rows) => trunk.finish(trunk.begin(inputs, rows), rows),
    finish: (sums, rows) => last.run(trunk.bend(sums, rows), rows),
    begin: (inputs, rows) => packed(first, first.run(inputs, rows), rows, hidden),
    levelMoves() {
      // At once: a layer that is made later overwrites the results of those before it.
      const added = tokens.map((_, t) => addedBy(t));
      return (sums, row, token, from, to) => {
        const table = added[token] as Float32Array;
        for (let h = 0; h < hidden; h++) {
          const i = row * hidden + h;
          sums[i] = (sums[i] as number) + (table[to * hidden + h] as number) - (table[from * hidden + h] as number);
        }
      };
    },
    layerAfter(input) {
      const w = at('in/w').subarray(input * hidden);
      return space.layer(w, new Float32Array(hidden), w.length / hidden, hidden);
    },
    bend(sums, rows) {
      let state = sums.map((sum) => Math.max(0, sum));
      for (const residual of later) {
        const result = residual.run(state, rows);
        const next = new Float32Array(rows * hidden);
        for (let row = 0; row < rows; row++) {
          for (let h = 0; h < hidden; h++) {
            const i = row * hidden + h;
            next[i] = (state[i] as number) + Math.max(0, result[row * residual.stride + h] as number);
          }
        }
        state = next;
      }
      return state;
    },
    lastOf(from, count) {
      const [w, b] = [at('out/w'), at('out/b')];
      const part = new Float32Array(hidden * count);
      for (let h = 0; h < hidden; h++) {
        part.set(w.subarray(h * b.length + from, h * b.length + from + count), h * count);
      }
      return space.layer(part, b.subarray(from, from + count), hidden, count);
    },
  };
  return trunk;
}

/** Rows of a layer's result without what fills them up. */
function packed({ stride }: DenseLayer, result: Float32Array, rows: number, width: number): Float32Array {
  const rest = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) rest.set(result.subarray(row * stride, row * stride + width), row * width);
  return rest;
}

// The trained generator, ready to draw: levels and scores of rows out of noise, given any of their columns.
import { type DenseSpace, denseSpace, namedWeights } from '../../models/nets/index.ts';
import { chooseValue } from '../neural/choose.ts';
import { normalOf } from '../neural/draws.ts';
import type { MixedParts } from '../neural/mixed.ts';
import { openTrunk } from '../neural/trunk.ts';
import { scoreFeatures, writeFeatures } from '../neural/waves.ts';
import { type GanShape, generatorWeights } from './network.ts';

/** Rows that go through the network together. */
const blockRows = 256;

/** What rows are drawn from; `known` columns are not drawn. */
export interface GanRows {
  readonly count: number;
  /** Per token: its levels, undefined where they are to be drawn. */
  readonly levels: readonly (Uint16Array | undefined)[];
  /** Per score: its values, NaN where there is none; undefined where they are to be drawn. */
  readonly scores: readonly (Float32Array | undefined)[];
  /** One column of uniform draws per normal number of a row. */
  readonly noise: readonly Float64Array[];
}

export interface GanModel {
  readonly parts: MixedParts;
  readonly shape: GanShape;
  /** The bias of the last layer, which may be changed. */
  readonly bias: Float32Array;
  /** Length of a row of outputs. */
  readonly stride: number;
  /**
   * Calls back with the outputs of each block of rows, without the bias: logits of the drawn tokens' values, then the drawn
   * scores. The next block overwrites them.
   */
  outputs(rows: GanRows, each: (outputs: Float32Array, from: number, count: number) => void): void;
}

export function openGan(parts: MixedParts, shape: GanShape, weights: Float32Array): GanModel {
  const { tokens, scores } = parts;
  const named = new Map(namedWeights(generatorWeights(parts, shape), weights));
  const bias = (named.get('make out/b') as Float32Array).slice();
  named.set('make out/b', new Float32Array(bias.length));
  const space: DenseSpace = denseSpace();
  const trunk = openTrunk(space, named, 'make', tokens, shape);
  const embedded = tokens.length * shape.embedding;
  const width = embedded + scores.length * scoreFeatures + shape.noise;
  return {
    parts,
    shape,
    bias,
    stride: trunk.stride,
    outputs({ count: all, levels, scores: known, noise }, each) {
      for (let from = 0; from < all; from += blockRows) {
        const count = Math.min(blockRows, all - from);
        const inputs = new Float32Array(count * width);
        for (let row = 0; row < count; row++) {
          const start = row * width;
          for (const [t, { size }] of tokens.entries()) {
            trunk.writeLevel(inputs, start, t, levels[t]?.[from + row] ?? size);
          }
          for (const [s, column] of known.entries()) {
            const value = column?.[from + row] ?? Number.NaN;
            if (!Number.isNaN(value)) writeFeatures(inputs, start + embedded + s * scoreFeatures, value);
          }
          for (const [n, uniform] of noise.entries()) {
            inputs[start + width - shape.noise + n] = normalOf(uniform[from + row] as number);
          }
        }
        each(trunk.run(inputs, count), from, count);
      }
    },
  };
}

/**
 * Draws the levels and scores that are not known.
 * @param levelDraws a column of uniform draws per token that is not known
 */
export function drawMixed(
  model: GanModel,
  rows: GanRows,
  levelDraws: readonly (Float64Array | undefined)[],
): { readonly levels: Uint16Array[]; readonly scores: Float32Array[] } {
  const { tokens, scores } = model.parts;
  const { givenTokens, givenScores } = model.shape;
  const drawn = tokens.slice(givenTokens);
  const levels = rows.levels.map((known) => known ?? new Uint16Array(rows.count));
  const values = rows.scores.map((known) => known ?? new Float32Array(rows.count));
  const sizes = drawn.reduce((sum, { size }) => sum + size, 0);
  model.outputs(rows, (outputs, from, count) => {
    for (let row = 0; row < count; row++) {
      for (let i = 0; i < model.bias.length; i++) {
        outputs[row * model.stride + i] = (outputs[row * model.stride + i] as number) + (model.bias[i] as number);
      }
    }
    let start = 0;
    for (const [i, token] of drawn.entries()) {
      const t = givenTokens + i;
      const uniform = levelDraws[t];
      const high = token.digit === 'low' ? levels[t - 1] : undefined;
      for (let row = 0; uniform !== undefined && row < count; row++) {
        const at = row * model.stride + start;
        const value = chooseValue(token, outputs, at, uniform[from + row] as number, high?.[from + row] ?? 0);
        (levels[t] as Uint16Array)[from + row] = value;
      }
      start += token.size;
    }
    for (let s = givenScores; s < scores.length; s++) {
      if (rows.scores[s] !== undefined) continue;
      const into = values[s] as Float32Array;
      for (let row = 0; row < count; row++) {
        into[from + row] = outputs[row * model.stride + sizes + s - givenScores] as number;
      }
    }
  });
  return { levels, scores: values };
}

/**
 * The weights of a generator whose levels are so many times as sure: those of a row are drawn independently of each other given
 * its noise, which blurs what belongs together where they are not.
 */
export function sharpened(parts: MixedParts, shape: GanShape, weights: Float32Array, factor: number): Float32Array {
  const { tokens, scores } = parts;
  const result = weights.slice();
  const logits = tokens.slice(shape.givenTokens).reduce((sum, { size }) => sum + size, 0);
  const width = logits + scores.length - shape.givenScores;
  const named = namedWeights(generatorWeights(parts, shape), result);
  for (const name of ['make out/w', 'make out/b']) {
    const values = named.get(name) as Float32Array;
    for (let i = 0; i < values.length; i++) if (i % width < logits) values[i] = (values[i] as number) * factor;
  }
  return result;
}

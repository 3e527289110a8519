// The networks of a diffusion, ready to draw: categories out of their masks one after the other, then all numbers at once out
// of noise.
import { denseSpace, namedWeights } from '../../models/nets/index.ts';
import { chooseValue } from '../neural/choose.ts';
import { normalOf } from '../neural/draws.ts';
import type { MixedParts } from '../neural/mixed.ts';
import type { TokenLogits } from '../neural/shares.ts';
import { type OpenTrunk, openTrunk } from '../neural/trunk.ts';
import { scoreFeatures, writeFeatures } from '../neural/waves.ts';
import { type DiffusionShape, diffusionWeights, noisyWidth } from './network.ts';
import { mostNoise, noiseLevels, scalings } from './noise.ts';

export interface DiffusionModel {
  readonly shape: DiffusionShape;
  readonly parts: MixedParts;
  /**
   * Draws the levels that have draws, several tokens a step where there are more of them than steps.
   * @param before told a token and its logits in `count` rows before its levels are drawn; it may change them
   */
  unmask(
    values: readonly Uint16Array[],
    draws: readonly (Float64Array | undefined)[],
    drawn: readonly Float32Array[],
    isGiven: readonly boolean[],
    from: number,
    count: number,
    before?: (token: number, logits: TokenLogits) => void,
  ): void;
  /** Draws the scores that have noise. */
  removeNoise(
    values: readonly Uint16Array[],
    drawn: readonly Float32Array[],
    noise: readonly (Float64Array | undefined)[],
    from: number,
    count: number,
  ): void;
}

/** @param weights in the order of {@link diffusionWeights} */
export function openDiffusion(
  parts: MixedParts,
  shape: DiffusionShape,
  weights: Float32Array,
  steps: number,
): DiffusionModel {
  const { tokens, scores } = parts;
  const { embedding, givenTokens, givenScores } = shape;
  const embedded = tokens.length * embedding;
  const named = namedWeights(diffusionWeights(parts, shape), weights);
  const space = denseSpace();
  const open = (name: string): OpenTrunk => openTrunk(space, named, name, tokens, shape);
  const mask = tokens.length > givenTokens ? open('mask') : undefined;
  const denoise = scores.length > givenScores ? open('noise') : undefined;
  const starts = tokens.map((_, t) => tokens.slice(givenTokens, t).reduce((sum, { size }) => sum + size, 0));
  const heads = tokens.map(({ size }, t) => (t < givenTokens ? undefined : mask?.lastOf(starts[t] as number, size)));
  const moveLevel = mask?.levelMoves();
  const clean = embedded + scores.length * scoreFeatures;
  const noisy = denoise?.layerAfter(clean);

  return {
    shape,
    parts,
    unmask(values, draws, drawn, isGiven, from, count, before) {
      const open = tokens.flatMap((_, t) => (draws[t] === undefined ? [] : [t]));
      if (mask === undefined || moveLevel === undefined || open.length === 0) return;
      const width = embedded + scores.length * scoreFeatures;
      const inputs = new Float32Array(count * width);
      for (let row = 0; row < count; row++) {
        for (const [t, { size }] of tokens.entries()) {
          const level = draws[t] === undefined ? (values[t]?.[from + row] as number) : size;
          mask.writeLevel(inputs, row * width, t, level);
        }
        for (const [s, column] of drawn.entries()) {
          const value = column[from + row] as number;
          if (isGiven[s] === true && !Number.isNaN(value)) {
            writeFeatures(inputs, row * width + embedded + s * scoreFeatures, value);
          }
        }
      }
      const perStep = Math.ceil(open.length / Math.max(steps, 1));
      const sums = mask.begin(inputs, count);
      for (let step = 0; step < open.length; step += perStep) {
        const state = mask.bend(sums, count);
        for (const t of open.slice(step, step + perStep)) {
          const token = tokens[t];
          const [head, into, uniform] = [heads[t], values[t], draws[t]];
          if (token === undefined || head === undefined || into === undefined || uniform === undefined) continue;
          const logits = head.run(state, count);
          before?.(t, { values: logits, rows: count, stride: head.stride, at: 0 });
          const high = token.digit === 'low' ? values[t - 1] : undefined;
          for (let row = 0; row < count; row++) {
            const at = row * head.stride;
            const level = chooseValue(token, logits, at, uniform[from + row] as number, high?.[from + row] ?? 0);
            into[from + row] = level;
            moveLevel(sums, row, t, token.size, level);
          }
        }
      }
    },
    /** DPM-Solver++ of second order with several steps (Lu et al. 2022). */
    removeNoise(values, drawn, noise, from, count) {
      const open = scores.flatMap((_, s) => (noise[s] === undefined ? [] : [s]));
      if (denoise === undefined || noisy === undefined || open.length === 0) return;
      const width = embedded + noisyWidth(parts);
      const inputs = new Float32Array(count * width);
      const state = new Float64Array(count * scores.length);
      const isAbsent = new Uint8Array(count * scores.length);
      for (let row = 0; row < count; row++) {
        for (const [t, column] of values.entries()) {
          denoise.writeLevel(inputs, row * width, t, column[from + row] as number);
        }
        for (const [s, { token }] of scores.entries()) {
          const at = row * scores.length + s;
          const uniform = noise[s]?.[from + row];
          if (uniform === undefined) {
            const value = drawn[s]?.[from + row] as number;
            if (!Number.isNaN(value)) writeFeatures(inputs, row * width + embedded + s * scoreFeatures, value);
          } else if (token !== undefined && values[token.index]?.[from + row] !== token.level) {
            isAbsent[at] = 1;
          } else {
            state[at] = normalOf(uniform) * Math.sqrt(1 + mostNoise * mostNoise);
          }
        }
      }
      const sums = denoise.begin(inputs, count);
      const moved = new Float32Array(sums.length);
      const noisyLength = width - clean;
      const features = new Float32Array(count * noisyLength);
      const levels = noiseLevels(steps);
      const before = new Float64Array(state.length);
      let lastStep = 0;
      for (const [i, level] of levels.entries()) {
        const { input, skip, output } = scalings(level);
        for (let row = 0; row < count; row++) {
          const at = row * noisyLength;
          for (const s of open) {
            const cell = row * scores.length + s;
            if (isAbsent[cell] === 0) writeFeatures(features, at + s * scoreFeatures, input * (state[cell] as number));
          }
          writeFeatures(features, at + scores.length * scoreFeatures, Math.log(level));
        }
        const added = noisy.run(features, count);
        const { hidden } = shape;
        for (let row = 0; row < count; row++) {
          for (let h = 0; h < hidden; h++) {
            moved[row * hidden + h] = (sums[row * hidden + h] as number) + (added[row * noisy.stride + h] as number);
          }
        }
        const result = denoise.finish(moved, count);
        const next = levels[i + 1] ?? 0;
        const ratio = next / level;
        const step = -Math.log(ratio);
        const ahead = i === 0 || next === 0 ? 0 : step / (2 * lastStep);
        for (let row = 0; row < count; row++) {
          for (const s of open) {
            const cell = row * scores.length + s;
            const network = result[row * denoise.stride + s - givenScores] as number;
            const clean = skip * (state[cell] as number) + output * network;
            const aimed = clean + ahead * (clean - (before[cell] as number));
            state[cell] = ratio * (state[cell] as number) + (1 - ratio) * aimed;
            before[cell] = clean;
          }
        }
        lastStep = step;
      }
      for (let row = 0; row < count; row++) {
        for (const s of open) {
          const into = drawn[s];
          if (into !== undefined) into[from + row] = state[row * scores.length + s] as number;
        }
      }
    },
  };
}

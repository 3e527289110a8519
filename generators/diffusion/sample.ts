// Draws rows by diffusion: categories out of their masks one after the other, then all numbers at once out of noise.
import type { ColumnBatch } from '../../core/batch.ts';
import type { SampleContext, SampleRequest } from '../../core/generator.ts';
import { denseSpace, namedWeights } from '../../models/nets/index.ts';
import { decodeRows, fixedCodes, tableParts } from '../coded/table.ts';
import { chooseValue } from '../neural/choose.ts';
import { normalOf, rowDraws } from '../neural/draws.ts';
import { joinMixed, levelValues, type MixedParts, mixedParts, scoreOf } from '../neural/mixed.ts';
import { floatsOf } from '../neural/stored.ts';
import { type OpenTrunk, openTrunk } from '../neural/trunk.ts';
import { scoreFeatures, writeFeatures } from '../neural/waves.ts';
import { type DiffusionFit, weightSpecs } from './fit.ts';
import { noisyWidth } from './network.ts';
import { mostNoise, noiseLevels, scalings } from './noise.ts';

/** Rows that go through the network together. */
const blockRows = 256;

export function sampleDiffusion(fit: DiffusionFit, request: SampleRequest, context: SampleContext): ColumnBatch {
  const rows = request.rowIds.length;
  const draw = rowDraws(request, context);
  const names = tableParts(fit.codes).map(({ name }) => name);
  const fixed = fixedCodes(fit.codes, request);
  const model = openModel(fit);
  const { tokens, scores } = model.parts;
  const known = levelValues(model.parts, fixed);
  const values = known.map((column) => column ?? new Uint16Array(rows));
  const levelDraws = tokens.map(({ part, digit }, t) =>
    known[t] === undefined ? draw(`${names[part]} ${digit}`) : undefined,
  );
  // A number that is given is somewhere inside its code; where there is none, it is NaN.
  const drawn = scores.map((score) => {
    const codes = fixed[score.part];
    const inside = codes === undefined ? undefined : draw(`${names[score.part]} place`);
    return Float32Array.from({ length: rows }, (_, row) =>
      codes === undefined ? 0 : scoreOf(score, codes[row] as number, inside?.[row] as number),
    );
  });
  const isGiven = scores.map(({ part }) => fixed[part] !== undefined);
  const noise = scores.map(({ part }, s) => (isGiven[s] === true ? undefined : draw(`${names[part]} noise`)));
  for (let from = 0; from < rows; from += blockRows) {
    const count = Math.min(blockRows, rows - from);
    model.unmask(values, levelDraws, drawn, isGiven, from, count);
    model.removeNoise(values, drawn, noise, from, count);
  }
  const codes = joinMixed(model.parts, values, drawn, fixed, rows);
  const inside = names.map((name, p) => (fixed[p] === undefined ? draw(`${name} value`) : new Float64Array(rows)));
  return decodeRows(fit.codes, request, codes, inside);
}

interface Model {
  readonly parts: MixedParts;
  /** Draws the levels that have draws, several tokens a step where there are more of them than steps. */
  unmask(
    values: readonly Uint16Array[],
    draws: readonly (Float64Array | undefined)[],
    drawn: readonly Float32Array[],
    isGiven: readonly boolean[],
    from: number,
    count: number,
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

const opened = new WeakMap<DiffusionFit, Model>();

function openModel(fit: DiffusionFit): Model {
  const found = opened.get(fit);
  if (found !== undefined) return found;
  const parts = mixedParts(fit.codes);
  const { tokens, scores } = parts;
  const { embedding, givenTokens, givenScores } = fit.shape;
  const embedded = tokens.length * embedding;
  const named = namedWeights(weightSpecs(fit), floatsOf(fit.weights));
  const space = denseSpace();
  const open = (name: string): OpenTrunk => openTrunk(space, named, name, tokens, fit.shape);
  const mask = tokens.length > givenTokens ? open('mask') : undefined;
  const denoise = scores.length > givenScores ? open('noise') : undefined;

  const model: Model = {
    parts,
    unmask(values, draws, drawn, isGiven, from, count) {
      const open = tokens.flatMap((_, t) => (draws[t] === undefined ? [] : [t]));
      if (mask === undefined || open.length === 0) return;
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
      const perStep = Math.ceil(open.length / Math.max(fit.steps, 1));
      const starts = tokens.map((_, t) => tokens.slice(givenTokens, t).reduce((sum, { size }) => sum + size, 0));
      for (let step = 0; step < open.length; step += perStep) {
        const logits = mask.run(inputs, count);
        for (const t of open.slice(step, step + perStep)) {
          const token = tokens[t];
          const [into, uniform] = [values[t], draws[t]];
          if (token === undefined || into === undefined || uniform === undefined) continue;
          const high = token.digit === 'low' ? values[t - 1] : undefined;
          for (let row = 0; row < count; row++) {
            const at = row * mask.stride + (starts[t] as number);
            into[from + row] = chooseValue(token, logits, at, uniform[from + row] as number, high?.[from + row] ?? 0);
            mask.writeLevel(inputs, row * width, t, into[from + row] as number);
          }
        }
      }
    },
    /** DPM-Solver++ of second order with several steps (Lu et al. 2022). */
    removeNoise(values, drawn, noise, from, count) {
      const open = scores.flatMap((_, s) => (noise[s] === undefined ? [] : [s]));
      if (denoise === undefined || open.length === 0) return;
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
      const levels = noiseLevels(fit.steps);
      const before = new Float64Array(state.length);
      let lastStep = 0;
      for (const [i, level] of levels.entries()) {
        const { input, skip, output } = scalings(level);
        for (let row = 0; row < count; row++) {
          const at = row * width + embedded + scores.length * scoreFeatures;
          for (const s of open) {
            const cell = row * scores.length + s;
            if (isAbsent[cell] === 0) writeFeatures(inputs, at + s * scoreFeatures, input * (state[cell] as number));
          }
          writeFeatures(inputs, at + scores.length * scoreFeatures, Math.log(level));
        }
        const result = denoise.run(inputs, count);
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
  opened.set(fit, model);
  return model;
}

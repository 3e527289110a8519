// Draws rows from the autoencoder: latent numbers from the prior, then the value of each column given them.
import type { ColumnBatch } from '../../core/batch.ts';
import type { SampleContext, SampleRequest } from '../../core/generator.ts';
import { type DenseLayer, denseSpace, namedWeights } from '../../models/nets/index.ts';
import { tableParts } from '../coded/table.ts';
import { chooseValue, logProbability } from '../neural/choose.ts';
import { normalOf } from '../neural/draws.ts';
import { type DrawCodes, drawRows } from '../neural/rows.ts';
import { floatsOf } from '../neural/stored.ts';
import { joinTokens, tokenValues } from '../neural/tokens.ts';
import { tableTokens } from '../neural/train.ts';
import { type VaeFit, weightSpecs } from './fit.ts';
import { couplings, couplingWidth, mostScale } from './network.ts';

/** Rows that go through the network together. */
const blockRows = 256;
/** Latent numbers that are tried for each row with given columns; one is taken by how likely it makes them. */
const candidates = 32;

export function sampleVae(fit: VaeFit, request: SampleRequest, context: SampleContext): ColumnBatch {
  return drawRows(fit.codes, request, context, vaeDraws(fit));
}

export function vaeDraws(fit: VaeFit): DrawCodes {
  const parts = tableParts(fit.codes);
  const { tokens, given } = tableTokens(fit.codes);
  const drawn = tokens.slice(given);
  const starts = drawn.map((_, t) => drawn.slice(0, t).reduce((sum, { size }) => sum + size, 0));
  const { latent: width } = fit.shape;
  return (fixed, rows, draw) => {
    const values = tokens.map((token) => {
      const known = fixed[token.part];
      return known === undefined ? new Uint16Array(rows) : tokenValues(token, known);
    });
    if (drawn.length === 0) return joinTokens(tokens, values, fixed, rows);
    const isKnown = drawn.map(({ part }) => fixed[part] !== undefined);
    const model = openModel(fit);
    const uniforms = drawn.map(({ part, digit }, t) =>
      isKnown[t] ? undefined : draw(`${parts[part]?.name} ${digit}`),
    );
    const tries = isKnown.includes(true) ? candidates : 1;
    const noise = Array.from({ length: width * tries }, (_, l) => draw(`latent ${l}`));
    const pick = tries > 1 ? draw('latent choice') : undefined;
    for (let from = 0; from < rows; from += blockRows) {
      const count = Math.min(blockRows, rows - from);
      const ahead = model.contextOf(values, from, count);
      let latent = model.latentOf(noise.slice(0, width), ahead, from, count);
      if (pick !== undefined) latent = choose(latent, ahead, from, count, pick);
      const logits = model.decode(latent, ahead, count);
      for (const [t, token] of drawn.entries()) {
        const uniform = uniforms[t];
        if (uniform === undefined) continue;
        const into = values[given + t] as Uint16Array;
        const high = token.digit === 'low' ? values[given + t - 1] : undefined;
        for (let row = from; row < from + count; row++) {
          const at = (row - from) * model.logitStride + (starts[t] as number);
          into[row] = chooseValue(token, logits, at, uniform[row] as number, high?.[row] ?? 0);
        }
      }
    }
    return joinTokens(tokens, values, fixed, rows);

    /** Sampling and resampling by importance (Rubin 1987): of several latent vectors one, by the likelihood of what is given. */
    function choose(
      first: Float32Array,
      ahead: Float32Array,
      from: number,
      count: number,
      by: Float64Array,
    ): Float32Array {
      const tried: Float32Array[] = [];
      const scores: Float64Array[] = [];
      for (let c = 0; c < tries; c++) {
        const z = c === 0 ? first : model.latentOf(noise.slice(c * width, (c + 1) * width), ahead, from, count);
        const logits = model.decode(z, ahead, count);
        const score = new Float64Array(count);
        for (const [t, token] of drawn.entries()) {
          if (!isKnown[t]) continue;
          const known = values[given + t] as Uint16Array;
          for (let row = 0; row < count; row++) {
            const at = row * model.logitStride + (starts[t] as number);
            score[row] = (score[row] as number) + logProbability(token, logits, at, known[from + row] as number);
          }
        }
        tried.push(z);
        scores.push(score);
      }
      const chosen = new Float32Array(count * width);
      for (let row = 0; row < count; row++) {
        const best = Math.max(...scores.map((score) => score[row] as number));
        const odds = scores.map((score) => Math.exp((score[row] as number) - best));
        let left = (by[from + row] as number) * odds.reduce((sum, odd) => sum + odd, 0);
        let c = 0;
        while (c + 1 < tries && left >= (odds[c] as number)) left -= odds[c++] as number;
        chosen.set((tried[c] as Float32Array).subarray(row * width, (row + 1) * width), row * width);
      }
      return chosen;
    }
  };
}

interface Model {
  readonly logitStride: number;
  /** The embeddings of the context tokens, row after row. */
  contextOf(values: readonly Uint16Array[], from: number, count: number): Float32Array;
  /** Latent numbers of rows, from uniform draws. */
  latentOf(noise: readonly Float64Array[], ahead: Float32Array, from: number, count: number): Float32Array;
  /** Logits of all drawn tokens; the next call overwrites them. */
  decode(latent: Float32Array, ahead: Float32Array, count: number): Float32Array;
}

const opened = new WeakMap<VaeFit, Model>();

function openModel(fit: VaeFit): Model {
  const found = opened.get(fit);
  if (found !== undefined) return found;
  const { given } = tableTokens(fit.codes);
  const { embedding, hidden, latent } = fit.shape;
  const named = namedWeights(weightSpecs(fit), floatsOf(fit.weights));
  const space = denseSpace();
  const layer = (name: string): DenseLayer => {
    const [w, b] = [named.get(`${name}/w`) as Float32Array, named.get(`${name}/b`) as Float32Array];
    return space.layer(w, b, w.length / b.length, b.length);
  };
  const steps = Array.from(
    { length: couplings },
    (_, c) => [layer(`couple ${c}/in`), layer(`couple ${c}/out`)] as const,
  );
  const [first, second, heads] = [layer('decode 0'), layer('decode 1'), layer('heads')];
  const half = latent / 2;
  const width = given * embedding;
  const model: Model = {
    logitStride: heads.stride,
    contextOf(values, from, count) {
      const ahead = new Float32Array(count * width);
      for (let t = 0; t < given; t++) {
        const table = named.get(`embed ${t}`) as Float32Array;
        for (let row = 0; row < count; row++) {
          const value = (values[t] as Uint16Array)[from + row] as number;
          ahead.set(table.subarray(value * embedding, (value + 1) * embedding), row * width + t * embedding);
        }
      }
      return ahead;
    },
    latentOf(noise, ahead, from, count) {
      let kept = normals(noise.slice(0, half), from, count);
      let moved = normals(noise.slice(half), from, count);
      // Backwards through what priorLogDensity does.
      for (const [input, output] of steps.toReversed()) {
        [kept, moved] = [moved, kept];
        const state = relu(
          input.run(beside(kept, half, ahead, width, count), count),
          input.stride,
          count,
          couplingWidth,
        );
        const result = output.run(state, count);
        for (let row = 0; row < count; row++) {
          for (let l = 0; l < half; l++) {
            const scale = mostScale * Math.tanh(result[row * output.stride + l] as number);
            const shift = result[row * output.stride + half + l] as number;
            moved[row * half + l] = (moved[row * half + l] as number) * Math.exp(-scale) - shift;
          }
        }
      }
      return beside(kept, half, moved, half, count);
    },
    decode(z, ahead, count) {
      const one = relu(first.run(beside(z, latent, ahead, width, count), count), first.stride, count, hidden);
      const two = relu(second.run(one, count), second.stride, count, hidden);
      return heads.run(two, count);
    },
  };
  opened.set(fit, model);
  return model;
}

function normals(noise: readonly Float64Array[], from: number, count: number): Float32Array {
  const values = new Float32Array(count * noise.length);
  for (const [l, uniform] of noise.entries()) {
    for (let row = 0; row < count; row++) values[row * noise.length + l] = normalOf(uniform[from + row] as number);
  }
  return values;
}

/** Rows of `a` and of `b` side by side. */
function beside(a: Float32Array, widthA: number, b: Float32Array, widthB: number, count: number): Float32Array {
  const width = widthA + widthB;
  const joined = new Float32Array(count * width);
  for (let row = 0; row < count; row++) {
    joined.set(a.subarray(row * widthA, (row + 1) * widthA), row * width);
    joined.set(b.subarray(row * widthB, (row + 1) * widthB), row * width + widthA);
  }
  return joined;
}

/** A copy without what is below 0, nor the padding of the rows. */
function relu(x: Float32Array, stride: number, count: number, width: number): Float32Array {
  const result = new Float32Array(count * width);
  for (let row = 0; row < count; row++) {
    for (let i = 0; i < width; i++) result[row * width + i] = Math.max(0, x[row * stride + i] as number);
  }
  return result;
}

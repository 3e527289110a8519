// Trains the two networks of the diffusion, on masked categories and noisy numbers.
import type { FitContext, FitSource } from '../../core/generator.ts';
import { sequence } from '../../core/random.ts';
import { normalSource, type WeightSpec } from '../../models/nets/index.ts';
import { contextParts, encodeSource, learnTableCodes, type TableCodes } from '../coded/table.ts';
import { levelValues, type MixedParts, mixedParts, scoreOf } from '../neural/mixed.ts';
import type { NeuralOptions } from '../neural/options.ts';
import type { ScoreKnots } from '../neural/shares.ts';
import { floatsOf } from '../neural/stored.ts';
import { trainRows } from '../neural/train.ts';
import { embeddingWidth } from '../neural/trunk.ts';
import { scoreFeatures, writeFeatures } from '../neural/waves.ts';
import { matchShares } from './match.ts';
import { openDiffusion } from './model.ts';
import { type DiffusionShape, diffusionNetwork, diffusionWeights, noisyWidth } from './network.ts';
import { meanLogNoise, scalings, spreadLogNoise } from './noise.ts';
import { diffusionDraws } from './sample.ts';

export interface DiffusionOptions extends NeuralOptions {
  /** Hidden numbers of each layer. */
  readonly width: number;
  /** Steps from noise to numbers, and at most so many steps from masks to categories. */
  readonly steps: number;
}

export const fitVersion = 2;

export interface DiffusionFit {
  readonly version: number;
  readonly codes: TableCodes;
  readonly shape: DiffusionShape;
  readonly steps: number;
  /** Bytes of 32-bit floats, in the order of {@link diffusionWeights}. */
  readonly weights: Uint8Array;
  /** Of each drawn score; none where nothing was trained. */
  readonly knots: readonly ScoreKnots[];
}

export async function fitDiffusion(
  source: FitSource,
  options: DiffusionOptions,
  context: FitContext,
): Promise<DiffusionFit> {
  const codes = learnTableCodes(source, { k: options.k ?? context.k, bins: options.bins });
  const parts = mixedParts(codes);
  const shape = shapeOf(codes, parts, options.width);
  const columns = encodeSource(codes, source);
  const specs = diffusionWeights(parts, shape);
  const weights = await trainRows({
    source,
    options,
    context,
    codes,
    columns,
    specs,
    activations:
      parts.tokens.reduce((sum, { size }) => sum + 3 * size + 2 * shape.embedding, 0) +
      2 * noisyWidth(parts) +
      8 * shape.hidden,
    usualEpochs: 16,
    decay: 0.01,
    network: (batch) => diffusionNetwork(parts, shape, batch),
    draws: (bytes) => diffusionDraws(codes, () => openDiffusion(parts, shape, floatsOf(bytes), options.steps)),
    feeds: feeder(parts, shape, columns),
  });
  const isTrained = weights.length > 0 && source.rows.rowCount > 0;
  const next = sequence(context.seed, 'shares');
  const knots = isTrained ? matchShares(parts, shape, floatsOf(weights), options.steps, columns, next) : [];
  return { version: fitVersion, codes, shape, steps: options.steps, weights, knots };
}

function shapeOf(codes: TableCodes, { tokens, scores }: MixedParts, hidden: number): DiffusionShape {
  const context = contextParts(codes);
  return {
    embedding: embeddingWidth(tokens.length),
    hidden,
    givenTokens: tokens.filter(({ part }) => part < context).length,
    givenScores: scores.filter(({ part }) => part < context).length,
  };
}

export function weightSpecs(fit: DiffusionFit): readonly WeightSpec[] {
  return diffusionWeights(mixedParts(fit.codes), fit.shape);
}

type Feeds = readonly (Float32Array | Int32Array)[];

/** What a step is fed: which levels are masked, and how noisy the numbers are, is drawn anew each time. */
function feeder(
  parts: MixedParts,
  shape: DiffusionShape,
  columns: readonly Uint16Array[],
): (picked: Uint32Array, next: () => number) => Feeds {
  const { tokens, scores } = parts;
  const values = levelValues(parts, columns) as Uint16Array[];
  const { givenTokens, givenScores } = shape;
  const drawn = tokens.length - givenTokens;
  const targets = scores.length - givenScores;
  const wide = (count: number): number => Math.max(1, count);
  return (picked, next) => {
    const batch = picked.length;
    const normals = normalSource(next);
    const levels = new Int32Array(wide(tokens.length) * batch);
    const shown = new Int32Array(wide(tokens.length) * batch);
    const weights = new Float32Array(wide(drawn) * batch);
    const cleanWidth = wide(scores.length * scoreFeatures);
    const clean = new Float32Array(batch * cleanWidth);
    const width = noisyWidth(parts);
    const noisy = new Float32Array(batch * width);
    const wanted = new Float32Array(batch * wide(targets));
    const counted = new Float32Array(batch * wide(targets));
    const noises = new Float32Array(batch * (targets + 1));
    normals(noises);
    for (let i = 0; i < batch; i++) {
      const row = picked[i] as number;
      for (const [t, column] of values.entries()) {
        const level = column[row] as number;
        levels[t * batch + i] = level;
        shown[t * batch + i] = level;
      }
      // Half of the rows are masked from some token on, which is how rows are drawn; the others anyhow, with any numbers given.
      const isDrawnOrder = next() < 0.5;
      const from = Math.floor(next() * drawn);
      const share = next();
      const masked: number[] = [];
      for (let t = 0; t < drawn; t++) if (isDrawnOrder ? t >= from : next() < share) masked.push(t);
      for (const t of masked) {
        shown[(givenTokens + t) * batch + i] = tokens[givenTokens + t]?.size as number;
        weights[t * batch + i] = drawn / masked.length;
      }
      const anyGiven = !isDrawnOrder && next() < 0.5;
      const logNoise = meanLogNoise + spreadLogNoise * (noises[i * (targets + 1) + targets] as number);
      const noise = Math.exp(logNoise);
      const { input, skip, output } = scalings(noise);
      const isPartial = next() < 0.2;
      for (const [s, score] of scores.entries()) {
        const value = scoreOf(score, columns[score.part]?.[row] as number, next());
        if (Number.isNaN(value)) continue;
        const isContext = s < givenScores;
        const index = score.token?.index;
        const isSeen = index === undefined || shown[index * batch + i] === levels[index * batch + i];
        if (isContext || (anyGiven && isSeen && next() < 0.5)) {
          writeFeatures(clean, i * cleanWidth + s * scoreFeatures, value);
        }
        if (isContext || (isPartial && next() < 0.5)) {
          writeFeatures(noisy, i * width + s * scoreFeatures, value);
          continue;
        }
        const target = s - givenScores;
        const moved = value + noise * (noises[i * (targets + 1) + target] as number);
        writeFeatures(noisy, i * width + (scores.length + s) * scoreFeatures, moved * input);
        wanted[i * targets + target] = (value - skip * moved) / output;
        counted[i * targets + target] = 1;
      }
      writeFeatures(noisy, i * width + 2 * scores.length * scoreFeatures, logNoise);
    }
    return [levels, shown, weights, clean, noisy, wanted, counted];
  };
}

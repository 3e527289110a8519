// Trains the autoencoder of a table.
import type { FitContext, FitSource } from '../../core/generator.ts';
import { normalSource, type WeightSpec } from '../../models/nets/index.ts';
import { learnTableCodes, type TableCodes } from '../coded/table.ts';
import type { NeuralOptions } from '../neural/options.ts';
import { tableTokens, trainTokens } from '../neural/train.ts';
import { embeddingWidth } from '../neural/trunk.ts';
import { type VaeShape, vaeNetwork, vaeWeights } from './network.ts';
import { vaeDraws } from './sample.ts';

export interface VaeOptions extends NeuralOptions {
  /** Hidden numbers of each layer. */
  readonly width: number;
  /** Latent numbers of a row, an even number. */
  readonly latent: number;
  /** Weight of the divergence from the prior: below 1 rows are kept more exactly, and the prior is matched less. */
  readonly beta: number;
}

export const fitVersion = 1;

export interface VaeFit {
  readonly version: number;
  readonly codes: TableCodes;
  readonly shape: VaeShape;
  /** Bytes of 32-bit floats, in the order of {@link vaeWeights}. */
  readonly weights: Uint8Array;
}

/** The weight of the divergence rises over this share of the training: all at once it would silence the latent numbers. */
const riseShare = 0.25;

export async function fitVae(source: FitSource, options: VaeOptions, context: FitContext): Promise<VaeFit> {
  const codes = learnTableCodes(source, { k: options.k ?? context.k, bins: options.bins });
  const table = tableTokens(codes);
  const embedding = embeddingWidth(table.tokens.length);
  const shape = { embedding, hidden: options.width, latent: 2 * Math.ceil(options.latent / 2) };
  const weights = await trainTokens({
    source,
    options,
    context,
    codes,
    specs: vaeWeights(table, shape),
    activations:
      table.tokens.reduce((sum, { size }) => sum + 3 * size + embedding, 0) + 4 * shape.hidden + 12 * shape.latent,
    usualEpochs: 14,
    decay: 0.01,
    network: (batch) => vaeNetwork(table, shape, batch),
    draws: (weights) => vaeDraws({ version: fitVersion, codes, shape, weights }),
    feeds(batch, next, share) {
      const noise = new Float32Array(batch * shape.latent);
      normalSource(next)(noise);
      return [noise, Float32Array.of(options.beta * Math.min(1, (share + 0.01) / riseShare))];
    },
  });
  return { version: fitVersion, codes, shape, weights };
}

export function weightSpecs(fit: VaeFit): readonly WeightSpec[] {
  return vaeWeights(tableTokens(fit.codes), fit.shape);
}

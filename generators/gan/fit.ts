// Fits a gan: codes, shape and the generator's weights; the critic is forgotten.
import type { FitContext, FitSource } from '../../core/generator.ts';
import type { WeightSpec } from '../../models/nets/index.ts';
import { contextParts, learnTableCodes, type TableCodes } from '../coded/table.ts';
import { mixedParts } from '../neural/mixed.ts';
import type { ScoreKnots } from '../neural/shares.ts';
import { bytesOf } from '../neural/stored.ts';
import { embeddingWidth } from '../neural/trunk.ts';
import { type GanShape, generatorWeights } from './network.ts';

import { fitVersion, type GanOptions, trainGan } from './train.ts';

export interface GanFit {
  readonly version: number;
  readonly codes: TableCodes;
  readonly shape: GanShape;
  /** Bytes of 32-bit floats, in the order of {@link generatorWeights}. */
  readonly weights: Uint8Array;
  /** Of each drawn score. */
  readonly knots: readonly ScoreKnots[];
}

export async function fitGan(source: FitSource, options: GanOptions, context: FitContext): Promise<GanFit> {
  const codes = learnTableCodes(source, { k: options.k ?? context.k, bins: options.bins });
  const parts = mixedParts(codes);
  const given = contextParts(codes);
  const shape: GanShape = {
    embedding: embeddingWidth(parts.tokens.length),
    hidden: options.width,
    givenTokens: parts.tokens.filter(({ part }) => part < given).length,
    givenScores: parts.scores.filter(({ part }) => part < given).length,
    noise: options.noise,
  };
  const { weights, knots } = await trainGan(source, options, context, codes, parts, shape);
  return { version: fitVersion, codes, shape, weights: bytesOf(weights), knots };
}

export function weightSpecs(fit: GanFit): readonly WeightSpec[] {
  return generatorWeights(mixedParts(fit.codes), fit.shape);
}

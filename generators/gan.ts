// `gan`: a generator learns to make rows that a critic cannot tell from real ones.
import * as z from 'zod';
import type { Generator, GeneratorChoice } from '../core/generator.ts';
import { pack } from '../models/pack.ts';
import { unsupportedColumns } from './coded/table.ts';
import { fitGan, type GanFit, weightSpecs } from './gan/fit.ts';
import { sampleGan } from './gan/sample.ts';
import { fitVersion, type GanOptions } from './gan/train.ts';
import { neuralShape } from './neural/options.ts';
import { unpackNeural } from './neural/stored.ts';

const options: z.ZodType<GanOptions> = z.strictObject({
  ...neuralShape({ batch: 512, rate: 0.0005 }),
  width: z.int().min(8).max(2048).default(256),
  noise: z.int().min(1).max(1024).default(64),
  pack: z.int().min(1).max(64).default(4),
  penalty: z.number().min(0).max(1000).default(10),
  pairs: z.number().min(0).max(10_000).default(10),
});

export const generator: Generator<GanOptions, GanFit> = {
  name: 'gan',
  version: fitVersion,
  module: import.meta.url,
  options,
  unsupported: unsupportedColumns,
  fit: fitGan,
  drawOrder: ({ codes }) => codes.columns.map(({ name }) => name),
  sample: sampleGan,
  serialise: pack,
  deserialise: (bytes) => unpackNeural(bytes, 'gan', fitVersion, weightSpecs),
};

/**
 * Learns a table with a conditional generative adversarial network, in the line of CTGAN (Xu et al. 2019).
 * @example gan({ minutes: 5 })
 */
export function gan(options: Partial<GanOptions> = {}): GeneratorChoice {
  return { kind: 'generator', generator: generator as Generator, options: { ...options } };
}

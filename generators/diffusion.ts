// `diffusion`: categories come out of masks, numbers out of noise.
import * as z from 'zod';
import type { Generator, GeneratorChoice } from '../core/generator.ts';
import { pack } from '../models/pack.ts';
import { unsupportedColumns } from './coded/table.ts';
import { type DiffusionFit, type DiffusionOptions, fitDiffusion, fitVersion, weightSpecs } from './diffusion/fit.ts';
import { sampleDiffusion } from './diffusion/sample.ts';
import { neuralShape } from './neural/options.ts';
import { unpackNeural } from './neural/stored.ts';

const options: z.ZodType<DiffusionOptions> = z.strictObject({
  ...neuralShape({ batch: 512, rate: 0.003 }),
  width: z.int().min(8).max(2048).default(256),
  steps: z.int().min(2).max(1000).default(20),
});

export const generator: Generator<DiffusionOptions, DiffusionFit> = {
  name: 'diffusion',
  version: fitVersion,
  module: import.meta.url,
  options,
  unsupported: unsupportedColumns,
  fit: fitDiffusion,
  drawOrder: ({ codes }) => codes.columns.map(({ name }) => name),
  sample: sampleDiffusion,
  serialise: pack,
  deserialise: (bytes) => unpackNeural(bytes, 'diffusion', fitVersion, weightSpecs),
};

/**
 * Learns a table with masked diffusion for categories and Gaussian diffusion for numbers, as TabDiff (Shi et al. 2024) does.
 * @example diffusion({ steps: 40 })
 */
export function diffusion(options: Partial<DiffusionOptions> = {}): GeneratorChoice {
  return { kind: 'generator', generator: generator as Generator, options: { ...options } };
}

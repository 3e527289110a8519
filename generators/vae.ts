// `vae`: an autoencoder whose latent numbers are drawn from a learnt prior.
import * as z from 'zod';
import type { Generator, GeneratorChoice } from '../core/generator.ts';
import { pack } from '../models/pack.ts';
import { unsupportedColumns } from './coded/table.ts';
import { neuralShape } from './neural/options.ts';
import { unpackNeural } from './neural/stored.ts';
import { fitVae, fitVersion, type VaeFit, type VaeOptions, weightSpecs } from './vae/fit.ts';
import { sampleVae } from './vae/sample.ts';

const options: z.ZodType<VaeOptions> = z.strictObject({
  ...neuralShape({ batch: 256, rate: 0.002 }),
  width: z.int().min(8).max(2048).default(256),
  latent: z.int().min(2).max(256).default(32),
  beta: z.number().min(0.01).max(10).default(1),
});

export const generator: Generator<VaeOptions, VaeFit> = {
  name: 'vae',
  version: fitVersion,
  module: import.meta.url,
  options,
  unsupported: unsupportedColumns,
  fit: fitVae,
  drawOrder: ({ codes }) => codes.columns.map(({ name }) => name),
  sample: sampleVae,
  serialise: pack,
  deserialise: (bytes) => unpackNeural(bytes, 'vae', fitVersion, weightSpecs),
};

/**
 * Learns a table with a variational autoencoder and a flow as its prior.
 * @example vae({ latent: 16 })
 */
export function vae(options: Partial<VaeOptions> = {}): GeneratorChoice {
  return { kind: 'generator', generator: generator as Generator, options: { ...options } };
}

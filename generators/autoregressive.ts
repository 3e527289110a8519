// `autoregressive`: a masked network draws column after column, each given those before it, in any order.
import * as z from 'zod';
import type { Generator, GeneratorChoice } from '../core/generator.ts';
import { pack } from '../models/pack.ts';
import {
  type AutoregressiveFit,
  type AutoregressiveOptions,
  fitAutoregressive,
  fitVersion,
  weightSpecs,
} from './autoregressive/fit.ts';
import { sampleAutoregressive } from './autoregressive/sample.ts';
import { unsupportedColumns } from './coded/table.ts';
import { neuralShape } from './neural/options.ts';
import { unpackNeural } from './neural/stored.ts';

const options: z.ZodType<AutoregressiveOptions> = z.strictObject({
  ...neuralShape({ batch: 256, rate: 0.004 }),
  order: z.enum(['any', 'fixed']).default('any'),
  width: z.int().min(8).max(1024).default(64),
});

export const generator: Generator<AutoregressiveOptions, AutoregressiveFit> = {
  name: 'autoregressive',
  version: fitVersion,
  module: import.meta.url,
  options,
  unsupported: unsupportedColumns,
  fit: fitAutoregressive,
  drawOrder: ({ codes }) => codes.columns.map(({ name }) => name),
  sample: sampleAutoregressive,
  serialise: pack,
  deserialise: (bytes) => unpackNeural(bytes, 'autoregressive', fitVersion, weightSpecs),
};

/**
 * Learns a table with a masked network over its codes: about a minute of work, and any columns may be given.
 * @example autoregressive({ minutes: 5 })
 */
export function autoregressive(options: Partial<AutoregressiveOptions> = {}): GeneratorChoice {
  return { kind: 'generator', generator: generator as Generator, options: { ...options } };
}

// `boosted`, the default generator: columns are drawn one after the other, each from boosted trees on those before it.
import type { Generator, GeneratorChoice, Reason } from '../core/generator.ts';
import { pack } from '../models/pack.ts';
import { blockRows } from './boosted/draw-part.ts';
import { fitBoosted, fitVersion } from './boosted/fit.ts';
import type { BoostedFit } from './boosted/model.ts';
import { type BoostedOptions, boostedOptions } from './boosted/options.ts';
import { sampleBoosted, weighBoosted } from './boosted/sample.ts';
import { unpackFit } from './coded/stored.ts';

export const generator: Generator<BoostedOptions, BoostedFit> = {
  name: 'boosted',
  version: fitVersion,
  module: import.meta.url,
  blockRows,
  options: boostedOptions,
  unsupported: (columns) =>
    columns.flatMap((column): Reason[] =>
      column.type.kind === 'unsupported'
        ? [
            {
              column: column.name,
              message: `Column "${column.name}" has type ${column.sqlType}, which cannot be learnt.`,
              hint: 'Leave it out with omit(), empty it with nulls(), or make it with fake().',
            },
          ]
        : [],
    ),
  fit: fitBoosted,
  drawOrder: (fitted) => fitted.order.map((at) => fitted.columns[at]?.name ?? ''),
  sample: sampleBoosted,
  weigh: weighBoosted,
  serialise: pack,
  deserialise: (bytes) => unpackFit(bytes, 'boosted', fitVersion),
};

/**
 * Learns a table with boosted trees.
 * @example boosted({ k: 50 })
 */
export function boosted(options: Partial<BoostedOptions> = {}): GeneratorChoice {
  return { kind: 'generator', generator: generator as Generator, options: { ...options } };
}

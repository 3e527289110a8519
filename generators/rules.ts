// The `rules` generator: a table of which nothing is learnt, whose columns are all made by rules or keys.
import { type ZodType, z } from 'zod';
import type { Generator, GeneratorChoice } from '../core/generator.ts';
import { pack } from '../models/pack.ts';
import { unpackFit } from './coded/stored.ts';

const fitVersion = 2;

interface RulesFit {
  readonly version: number;
}

const options: ZodType<Record<string, never>> = z.strictObject({});

/** Learns nothing and draws no column: the run makes the columns by their rules. */
export const generator: Generator<Record<string, never>, RulesFit> = {
  name: 'rules',
  version: fitVersion,
  module: import.meta.url,
  options,
  unsupported(columns) {
    return columns.map(({ name }) => ({
      column: name,
      message: `The column "${name}" has no rule, and the rules() generator learns nothing.`,
      hint: 'Give it fake(…), expression(…), pattern(…), nulls() or omit(), or use boosted().',
    }));
  },
  fit: async () => ({ version: fitVersion }),
  drawOrder: () => [],
  sample: (_fitted, { rowIds }) => ({ rowCount: rowIds.length, columns: new Map() }),
  serialise: pack,
  deserialise: (bytes) => unpackFit(bytes, 'rules', fitVersion),
};

/** A table made by rules only: nothing of the source's rows is learnt. */
export function rules(): GeneratorChoice {
  return { kind: 'generator', generator: generator as Generator, options: {} };
}

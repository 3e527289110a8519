// The `rules` generator: a table of which nothing is learnt, whose columns are all made by rules or keys.
import { type ZodType, z } from 'zod';
import type { Generator, GeneratorChoice } from '../core/generator.ts';

const options: ZodType<Record<string, never>> = z.strictObject({});

/** Learns nothing and draws no column: the run makes the columns by their rules. */
export const generator: Generator<Record<string, never>, Record<string, never>> = {
  name: 'rules',
  version: 1,
  module: import.meta.url,
  options,
  unsupported(columns) {
    return columns.map(({ name }) => ({
      column: name,
      message: `The column "${name}" has no rule, and the rules() generator learns nothing.`,
      hint: 'Give it fake(…), expression(…), pattern(…), nulls() or omit(), or use boosted().',
    }));
  },
  async fit() {
    return {};
  },
  drawOrder: () => [],
  sample: (_fitted, { rowIds }) => ({ rowCount: rowIds.length, columns: new Map() }),
  serialise: () => new TextEncoder().encode('{"version":1}'),
  deserialise: () => ({}),
};

/** A table made by rules only: nothing of the source's rows is learnt. */
export function rules(): GeneratorChoice {
  return { kind: 'generator', generator: generator as Generator, options: {} };
}

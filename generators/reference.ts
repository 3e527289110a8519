// Marks a table as public: it is copied as it is, in SQL, by the run. Nothing is learnt and nothing is drawn.
import { z } from 'zod';
import { SynthError } from '../core/errors.ts';
import type { Generator, GeneratorChoice } from '../core/generator.ts';

function copied(): never {
  throw new SynthError('reference.not-learnt', 'A reference table was to be learnt or drawn instead of copied.', {
    kind: 'unexpected',
  });
}

export const generator: Generator = {
  name: 'reference',
  version: 1,
  options: z.strictObject({}),
  unsupported: () => [],
  fit: async () => copied(),
  drawOrder: copied,
  sample: copied,
  serialise: copied,
  deserialise: copied,
};

/** The table is declared public: its mirror holds the real rows, and says so. */
export function reference(): GeneratorChoice {
  return { kind: 'generator', generator, options: {} };
}

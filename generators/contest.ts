// `contest`: several generators compete for a table by what its mirror is for. The run holds the contest and then goes on with
// the winner, so that nothing is ever learnt or drawn by this object itself.
import { z } from 'zod';
import { SynthError } from '../core/errors.ts';
import type { Generator, GeneratorChoice } from '../core/generator.ts';

export interface ContestOptions {
  /** The first is the champion until another one is shown to be better. */
  readonly candidates: readonly GeneratorChoice[];
  /** The name of one of `uses`, with a model. */
  readonly by: string;
  readonly within?: {
    /** No fit begins later. Default 10. */
    readonly minutes?: number;
    /** `pass`, the default: who fails a privacy audit is out. */
    readonly privacy?: 'pass' | 'ignore';
  };
}

function unheld(): never {
  throw new SynthError('contest.unheld', 'A contest was to be learnt or drawn instead of its champion.', {
    kind: 'unexpected',
  });
}

export const generator: Generator = {
  name: 'contest',
  version: 1,
  options: z.strictObject({
    candidates: z.array(z.unknown()).min(2, { error: 'must be at least two generators' }),
    by: z.string({ error: 'must be the name of one of uses' }).min(1),
    within: z
      .strictObject({
        minutes: z.number().positive().default(10),
        privacy: z.enum(['pass', 'ignore']).default('pass'),
      })
      .default({ minutes: 10, privacy: 'pass' }),
  }),
  unsupported: () => [],
  fit: async () => unheld(),
  drawOrder: unheld,
  sample: unheld,
  serialise: unheld,
  deserialise: unheld,
};

/**
 * The champion of several generators.
 * @example contest({ candidates: [boosted(), boosted({ minimalGain: 10 }), copula()], by: 'churn', within: { minutes: 10 } })
 */
export function contest(options: ContestOptions): GeneratorChoice {
  return { kind: 'generator', generator, options: { ...options } };
}

// Gradient boosting as a downstream model.
import { z } from 'zod';
import type { DownstreamModel } from '../../core/downstream.ts';
import { SynthError } from '../../core/errors.ts';
import { fitBoosting, predict } from '../gbdt/index.ts';

export interface BoostingOptions {
  /** Trees, or trees per class. Default 100. */
  readonly rounds?: number;
  /** Default 0.1. */
  readonly rate?: number;
  /** Leaves of a tree at most. Default 31. */
  readonly leaves?: number;
}

const options = z.strictObject({
  rounds: z.number().int().min(1).max(10_000).default(100),
  rate: z.number().positive().max(1).default(0.1),
  leaves: z.number().int().min(2).max(1024).default(31),
});

/** @throws SynthError `config.invalid-value` for options that it does not have */
export function boosting(given: BoostingOptions = {}): DownstreamModel {
  const parsed = options.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const what = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue?.path.join('.');
    throw new SynthError('config.invalid-value', `boosting() has a wrong option: ${what}.`, {
      hint: 'It takes rounds (1 to 10,000), rate (above 0, up to 1) and leaves (2 to 1,024).',
    });
  }
  const { rounds, rate, leaves } = parsed.data;
  return Object.freeze({
    kind: 'downstream-model',
    name: 'boosting',
    learn(rows, target, task, seed) {
      const model = fitBoosting(rows, target, task, { rounds, rate, maximalLeaves: leaves, seed });
      return (others) => predict(model, others);
    },
  } satisfies DownstreamModel);
}

// Logistic, multinomial or linear regression as a downstream model.
import { z } from 'zod';
import type { DownstreamModel } from '../../core/downstream.ts';
import { SynthError } from '../../core/errors.ts';
import { fitLinear, predictLinear } from '../linear/index.ts';

export interface LinearModelOptions {
  /** Half the weight of the sum of squared weights; scikit-learn's 1/C. Default 1. */
  readonly ridge?: number;
}

const options = z.strictObject({ ridge: z.number().positive().max(1e9).default(1) });

/** @throws SynthError `config.invalid-value` for options that it does not have */
export function linear(given: LinearModelOptions = {}): DownstreamModel {
  const parsed = options.safeParse(given);
  if (!parsed.success) {
    throw new SynthError('config.invalid-value', 'linear() has a wrong option.', {
      hint: 'It takes ridge (above 0, up to 1,000,000,000).',
    });
  }
  const { ridge } = parsed.data;
  return Object.freeze({
    kind: 'downstream-model',
    name: 'linear',
    learn(rows, target, task) {
      const model = fitLinear(rows, target, task, { ridge });
      return (others) => predictLinear(model, others);
    },
  } satisfies DownstreamModel);
}

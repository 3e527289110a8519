// What users may set on every neural generator.
import * as z from 'zod';
import { maximalNumberCodes } from '../../models/codes/index.ts';
import { type EngineChoice, engineChoices } from '../../models/nets/index.ts';

export interface NeuralOptions {
  /** The least number of real rows behind anything that the fit holds. Default: the project's k (20). */
  readonly k?: number | undefined;
  /** Most codes of a number. */
  readonly bins: number;
  /**
   * Most passes over the rows; training ends earlier when a held-back part stops getting better. Small tables get more of
   * them by default.
   */
  readonly epochs?: number | undefined;
  /** Rows per step. */
  readonly batch: number;
  /** Highest learning rate. */
  readonly rate: number;
  /** Stop training after so many minutes; the fit then depends on the machine's speed. */
  readonly minutes?: number | undefined;
  /** What runs the network. */
  readonly engine: EngineChoice;
}

/** The schema of these options with a generator's own defaults. */
export function neuralShape(defaults: { readonly batch: number; readonly rate: number }): {
  readonly [Key in keyof NeuralOptions]-?: z.ZodType<NeuralOptions[Key]>;
} {
  return {
    k: z.int().min(1).max(100_000).optional(),
    bins: z.int().min(2).max(maximalNumberCodes).default(maximalNumberCodes),
    epochs: z.int().min(1).max(10_000).optional(),
    batch: z.int().min(16).max(65_536).default(defaults.batch),
    rate: z.number().min(1e-6).max(1).default(defaults.rate),
    minutes: z.number().positive().optional(),
    engine: z.enum(engineChoices).default('auto'),
  };
}

/** Fewest steps that training plans for, whatever the number of rows. */
const leastSteps = 1200;
const mostEpochs = 300;

/** How many epochs to plan for, and after how many without gain to stop. */
export function schedule(
  asked: number | undefined,
  rows: number,
  batch: number,
  usual: number,
): { readonly epochs: number; readonly patience: number } {
  const perEpoch = Math.max(1, Math.floor(rows / batch));
  const epochs = asked ?? Math.min(mostEpochs, Math.max(usual, Math.ceil(leastSteps / perEpoch)));
  // The last gains come while the rate falls: a loss that stands still before is no reason to stop.
  return { epochs, patience: Math.max(3, Math.ceil(epochs / 2)) };
}

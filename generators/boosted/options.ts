// What users may set on `boosted(…)`.
import * as z from 'zod';
import { maximalNumberCodes } from '../../models/codes/index.ts';
import type { Draws } from './model.ts';

export const boostedOptions: z.ZodType<BoostedOptions> = z.strictObject({
  k: z.int().min(1).max(100_000).optional(),
  rounds: z.int().min(0).max(500).default(120),
  depth: z.int().min(1).max(6).default(4),
  rate: z.number().min(0.01).max(1).default(0.25),
  minimalGain: z.number().min(0).max(1000).default(0.5),
  bins: z.int().min(2).max(maximalNumberCodes).default(maximalNumberCodes),
  draws: z.enum(['balanced', 'independent']).default('balanced'),
  order: z.array(z.string()).optional(),
});

export interface BoostedOptions {
  /** The least number of real rows behind anything that the fit holds. Default: the project's k (20). */
  readonly k?: number | undefined;
  /** Most trees per node of a column's code tree. Rows held back tell how many help; nodes of few rows get a dozen. */
  readonly rounds: number;
  /** Questions per tree. */
  readonly depth: number;
  readonly rate: number;
  /** Least gain of a question, for each leaf that it splits; six times as much at nodes too small to hold rows back. */
  readonly minimalGain: number;
  /** Most codes of a number. */
  readonly bins: number;
  /**
   * `balanced`: the rows of a block of 65,536 are drawn together, so that shares and pairs come out as learnt, with hardly
   * any noise. `independent`: every row is drawn alone, as if another sample had been taken; for sensitive releases.
   */
  readonly draws: Draws;
  /** Columns to draw first, in this order; the others follow in the table's order. */
  readonly order?: readonly string[] | undefined;
}

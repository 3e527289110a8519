// What-if scenarios.
import { z } from 'zod';
import { share } from './parts.ts';

const mustBeMean = "must be a number, a change in percent as '-20%', or a change as '+4'";
const mean = z.union([z.number(), z.string().regex(/^\s*[+-]\d+(\.\d+)?\s*%?\s*$/, { error: mustBeMean })], {
  error: mustBeMean,
});
export const scenarioTableSchema: z.ZodObject = z.strictObject({
  shift: z.record(z.string(), z.strictObject({ mean })).default({}),
  share: z.record(z.string(), z.record(z.string(), share)).default({}),
  where: z.string().trim().min(1).optional(),
  freeze: z.array(z.string().min(1)).default([]),
});
export const scenarioSchema: z.ZodObject = z.strictObject({ tables: z.record(z.string(), z.unknown()) });

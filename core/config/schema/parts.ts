// What several schemas have in common.
import { z } from 'zod';

export const names: z.ZodType<string | string[]> = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
  error: 'must be a column name or a list of column names',
});
export const columnList: z.ZodType<string[]> = z.array(z.string().min(1)).min(1);
export const object: z.ZodType<Record<string, unknown>> = z.record(z.string(), z.unknown());
export const mustBeWhole = 'must be a whole number, 0 or more';
export const whole: z.ZodNumber = z
  .number({ error: mustBeWhole })
  .int({ error: mustBeWhole })
  .min(0, { error: mustBeWhole });
const mustBeCount = 'must be a whole number above 0';
export const count: z.ZodNumber = z
  .number({ error: mustBeCount })
  .int({ error: mustBeCount })
  .positive({ error: mustBeCount });
const mustBeShare = 'must be a share between 0 and 1';
export const share: z.ZodNumber = z
  .number({ error: mustBeShare })
  .min(0, { error: mustBeShare })
  .max(1, { error: mustBeShare });
export const bound: z.ZodType<number | null | undefined> = z
  .number({ error: 'must be a number, or null for no bound' })
  .nullable()
  .optional();
export const sentence: z.ZodType<string | undefined> = z
  .string()
  .trim()
  .min(1, { error: 'must not be empty' })
  .optional();
export const contamination: z.ZodEnum<{ refuse: 'refuse'; warn: 'warn'; allow: 'allow' }> = z.enum(
  ['refuse', 'warn', 'allow'],
  { error: "must be 'refuse', 'warn' or 'allow'" },
);

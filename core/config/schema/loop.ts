// What mirrors are for, and who is asked and told: uses, reviews, alerts.
import { z } from 'zod';

export const useSchema: z.ZodObject = z.strictObject({
  table: z.string({ error: 'must be a table of this config' }).min(1),
  target: z.string().min(1).optional(),
  metric: z.string({ error: "must be a metric as 'auc'" }).regex(/^\w+$/, { error: 'must be letters, digits and _' }),
  model: z.unknown().optional(),
  command: z.array(z.string(), { error: "must be a list as ['python', 'score.py']" }).min(1).optional(),
  holdout: z.boolean().default(false),
  better: z.enum(['more', 'less']).optional(),
  margin: z.number().positive().optional(),
  timeout: z
    .string()
    .regex(/^[1-9]\d*\s*[smh]$/, { error: "must be a time as '90s', '10m' or '1h'" })
    .default('10m'),
  severity: z.enum(['error', 'warn']).default('warn'),
});

export const reviewSchema: z.ZodObject = z.strictObject({
  when: z.enum(['never', 'warn', 'always']),
  expires: z
    .string()
    .regex(/^[1-9]\d*\s*d$/, { error: "must be a number of days as '90d'" })
    .optional(),
});

export const alertsSchema: z.ZodObject = z.strictObject({
  channels: z.array(z.unknown(), { error: 'must be a list of channels, as [slack({ url })]' }),
  silence: z.array(z.unknown(), { error: 'must be a list' }).default([]),
});

const mustBeTime = "must be a day as '2026-12-31', or a time in ISO 8601";
export const silenceSchema: z.ZodObject = z.strictObject({
  audit: z.string().min(1).optional(),
  table: z.string().min(1).optional(),
  column: z.string().min(1).optional(),
  until: z
    .string({ error: mustBeTime })
    .refine((text) => /^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(Date.parse(text)), { error: mustBeTime })
    .optional(),
  because: z.string({ error: 'must say why, in a sentence' }).trim().min(1, { error: 'must not be empty' }),
});

export interface UseShape {
  readonly table: string;
  readonly target?: string;
  readonly metric: string;
  readonly model?: unknown;
  readonly command?: readonly string[];
  readonly holdout: boolean;
  readonly better?: 'more' | 'less';
  readonly margin?: number;
  readonly timeout: string;
  readonly severity: 'error' | 'warn';
}

export interface ReviewShape {
  readonly when: 'never' | 'warn' | 'always';
  readonly expires?: string;
}

export interface AlertsShape {
  readonly channels: readonly unknown[];
  readonly silence: readonly unknown[];
}

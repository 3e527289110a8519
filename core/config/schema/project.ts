// The config as a whole.
import { z } from 'zod';
import type { ContaminationPolicy } from '../types.ts';
import { contamination, count, mustBeWhole, whole } from './parts.ts';

export const projectSchema: z.ZodObject = z.strictObject({
  source: z.unknown().optional(),
  mirrors: z.unknown().optional(),
  seed: whole.max(Number.MAX_SAFE_INTEGER, { error: mustBeWhole }).default(1),
  tables: z.record(z.string(), z.unknown(), { error: 'must be an object with one key per table' }),
  audits: z.unknown().optional(),
  scenarios: z.record(z.string(), z.unknown()).default({}),
  schedule: z.unknown().optional(),
  alerts: z.unknown().optional(),
  review: z.unknown().optional(),
  refit: z.unknown().optional(),
  contamination: contamination.default('refuse'),
  uses: z.record(z.string(), z.unknown()).default({}),
  costs: z
    .strictObject({
      label: z.number({ error: 'must be what one label costs, as 2.50' }).positive(),
      currency: z.string().regex(/^[A-Z]{3}$/, { error: "must be three letters as 'EUR'" }),
      hour: z.number().min(0).default(0),
    })
    .optional(),
  threads: count.max(1024).optional(),
  memoryLimit: z
    .string()
    .regex(/^\d+(\.\d+)?\s*([KMGT]i?)?B$/i, { error: "must be a size as '2GB' or '500MB'" })
    .optional(),
});

export interface ProjectShape {
  readonly source: unknown;
  readonly mirrors: unknown;
  readonly seed: number;
  readonly tables: Readonly<Record<string, unknown>>;
  readonly audits?: unknown;
  readonly scenarios: Readonly<Record<string, unknown>>;
  readonly schedule?: unknown;
  readonly alerts?: unknown;
  readonly review?: unknown;
  readonly refit?: unknown;
  readonly contamination: ContaminationPolicy;
  readonly uses: Readonly<Record<string, unknown>>;
  readonly costs?: { readonly label: number; readonly currency: string; readonly hour: number };
  readonly threads?: number;
  readonly memoryLimit?: string;
}

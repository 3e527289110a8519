// When mirrors are built, and learnt again.
import { z } from 'zod';
import type { RefitTrigger } from '../types.ts';

export const scheduleSchema: z.ZodObject = z.strictObject({
  cron: z.string({ error: "must be cron text as '0 6 * * *'" }),
  timeZone: z.string().default('UTC'),
  jitter: z
    .string()
    .regex(/^\d+\s*[smh]$/, { error: "must be a time as '90s', '10m' or '1h'" })
    .default('0s'),
});

const refitTrigger = z.enum(['drift', 'stale', 'schedule', 'downstream']);
export const refitSchema: z.ZodObject = z.strictObject({
  when: z.union([refitTrigger, z.array(refitTrigger).min(1)], {
    error: "must be 'drift', 'stale', 'schedule', 'downstream', or a list of them",
  }),
  every: z
    .string()
    .regex(/^[1-9]\d*\s*[hd]$/, { error: "must be a time as '12h' or '7d'" })
    .optional(),
});

export interface ScheduleShape {
  readonly cron: string;
  readonly timeZone: string;
  readonly jitter: string;
}

export interface RefitShape {
  readonly when: RefitTrigger | readonly RefitTrigger[];
  readonly every?: string;
}

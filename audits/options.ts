// Options that audits share: the bounds of the catalogue, each of which a user may set.
import { z } from 'zod';
import type { Bounds } from '../core/audit.ts';

const bound = z.number().nullable();

/** `{ warnAt, failAt }` with these defaults; `null` switches a bound off. */
export function bounds(warnAt: number, failAt: number): z.ZodType<Bounds> {
  return z.strictObject({ warnAt: bound.default(warnAt), failAt: bound.default(failAt) });
}

/** For audits in which any violation fails: nothing to set. */
export const noOptions: z.ZodType<Record<string, never>> = z.strictObject({});

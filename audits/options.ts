// Options that audits share: the bounds of the catalogue, each of which a user may set.
import { z } from 'zod';
import type { Bounds } from '../core/audit.ts';

const bound = z.number().nullable();

/** `{ warnAt, failAt }` with these defaults; `null` switches a bound off. */
export function bounds(warnAt: number, failAt: number): z.ZodType<Bounds> {
  return z.strictObject(boundsShape(warnAt, failAt));
}

export type BoundsShape = Record<'warnAt' | 'failAt', z.ZodDefault<z.ZodNullable<z.ZodNumber>>>;

/** The two bounds as a part of more options; with `null` there is none unless the config gives one. */
export function boundsShape(warnAt: number | null, failAt: number | null): BoundsShape {
  return { warnAt: bound.default(warnAt), failAt: bound.default(failAt) };
}

/** Of direction `outside`: `{ warnBelow, warnAt, failBelow, failAt }` with these defaults. */
export function band(warn: readonly [number, number], fail: readonly [number, number]): z.ZodType<Bounds> {
  return z.strictObject(bandShape(warn, fail));
}

type BandShape = Record<keyof Bounds, z.ZodDefault<z.ZodNullable<z.ZodNumber>>>;

/** The four bounds as a part of more options. */
export function bandShape(warn: readonly [number, number], fail: readonly [number, number]): BandShape {
  return {
    warnAt: bound.default(warn[1]),
    failAt: bound.default(fail[1]),
    warnBelow: bound.default(warn[0]),
    failBelow: bound.default(fail[0]),
  };
}

/** For audits in which any violation fails: nothing to set. */
export const noOptions: z.ZodType<Record<string, never>> = z.strictObject({});

// A table, and its relations.
import { z } from 'zod';
import type { ContaminationPolicy, RowGroup } from '../types.ts';
import { contamination, count, names, object, share } from './parts.ts';

const rowGroup = z.strictObject({ where: z.string().trim().min(1).optional(), count });

function isRowTarget(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every((group) => rowGroup.safeParse(group).success);
  if (typeof value === 'string') return /^\d+(\.\d+)?\s*(x|%)$/.test(value);
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

export const tableSchema: z.ZodObject = z.strictObject({
  generator: z.unknown().optional(),
  rows: z
    .custom<number | string | readonly RowGroup[]>(isRowTarget, {
      error:
        "must be a whole number, a factor of the source's rows as '2x' or '50%', or a list as [{ where: 'delay > 120', count: 500 }]",
    })
    .optional(),
  balance: z.record(z.string(), z.record(z.string(), share)).default({}),
  atLeast: z.strictObject({ where: z.string().trim().min(1), count }).optional(),
  labels: z.record(z.string().min(1), z.string({ error: 'must be SQL over one row' }).trim().min(1)).default({}),
  subject: names.optional(),
  order: names.optional(),
  key: names.optional(),
  columns: object.default({}),
  relations: z.array(z.unknown()).default([]),
  constraints: z.array(z.unknown()).default([]),
  fitRows: count.default(250_000),
  audits: z.unknown().optional(),
  schedule: z.unknown().optional(),
  review: z.unknown().optional(),
  refit: z.unknown().optional(),
  blend: z
    .strictObject({
      real: z
        .number({ error: 'must be the share of real rows, as 0.38' })
        .gt(0, { error: 'must be above 0' })
        .lt(1, { error: 'must be below 1' }),
      with: z.enum(['latest', 'accumulate'], { error: "must be 'latest' or 'accumulate'" }).default('latest'),
    })
    .optional(),
  contamination: contamination.optional(),
});

export const relationSchema: z.ZodObject = z.strictObject({
  columns: names,
  references: z.string().min(1),
  referencedColumns: names.optional(),
});

type Names = string | readonly string[];
type Objects = Readonly<Record<string, unknown>>;

export interface TableShape {
  readonly generator?: unknown;
  readonly rows?: number | string | readonly RowGroup[];
  readonly balance: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly atLeast?: { readonly where: string; readonly count: number };
  readonly labels: Readonly<Record<string, string>>;
  readonly subject?: Names;
  readonly order?: Names;
  readonly key?: Names;
  readonly columns: Objects;
  readonly relations: readonly unknown[];
  readonly constraints: readonly unknown[];
  readonly fitRows: number;
  readonly audits?: unknown;
  readonly schedule?: unknown;
  readonly review?: unknown;
  readonly refit?: unknown;
  readonly blend?: { readonly real: number; readonly with: 'latest' | 'accumulate' };
  readonly contamination?: ContaminationPolicy;
}

export interface RelationShape {
  readonly columns: Names;
  readonly references: string;
  readonly referencedColumns?: Names;
}

// Settings of audits, of the project and of a table.
import { z } from 'zod';
import type { Audit, Severity, Tier } from '../../audit.ts';
import { bound, columnList, names, object, sentence } from './parts.ts';

const tier = z.enum(['run', 'nightly', 'release']);
const severity = z.record(z.string(), z.enum(['error', 'warn', 'off']));
const auditOptions = z.record(z.string(), object);

/** One entry of `bounds`: a table's own names no table. */
export const tableBoundSchema: z.ZodObject = z.strictObject({
  audit: z.string({ error: "must be the id of an audit as 'fid.ks', or 'fid.*'" }).min(1),
  column: names.optional(),
  warnAt: bound,
  failAt: bound,
  warnBelow: bound,
  failBelow: bound,
  severity: z.enum(['error', 'warn', 'off']).optional(),
  owner: sentence,
  because: sentence,
});
export const projectBoundSchema: z.ZodObject = tableBoundSchema.extend({ table: z.string().min(1).optional() });

const query = z.strictObject({
  name: z
    .string()
    .regex(/^[\p{L}\p{N}_-]+$/u, { error: 'must be letters, digits, _ and -' })
    .optional(),
  sql: z.string().trim().min(1, { error: 'must not be empty' }).optional(),
  file: z.string().min(1).optional(),
  warnAt: bound,
  failAt: bound,
  severity: z.enum(['error', 'warn', 'off']).optional(),
  owner: sentence,
  because: sentence,
});
const queries = z.array(z.unknown(), { error: 'must be a list' }).default([]);

/** One entry of `sql` and one of `workload`. */
export const sqlAuditSchema: z.ZodObject = query.extend({ table: z.string().min(1).optional() });
export const workloadSchema: z.ZodObject = query.extend({
  keys: columnList.optional(),
  orderMatters: z.boolean().optional(),
});

export const projectAuditsSchema: z.ZodObject = z.strictObject({
  tier: tier.default('run'),
  severity: severity.default({}),
  options: auditOptions.default({}),
  bounds: z.array(z.unknown(), { error: 'must be a list' }).default([]),
  target: z.record(z.string(), z.string()).default({}),
  sql: queries,
  workload: queries,
  plugins: z
    .array(z.looseObject({ id: z.string(), run: z.custom<unknown>((v) => typeof v === 'function') }))
    .default([]),
});

export const tableAuditsSchema: z.ZodObject = z.strictObject({
  tier: tier.optional(),
  severity: severity.default({}),
  options: auditOptions.default({}),
  bounds: z.array(z.unknown(), { error: 'must be a list' }).default([]),
});

type Objects = Readonly<Record<string, unknown>>;

export interface TableAuditsShape {
  readonly tier?: Tier;
  readonly severity: Readonly<Record<string, Severity>>;
  readonly options: Readonly<Record<string, Objects>>;
  readonly bounds: readonly unknown[];
}

export interface ProjectAuditsShape extends TableAuditsShape {
  readonly tier: Tier;
  readonly target: Readonly<Record<string, string>>;
  readonly plugins: readonly Audit[];
  readonly sql: readonly unknown[];
  readonly workload: readonly unknown[];
}

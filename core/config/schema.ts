// The run-time shape of synth.config.ts: strict zod schemas, one per object, whose keys are also the names to suggest from.
import { z } from 'zod';
import type { Audit, Severity, Tier } from '../audit.ts';
import type { ContaminationPolicy, RefitTrigger, RowGroup } from './types.ts';

const names = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
  error: 'must be a column name or a list of column names',
});
const columnList = z.array(z.string().min(1)).min(1);
const object = z.record(z.string(), z.unknown());
const mustBeWhole = 'must be a whole number, 0 or more';
const whole = z.number({ error: mustBeWhole }).int({ error: mustBeWhole }).min(0, { error: mustBeWhole });
const mustBeCount = 'must be a whole number above 0';
const count = z.number({ error: mustBeCount }).int({ error: mustBeCount }).positive({ error: mustBeCount });

const tier = z.enum(['run', 'nightly', 'release']);
const severity = z.record(z.string(), z.enum(['error', 'warn', 'off']));
const auditOptions = z.record(z.string(), object);
const bound = z.number({ error: 'must be a number, or null for no bound' }).nullable().optional();
const sentence = z.string().trim().min(1, { error: 'must not be empty' }).optional();
const tableBound = z.strictObject({
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
const projectBound = tableBound.extend({ table: z.string().min(1).optional() });

const mustBeShare = 'must be a share between 0 and 1';
const share = z.number({ error: mustBeShare }).min(0, { error: mustBeShare }).max(1, { error: mustBeShare });
const rowGroup = z.strictObject({ where: z.string().trim().min(1).optional(), count });

function isRowTarget(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every((group) => rowGroup.safeParse(group).success);
  if (typeof value === 'string') return /^\d+(\.\d+)?\s*(x|%)$/.test(value);
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** Objects that other files made: a function's result, recognised by its `kind`. */
export const connectorSchema: z.ZodType = z.looseObject({
  kind: z.literal('connector'),
  name: z.string(),
  location: z.string(),
  attach: z.custom<unknown>((value) => typeof value === 'function'),
});

export const generatorChoiceSchema: z.ZodType = z.looseObject({
  kind: z.literal('generator'),
  generator: z.looseObject({ name: z.string(), version: z.number(), options: z.looseObject({}) }),
  options: object,
});

export const alertChannelSchema: z.ZodType = z.looseObject({
  kind: z.literal('alert-channel'),
  name: z.string().min(1),
  severity: z.enum(['warn', 'error']),
  owners: z.array(z.string()).optional(),
  tables: z.array(z.string()).optional(),
  send: z.custom<unknown>((value) => typeof value === 'function'),
});

export const downstreamModelSchema: z.ZodType = z.looseObject({
  kind: z.literal('downstream-model'),
  name: z.string(),
  learn: z.custom<unknown>((value) => typeof value === 'function'),
});

const contamination = z.enum(['refuse', 'warn', 'allow'], { error: "must be 'refuse', 'warn' or 'allow'" });

const project = z.strictObject({
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

const mustBeMean = "must be a number, a change in percent as '-20%', or a change as '+4'";
const mean = z.union([z.number(), z.string().regex(/^\s*[+-]\d+(\.\d+)?\s*%?\s*$/)], { error: mustBeMean });
const scenarioTable = z.strictObject({
  shift: z.record(z.string(), z.strictObject({ mean })).default({}),
  share: z.record(z.string(), z.record(z.string(), share)).default({}),
  where: z.string().trim().min(1).optional(),
  freeze: z.array(z.string().min(1)).default([]),
});
const scenario = z.strictObject({ tables: z.record(z.string(), z.unknown()) });

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

const projectAudits = z.strictObject({
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

const tableAudits = z.strictObject({
  tier: tier.optional(),
  severity: severity.default({}),
  options: auditOptions.default({}),
  bounds: z.array(z.unknown(), { error: 'must be a list' }).default([]),
});

const table = z.strictObject({
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

const schedule = z.strictObject({
  cron: z.string({ error: "must be cron text as '0 6 * * *'" }),
  timeZone: z.string().default('UTC'),
  jitter: z
    .string()
    .regex(/^\d+\s*[smh]$/, { error: "must be a time as '90s', '10m' or '1h'" })
    .default('0s'),
});

const mustBeTime = "must be a day as '2026-12-31', or a time in ISO 8601";
const silence = z.strictObject({
  audit: z.string().min(1).optional(),
  table: z.string().min(1).optional(),
  column: z.string().min(1).optional(),
  until: z
    .string({ error: mustBeTime })
    .refine((text) => /^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(Date.parse(text)), { error: mustBeTime })
    .optional(),
  because: z.string({ error: 'must say why, in a sentence' }).trim().min(1, { error: 'must not be empty' }),
});
const use = z.strictObject({
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
const review = z.strictObject({
  when: z.enum(['never', 'warn', 'always']),
  expires: z
    .string()
    .regex(/^[1-9]\d*\s*d$/, { error: "must be a number of days as '90d'" })
    .optional(),
});
const refitTrigger = z.enum(['drift', 'stale', 'schedule', 'downstream']);
const refit = z.strictObject({
  when: z.union([refitTrigger, z.array(refitTrigger).min(1)], {
    error: "must be 'drift', 'stale', 'schedule', 'downstream', or a list of them",
  }),
  every: z
    .string()
    .regex(/^[1-9]\d*\s*[hd]$/, { error: "must be a time as '12h' or '7d'" })
    .optional(),
});
const alerts = z.strictObject({
  channels: z.array(z.unknown(), { error: 'must be a list of channels, as [slack({ url })]' }),
  silence: z.array(z.unknown(), { error: 'must be a list' }).default([]),
});

const relation = z.strictObject({ columns: names, references: z.string().min(1), referencedColumns: names.optional() });

/** Column rules and constraints by their `kind`. */
const rules = {
  fake: z.strictObject({
    kind: z.literal('fake'),
    method: z.string().regex(/^\w+\.\w+$/, { error: "must be a faker method as 'internet.email'" }),
    arguments: z.array(z.unknown()).default([]),
    per: z.string().optional(),
  }),
  expression: z.strictObject({ kind: z.literal('expression'), sql: z.string().min(1) }),
  nulls: z.strictObject({ kind: z.literal('nulls') }),
  omit: z.strictObject({ kind: z.literal('omit') }),
  pattern: z.strictObject({ kind: z.literal('pattern'), pattern: z.string().min(1) }),
} as const;

const constraints = {
  unique: z.strictObject({ kind: z.literal('unique'), columns: columnList }),
  fixed: z.strictObject({ kind: z.literal('fixed'), columns: columnList }),
  dependent: z.strictObject({ kind: z.literal('dependent'), columns: columnList, on: columnList }),
  sum: z.strictObject({ kind: z.literal('sum'), total: z.string().min(1), parts: columnList }),
} as const;

type Schemas = Readonly<Record<string, z.ZodObject>>;

export const projectSchema: z.ZodObject = project;
export const scenarioSchema: z.ZodObject = scenario;
export const scenarioTableSchema: z.ZodObject = scenarioTable;
export const projectAuditsSchema: z.ZodObject = projectAudits;
export const tableSchema: z.ZodObject = table;
export const tableAuditsSchema: z.ZodObject = tableAudits;
/** One entry of `bounds`: a table's own names no table. */
export const tableBoundSchema: z.ZodObject = tableBound;
export const projectBoundSchema: z.ZodObject = projectBound;
/** One entry of `sql` and one of `workload`. */
export const sqlAuditSchema: z.ZodObject = query.extend({ table: z.string().min(1).optional() });
export const workloadSchema: z.ZodObject = query.extend({
  keys: columnList.optional(),
  orderMatters: z.boolean().optional(),
});
export const scheduleSchema: z.ZodObject = schedule;
export const useSchema: z.ZodObject = use;
export const reviewSchema: z.ZodObject = review;
export const refitSchema: z.ZodObject = refit;
export const alertsSchema: z.ZodObject = alerts;
export const silenceSchema: z.ZodObject = silence;
export const relationSchema: z.ZodObject = relation;
export const columnRuleSchemas: Schemas = rules;
export const constraintSchemas: Schemas = constraints;

// What the schemas give, written out: declarations are emitted file by file, without inference.
type Names = string | readonly string[];
type Objects = Readonly<Record<string, unknown>>;
type Severities = Readonly<Record<string, Severity>>;

export interface ProjectShape {
  readonly source: unknown;
  readonly mirrors: unknown;
  readonly seed: number;
  readonly tables: Objects;
  readonly audits?: unknown;
  readonly scenarios: Objects;
  readonly schedule?: unknown;
  readonly alerts?: unknown;
  readonly review?: unknown;
  readonly refit?: unknown;
  readonly contamination: ContaminationPolicy;
  readonly uses: Objects;
  readonly costs?: { readonly label: number; readonly currency: string; readonly hour: number };
  readonly threads?: number;
  readonly memoryLimit?: string;
}

export interface TableAuditsShape {
  readonly tier?: Tier;
  readonly severity: Severities;
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

export interface ScheduleShape {
  readonly cron: string;
  readonly timeZone: string;
  readonly jitter: string;
}

export interface RefitShape {
  readonly when: RefitTrigger | readonly RefitTrigger[];
  readonly every?: string;
}

export interface ReviewShape {
  readonly when: 'never' | 'warn' | 'always';
  readonly expires?: string;
}

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

export interface AlertsShape {
  readonly channels: readonly unknown[];
  readonly silence: readonly unknown[];
}

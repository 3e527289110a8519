// Runs the audits of one table, gives verdicts and says whether the mirror may be published.
import type { ZodError } from 'zod';
import type {
  Audit,
  AuditContext,
  AuditInput,
  AuditResult,
  BoundRule,
  Bounds,
  Measurement,
  NullReference,
  PastValue,
  Severity,
  Tier,
  Verdict,
} from '../core/audit.ts';
import { severityOf, unknownId } from '../core/audit-ids.ts';
import { nearestName, SynthError } from '../core/errors.ts';
import { displayName } from '../core/schema.ts';
import { ruling } from './bound-rules.ts';
import { releaseFrame } from './frame.ts';
import { audits as builtin } from './index.ts';
import { DEFAULT_ALPHA, judgeRun, type Measured } from './judge-run.ts';

export interface AuditSettings {
  readonly tier: Tier;
  /** Ids to run instead of the tier's, whatever their tier. */
  readonly only?: readonly string[];
  /** Ids to run beside the tier's. */
  readonly also?: readonly string[];
  /** By id, or by pattern: `fid.*`. */
  readonly severity?: Readonly<Record<string, Severity>>;
  readonly options?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Of this table, in the order of the config. */
  readonly bounds?: readonly BoundRule[];
  readonly plugins?: readonly Audit[];
  /** Of those that would run, which do. */
  pick?(audit: Audit): boolean;
}

const tiers: readonly Tier[] = ['run', 'nightly', 'release'];

/** All results for one table, judged by themselves. @throws SynthError as {@link measureAudits} */
export async function runAudits(
  input: AuditInput,
  settings: AuditSettings,
  context: AuditContext,
): Promise<readonly AuditResult[]> {
  return judgeRun(await measureAudits(input, settings, context));
}

/**
 * All measurements of one table, in the order of the list, to be judged together with those of the run's other tables
 * (judgeRun). An audit that throws gives one with an error and the others go on; an abort stops all. Throws a SynthError for
 * an unknown id or option.
 */
export async function measureAudits(
  input: AuditInput,
  settings: AuditSettings,
  context: AuditContext,
): Promise<readonly Measured[]> {
  const selected = selectAudits(settings).filter((audit) => audit.applies(input.target));
  // Those of the history also look at what the others find in this run.
  const ordered = [
    ...selected.filter(({ scope }) => scope !== 'history'),
    ...selected.filter(({ scope }) => scope === 'history'),
  ];
  const planned = ordered.map((audit) => ({
    audit,
    options: parseOptions(audit, settings.options?.[audit.id] ?? {}),
  }));
  // Temporary tables belong to a connection: all audits share one.
  return input.db.connection().execute(async (db) => {
    const current: PastValue[] = [];
    const history = input.history === undefined ? {} : { history: { ...input.history, current } };
    const scoped: AuditInput = { ...input, ...history, db };
    const results: Measured[] = [];
    try {
      for (const { audit, options } of planned) {
        context.signal.throwIfAborted();
        const found = await runOne(audit, options, settings, scoped, context);
        results.push(...found);
        current.push(...found.map(({ measurement }) => ({ audit: audit.id, tier: audit.tier, ...measurement })));
      }
    } finally {
      await releaseFrame(scoped);
    }
    return results;
  });
}

/** The audits that the settings name. */
export function selectAudits(settings: AuditSettings): readonly Audit[] {
  const all = [...builtin, ...(settings.plugins ?? [])];
  const known = all.map((audit) => audit.id);
  const named = [...(settings.only ?? []), ...(settings.also ?? []), ...Object.keys(settings.options ?? {})];
  for (const id of named) if (!known.includes(id)) throw unknownAudit(id, known, nearestName(id, known));
  for (const name of Object.keys(settings.severity ?? {})) {
    // Queries of the config are audits that run elsewhere.
    const unknown = name.startsWith('sql.') ? undefined : unknownId(name, known);
    if (unknown !== undefined) throw unknownAudit(name, known, unknown.nearest);
  }
  const only = settings.only === undefined ? undefined : new Set(settings.only);
  const highest = tiers.indexOf(settings.tier);
  return all.filter((audit) => {
    if (settings.pick?.(audit) === false) return false;
    if (severityOf(settings.severity ?? {}, audit.id) === 'off') return false;
    if (only !== undefined) return only.has(audit.id);
    return tiers.indexOf(audit.tier) <= highest || settings.also?.includes(audit.id) === true;
  });
}

function unknownAudit(name: string, known: readonly string[], nearest: string | undefined): SynthError {
  return new SynthError('audit.unknown', `There is no audit '${name}'.`, {
    hint: nearest === undefined ? `Choose among: ${known.join(', ')}.` : `Did you mean '${nearest}'?`,
  });
}

export function parseOptions(audit: Pick<Audit, 'id' | 'options'>, given: Readonly<Record<string, unknown>>): unknown {
  const parsed = audit.options.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new SynthError('audit.options', `Audit '${audit.id}': ${describeIssue(parsed.error)}.`, {
    hint: 'Correct it under audits.options in the config.',
  });
}

function describeIssue(error: ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'its options are wrong';
  if (issue.code === 'unrecognized_keys') return `there is no option '${issue.keys.join("', '")}'`;
  return `option '${issue.path.join('.')}' is wrong (${issue.message})`;
}

async function runOne(
  audit: Audit,
  options: unknown,
  settings: AuditSettings,
  input: AuditInput,
  context: AuditContext,
): Promise<readonly Measured[]> {
  const started = performance.now();
  const table = displayName(input.target.table.name);
  const seconds = (): number => (performance.now() - started) / 1000;
  try {
    const measurements = (await audit.run(input, options, context)).map(rounded);
    const took = seconds() / Math.max(1, measurements.length);
    return measurements.flatMap((m) => measured(audit, options, settings, table, m, took) ?? []);
  } catch (error) {
    context.signal.throwIfAborted();
    const nothing: Measurement = { columns: [], value: null, n: { real: 0, synthetic: 0, holdout: 0 } };
    const failed = measured(audit, options, settings, table, nothing, seconds());
    return failed === undefined ? [] : [{ ...failed, error: failure(error) }];
  }
}

/** A measurement with the bounds that the settings give it; undefined when they switch it off. */
export function measured(
  audit: Measured['audit'],
  options: unknown,
  settings: Pick<AuditSettings, 'severity' | 'bounds'>,
  table: string,
  measurement: Measurement,
  seconds: number,
): Measured | undefined {
  const { bounds = boundsOf(audit, options), ...found } = measurement;
  const own = { ...bounds, severity: severityOf(settings.severity ?? {}, audit.id) ?? audit.severity ?? 'error' };
  const { severity, ...ruled } = ruling(own, audit.id, measurement, settings.bounds ?? []);
  if (severity === 'off') return undefined;
  return { audit, table, measurement: found, severity, ...ruled, alpha: alphaOf(options), seconds };
}

function boundsOf(audit: Measured['audit'], options: unknown): Bounds {
  if (audit.direction === 'zero') return { warnAt: null, failAt: 0 };
  const given = options as Readonly<Record<keyof Bounds, unknown>>;
  const bound = (name: keyof Bounds): number | null => {
    const value = given[name];
    return typeof value === 'number' ? value : null;
  };
  const upper = { warnAt: bound('warnAt'), failAt: bound('failAt') };
  if (audit.direction !== 'outside') return upper;
  return { ...upper, warnBelow: bound('warnBelow'), failBelow: bound('failBelow') };
}

/** Audits whose test has a level of its own call that option `alpha`. */
function alphaOf(options: unknown): number {
  const { alpha } = options as { alpha?: unknown };
  return typeof alpha === 'number' ? alpha : DEFAULT_ALPHA;
}

/** Parallel sums of doubles differ in their last bits; twelve digits do not. */
function rounded(m: Measurement): Measurement {
  const round = (x: number): number => (Number.isFinite(x) ? Number(x.toPrecision(12)) : x);
  return {
    ...m,
    value: m.value === null ? null : round(m.value),
    ...(m.p === undefined ? {} : { p: round(m.p) }),
    ...(m.null === undefined ? {} : { null: roundedNull(m.null, round) }),
    ...(m.ci === undefined ? {} : { ci: { ...m.ci, low: round(m.ci.low), high: round(m.ci.high) } }),
  };
}

function roundedNull({ q50, q99, q01 }: NullReference, round: (x: number) => number): NullReference {
  return { q50: round(q50), q99: round(q99), ...(q01 === undefined ? {} : { q01: round(q01) }) };
}

/** An engine's message may quote a value of the data: only the kind of error is told, and our own messages in full. */
export function failure(error: unknown): string {
  if (error instanceof SynthError) return error.message;
  const kind =
    error instanceof Error ? (/^[A-Z][A-Za-z ]{2,30} Error(?=:)/.exec(error.message)?.[0] ?? error.name) : '';
  return `The audit stopped with an unexpected error${kind === '' ? '' : ` (${kind})`}.`;
}

export type AuditSummary = Readonly<Record<Verdict, number>>;

/** How many results have each verdict. */
export function summarise(results: readonly AuditResult[]): AuditSummary {
  const summary = { pass: 0, warn: 0, fail: 0, inconclusive: 0, error: 0 };
  for (const result of results) summary[result.verdict]++;
  return summary;
}

export interface Gate {
  readonly publish: boolean;
  readonly blocking: readonly AuditResult[];
}

/**
 * Whether a mirror may be published. A result with the severity `error` blocks when it is a fail, an error, or, for
 * validity and privacy (`val.…`, `prv.…`), inconclusive: what could not be shown to be safe is not published. Exceptions:
 * a real table without rows has nothing to leak, severity `warn` never blocks, and an audit may say that its doubt does not.
 */
export function gate(results: readonly AuditResult[]): Gate {
  const blocking = results.filter((result) => {
    if (result.severity !== 'error') return false;
    if (result.verdict === 'fail' || result.verdict === 'error') return true;
    if (result.verdict !== 'inconclusive' || result.blocks === false) return false;
    return /^(val|prv)\./.test(result.id) && result.n.real > 0;
  });
  return { publish: blocking.length === 0, blocking };
}

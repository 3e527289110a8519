// run_results.json: what a run did, in the shape that dbt users know. Plain data, versioned by `schemaVersion`.
import type { AuditResult, Verdict } from '../audit.ts';
import type { VerdictCounts } from './model.ts';
import { countVerdicts } from './verdicts.ts';

export const RUN_RESULTS_SCHEMA_VERSION = 1;

/** What became of one table. */
export interface MirrorResult {
  /** As the user writes it, `table` or `schema.table`. */
  readonly table: string;
  /** `skipped`: unchanged, or not reached after another table's error. */
  readonly status: 'success' | 'error' | 'skipped';
  readonly generator: string;
  readonly rows: number;
  readonly seconds: number;
  /** Why it was skipped or what failed, in one sentence without a value of the data. */
  readonly message?: string;
}

export interface RunSummary {
  readonly command: string;
  readonly version: string;
  /** ISO 8601, given by the caller. */
  readonly startedAt: string;
  readonly seconds: number;
  readonly seed: number;
  readonly release?: { readonly id: string; readonly published: boolean };
  readonly mirrors: readonly MirrorResult[];
  readonly audits: readonly AuditResult[];
}

export type RunResultEntry =
  | (MirrorResult & { readonly kind: 'mirror'; readonly uniqueId: string })
  | (AuditResult & { readonly kind: 'audit'; readonly uniqueId: string; readonly status: Verdict });

export interface RunResults {
  readonly schemaVersion: typeof RUN_RESULTS_SCHEMA_VERSION;
  readonly metadata: Omit<RunSummary, 'mirrors' | 'audits' | 'seconds'>;
  readonly elapsedSeconds: number;
  readonly results: readonly RunResultEntry[];
  readonly summary: VerdictCounts & { readonly skip: number; readonly total: number };
}

/** Mirrors first, then audits, each in the given order. */
export function runResults(run: RunSummary): RunResults {
  const { mirrors, audits, seconds, ...metadata } = run;
  const skip = mirrors.filter(({ status }) => status === 'skipped').length;
  return {
    schemaVersion: RUN_RESULTS_SCHEMA_VERSION,
    metadata,
    elapsedSeconds: seconds,
    results: [
      ...mirrors.map((mirror) => ({ kind: 'mirror' as const, uniqueId: mirrorId(mirror.table), ...mirror })),
      ...audits.map((audit) => ({
        kind: 'audit' as const,
        uniqueId: auditId(audit),
        status: audit.verdict,
        ...audit,
      })),
    ],
    summary: { ...countVerdicts(audits), skip, total: audits.length + skip },
  };
}

/** `mirror.sales.customers` */
export function mirrorId(table: string): string {
  return `mirror.${table}`;
}

/** `audit.fid.ks.flights["delay"]`: columns as JSON, since their names may hold anything. */
export function auditId({ id, table, columns, name }: Pick<AuditResult, 'id' | 'table' | 'columns' | 'name'>): string {
  const about = columns.length > 0 ? JSON.stringify(columns) : name === undefined ? '' : JSON.stringify(name);
  return `audit.${id}.${table}${about}`;
}

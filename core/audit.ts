// The contract of an audit: one check of a mirror against its source, the holdout or the history. A plain object.
import type { Kysely } from 'kysely';
import type { ZodType } from 'zod';
import type { ColumnSchema, TableSchema } from './schema.ts';
import type { TableSketch } from './sketch.ts';

export type Verdict = 'pass' | 'warn' | 'fail' | 'inconclusive' | 'error';

/** Which run includes the audit: `run` with each build, `nightly` and `release` are slower and include those before. */
export type Tier = 'run' | 'nightly' | 'release';

/** Any table of the workspace, addressed by up to three names; audits build SQL on it with kysely. */
export interface Relation {
  readonly catalog?: string;
  readonly schema?: string;
  readonly table: string;
}

/** The tables of the workspace are only known at run time. */
export type AnyTables = Record<string, Record<string, unknown>>;
export type Database = Kysely<AnyTables>;

/** One side of a foreign key that both real and mirror have: the child is the audited table. */
export interface RelationTarget {
  readonly columns: readonly string[];
  readonly parentColumns: readonly string[];
  readonly parent: string;
  /** All of them, the holdout included: children of both parts count. */
  readonly realParent: Relation;
  readonly syntheticParent: Relation;
  /** Orphans found in the real table: as many (as a share) are no violation in the mirror. */
  readonly realOrphans: number;
  /** The parent's columns to compare, without keys and without columns made by rules; none when left out. */
  readonly comparedParentColumns?: readonly ColumnSchema[];
}

/** Rows that belong together in an order: a customer's orders, a player's seasons. */
export interface SequenceTarget {
  /** Rows that agree in these columns are one sequence. */
  readonly by: readonly string[];
  /** What puts them in order; looked for in the real table when left out. */
  readonly order?: readonly string[];
}

/** A rule of the config that rows (or sets of rows) must keep. */
export interface RuleTarget {
  readonly title: string;
  /** A boolean SQL expression over one row; NULL counts as kept, as in a CHECK. */
  readonly expression?: string;
  /** Columns whose combinations must be unique. */
  readonly unique?: readonly string[];
  /** `determinant → dependent`: one combination of dependents per combination of determinants. */
  readonly dependency?: { readonly determinant: readonly string[]; readonly dependent: readonly string[] };
}

/** What is audited: data that every audit may look at to say whether it applies. */
export interface AuditTarget {
  readonly table: TableSchema;
  /** The columns to compare: in both tables, in the source's order, without keys and without columns made by rules. */
  readonly columns: readonly ColumnSchema[];
  /** Columns whose values are identifiers or made by rules: in the schema, outside statistical comparison. */
  readonly excluded: readonly string[];
  readonly relations: readonly RelationTarget[];
  /** Absent where rows belong to nobody. */
  readonly sequence?: SequenceTarget;
  readonly rules: readonly RuleTarget[];
  /** Least group size that the generator promised to protect. */
  readonly k: number;
  /** Declared public and copied: privacy and fidelity need no check. */
  readonly reference: boolean;
  /** Columns whose values come from a public list (a foreign key into a reference table), exempt from prv.rare. */
  readonly publicColumns: readonly string[];
  /** Where it is known: how many times rows were learnt from rows, 1 from real ones, and the real share of those learnt. */
  readonly lineage?: { readonly generation: number; readonly realShare: number };
  /** Columns that say whose row it is: the holdout is split by them. */
  readonly subject?: readonly string[];
  readonly target?: string;
}

/** One value that an audit of the table had, in an earlier run or so far in this one. */
export type PastValue = Pick<Measurement, 'columns' | 'name' | 'value'> & {
  readonly audit: string;
  /** Known of those of this run. */
  readonly tier?: Tier;
};

export interface PastRun {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Whether its mirrors became visible. */
  readonly published: boolean;
  readonly values: readonly PastValue[];
}

/** What is remembered of a table. */
export interface AuditHistory {
  /** When this run started. ISO 8601, UTC. */
  readonly now: string;
  /** Earlier runs that audited the table, oldest first. */
  readonly runs: readonly PastRun[];
  /** What an earlier fit learnt, when the source has changed since. */
  readonly learnt?: TableSketch;
  /** Digests of the mirror's rows now and, when it is made from the same as the one before, of that one. */
  readonly mirror?: { readonly digest: string; readonly expected?: string };
  /** The log of all results: how many links of it were checked, and how many are broken. */
  readonly chain?: { readonly links: number; readonly broken: number };
  /** When audits of these tiers were last run; of one that never was, when the table was first audited. ISO 8601. */
  readonly tiers?: Readonly<Partial<Record<Tier, string>>>;
  /** Values of this run, of the audits that come before in the list. Filled by audits/run.ts. */
  readonly current?: readonly PastValue[];
}

export interface AuditInput {
  readonly db: Database;
  readonly target: AuditTarget;
  /** Real rows that the generator learnt from. */
  readonly real: Relation;
  readonly synthetic: Relation;
  /** Real rows that no generator ever saw. */
  readonly holdout?: Relation;
  /** Absent where nothing is remembered, as in `synth audit`. */
  readonly history?: AuditHistory;
}

export interface AuditContext {
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** The statistic with which a verdict is reached; verdicts themselves are given in one place (audits/verdict.ts). */
export interface Measurement {
  /** Empty for a whole table. */
  readonly columns: readonly string[];
  /** "Cannot be scored" is a missing value with a reason, never NaN and never 0. */
  readonly value: number | null;
  readonly reason?: string;
  /** `false`: when inconclusive it stops no publish, since a pass of this audit would have been no proof either. */
  readonly blocks?: false;
  /** What was measured when it is no column: a query, a rule of the user's. */
  readonly name?: string;
  /** The same statistic between real train and real holdout at the same size, or its analytic form. */
  readonly null?: NullReference;
  /** The chance of such a value, or a worse one, under that null; without it one is derived from `null`. */
  readonly p?: number;
  readonly ci?: { readonly low: number; readonly high: number; readonly method: string };
  readonly n: { readonly real: number; readonly synthetic: number; readonly holdout: number };
  /** Its own bounds, where an audit measures two things; those of the audit when left out. */
  readonly bounds?: Bounds;
}

/** The median of the statistic under "same distribution", and the value that one fresh sample of 100 exceeds. */
export interface NullReference {
  readonly q50: number;
  readonly q99: number;
  /** Of an audit of direction `outside`: the value that 99 of 100 exceed. */
  readonly q01?: number;
}

/** Direction `outside`: `warnAt` and `failAt` are upper bounds, `warnBelow` and `failBelow` the lower ones. */
export interface Bounds {
  readonly warnAt: number | null;
  readonly failAt: number | null;
  readonly warnBelow?: number | null;
  readonly failBelow?: number | null;
}

/**
 * What a config lays over the bounds of an audit, for a table, for some columns, or everywhere. Later rules win, field by
 * field.
 */
export interface BoundRule {
  /** An id, or `fid.*` for all ids that start with `fid.`. */
  readonly audit: string;
  /** `table` or `schema.table`; every table when left out. */
  readonly table?: string;
  /** Measurements that this column takes part in; with a list, those of exactly these columns. */
  readonly column?: string | readonly string[];
  /** `null` switches a bound off. */
  readonly warnAt?: number | null;
  readonly failAt?: number | null;
  /** Lower bounds, of audits that have two. */
  readonly warnBelow?: number | null;
  readonly failBelow?: number | null;
  readonly severity?: Severity;
  /** Who answers for this bound. */
  readonly owner?: string;
  /** Why it is as it is. */
  readonly because?: string;
}

/** `error`: a fail stops the publish. `warn`: it is only reported. `off`: it is not looked at. */
export type Severity = 'error' | 'warn' | 'off';

export interface Audit<Options = unknown> {
  readonly id: string;
  /** One sentence that a business reader understands. */
  readonly title: string;
  /** What helps when it does not pass, in a sentence or two. */
  readonly advice?: string;
  readonly unit: string;
  readonly tier: Tier;
  readonly family: 'validity' | 'fidelity' | 'privacy' | 'utility' | 'fairness' | 'collapse' | 'drift' | 'governance';
  /**
   * The tests that its p-values are corrected together with: those of other audits that name the same. Its family's when left
   * out; apart from them are questions of another kind, of which there are few.
   */
  readonly correctedWith?: string;
  readonly scope: 'column' | 'pair' | 'table' | 'relation' | 'history';
  readonly needs: readonly ('aggregates' | 'rows' | 'holdout' | 'history' | 'fit')[];
  /** Which side of a bound is bad. `zero`: any value above zero is a violation. `outside`: both, with bounds of their own. */
  readonly direction: 'above' | 'below' | 'zero' | 'outside';
  /** Unless the config says another; `error` when left out. `warn`: what it finds is no fault of the mirror. */
  readonly severity?: 'error' | 'warn';
  /** Fewer rows on the smaller side than this is inconclusive. */
  readonly minRows: number;
  /** Bounds and everything else that a user may set, with the defaults of the catalogue. */
  readonly options: ZodType<Options>;
  applies(target: AuditTarget): boolean;
  run(input: AuditInput, options: Options, context: AuditContext): Promise<readonly Measurement[]>;
}

/** A measurement with its verdict: what is stored, printed, reported and gated on. */
export interface AuditResult extends Measurement, Bounds {
  readonly id: string;
  readonly table: string;
  readonly unit: string;
  readonly verdict: Verdict;
  /** Why this verdict, in one sentence without a value of the data. */
  readonly reason: string;
  /** `error`: a fail stops the publish. `warn`: it is only reported. */
  readonly severity: 'error' | 'warn';
  /** `p` after the correction for all tests of the audit's family in this run, or of those it names; the verdict goes by it. */
  readonly adjustedP?: number;
  readonly owner?: string;
  readonly because?: string;
  readonly seconds: number;
}

// What a user may write in synth.config.ts, as types. Checked at run time by core/config/schema.
import type { AlertChannel, Silence } from '../alert.ts';
import type { Audit, BoundRule, Severity, Tier } from '../audit.ts';
import type { Connector } from '../connector.ts';
import type { DownstreamModel, MetricName } from '../downstream.ts';
import type { GeneratorChoice } from '../generator.ts';

/** How one column is made when it is not learnt: `fake('internet.email')`, `expression('a + b')`, `nulls()`, `omit()`. */
export type ColumnRule =
  /** A faker method, `module.method`; with `per`, equal values of that column get equal fakes. */
  | { readonly kind: 'fake'; readonly method: string; readonly arguments: readonly unknown[]; readonly per?: string }
  /** SQL over the other columns of the same mirror row. */
  | { readonly kind: 'expression'; readonly sql: string }
  /** Always NULL. */
  | { readonly kind: 'nulls' }
  /** Not in the mirror at all. */
  | { readonly kind: 'omit' }
  /** A text pattern: `#` a digit, `?` a letter, everything else as it is; unique when the column is a key. */
  | { readonly kind: 'pattern'; readonly pattern: string };

/** What rows must keep. A string is a boolean SQL expression over one row (`'signup_date <= last_seen'`). */
export type Constraint =
  | string
  /** Combinations of these columns occur once. */
  | { readonly kind: 'unique'; readonly columns: readonly string[] }
  /** Only combinations of these columns that the source has (at least k times) occur. */
  | { readonly kind: 'fixed'; readonly columns: readonly string[] }
  /** `columns` follow from `on`: one combination for each combination of `on`. */
  | { readonly kind: 'dependent'; readonly columns: readonly string[]; readonly on: readonly string[] }
  /** `total` is the sum of `parts`; NULL where a part is NULL, as in the source. */
  | { readonly kind: 'sum'; readonly total: string; readonly parts: readonly string[] };

/** A foreign key that the source does not declare. */
export interface RelationConfig {
  readonly columns: string | readonly string[];
  /** `table` or `schema.table`. */
  readonly references: string;
  /** Columns of the parent; its primary key when left out. */
  readonly referencedColumns?: string | readonly string[];
}

/** When mirrors are built by `synth schedule` and `synth run --due`. Text alone is cron text in UTC. */
export type ScheduleConfig =
  | string
  | {
      /** As `0 6 * * 1-5` (minute hour day month weekday; six fields start with seconds) or `@daily`. */
      readonly cron: string;
      /** IANA name, as `Europe/Berlin`. Default `UTC`. */
      readonly timeZone?: string;
      /** Starts are spread over so long after the tick, as `10m` or `90s`. Default: none. */
      readonly jitter?: string;
    };

/** Exactly so many rows of a mirror. */
export interface RowGroup {
  /** SQL over one row (`"origin = 'JFK' and delay > 120"`), which they all fulfil; any rows when left out. */
  readonly where?: string;
  readonly count: number;
}

/** A loop on purpose: the generator learns from real rows and from rows of the mirrors before. */
export interface BlendConfig {
  /** Share of real rows among those that are learnt, between 0 and 1: .38 is recommended, below .2 `col.depth` fails. */
  readonly real: number;
  /** Rows of the mirror before, or of all releases that are kept. Default `latest`. */
  readonly with?: 'latest' | 'accumulate';
}

/** What is done about a source that is a mirror, or holds rows of one. */
export type ContaminationPolicy = 'refuse' | 'warn' | 'allow';

export interface TableConfig {
  readonly generator?: GeneratorChoice;
  /**
   * Rows of the mirror, or a factor of the source's (`'2x'`, `'50%'`), or how many of which kind. Default: as many as the
   * source.
   */
  readonly rows?: number | string | readonly RowGroup[];
  /** Shares of values instead of the learnt ones, of one column: `{ fraud: { yes: 0.3 } }`. The others follow as learnt. */
  readonly balance?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** At least so many rows that fulfil a condition; others give way to them. */
  readonly atLeast?: { readonly where: string; readonly count: number };
  /** Columns by SQL over the row, exact by construction, beside the source's or in place of one: `{ risk: 'case when … end' }`. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Column(s) that say whose row it is: the holdout is split by subject. */
  readonly subject?: string | readonly string[];
  /**
   * Column(s) that put the rows of one parent in order, as `'ordered_at'`: such rows are learnt as a sequence. Looked for when
   * left out.
   */
  readonly order?: string | readonly string[];
  /** Primary key when the source declares none. */
  readonly key?: string | readonly string[];
  readonly columns?: Readonly<Record<string, ColumnRule>>;
  readonly relations?: readonly RelationConfig[];
  readonly constraints?: readonly Constraint[];
  /** How many rows the generator learns from. Default 250,000. */
  readonly fitRows?: number;
  readonly audits?: AuditConfig;
  /** A schedule of its own; the project's is then for the other tables. */
  readonly schedule?: ScheduleConfig;
  /** Instead of the project's. */
  readonly review?: ReviewConfig;
  /** Instead of the project's. */
  readonly refit?: RefitConfig;
  readonly blend?: BlendConfig;
  /** Instead of the project's. */
  readonly contamination?: ContaminationPolicy;
}

/** What is different about one table in a scenario; all else follows as learnt. */
export interface ScenarioTable {
  /** Means of numbers: `'-20%'` of what they are, `'+4'` more, or a number as it is. */
  readonly shift?: Readonly<Record<string, { readonly mean: number | string }>>;
  /** Shares of values: `{ defaulted: { yes: 0.09 } }`. */
  readonly share?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** SQL over one row: the means and shares are those of such rows, of which there are as many as before. */
  readonly where?: string;
  /** Columns whose distribution stays as it is. */
  readonly freeze?: readonly string[];
}

/** A what-if: mirrors of their own in a schema with its name, built by `synth build --scenario NAME`. */
export interface Scenario {
  readonly tables: Readonly<Record<string, ScenarioTable>>;
}

export interface AuditConfig {
  readonly tier?: Tier;
  /**
   * `{ 'fid.ks': 'warn' }`: an audit that only warns; `'off'` leaves it out. `fid.*` is all of a kind, and an id goes before a
   * pattern: `{ 'fid.*': 'warn', 'fid.ks': 'error' }`.
   */
  readonly severity?: Readonly<Record<string, Severity>>;
  /** `{ 'fid.ks': { failAt: 0.2 } }`: options of single audits. */
  readonly options?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /**
   * Bounds of single tables and columns, with who answers for them and why:
   * `{ audit: 'fid.ks', column: 'delay', failAt: 0.2, owner: 'ops', because: 'Delays are cut off at source.' }`.
   */
  readonly bounds?: readonly BoundRule[];
}

/** Of one query: its bounds, and who answers for them. */
interface QueryBounds {
  readonly warnAt?: number | null;
  readonly failAt?: number | null;
  readonly severity?: Severity;
  readonly owner?: string;
  readonly because?: string;
}

/** A query with a name of its own, written here or in a file of the project. */
type QueryText =
  | { readonly name: string; readonly sql: string }
  /** Its name is the file's, unless given. */
  | { readonly name?: string; readonly file: string };

/** SQL that returns the rows of a mirror that should not be: bounds count them, and none is allowed when left out. */
export type SqlAudit = QueryText & QueryBounds & { readonly table?: string };

/** SQL whose answer should be the same on the mirrors as on the source. */
export type WorkloadQuery = QueryText &
  QueryBounds & {
    /** Result columns that tell rows apart; those that are not aggregates when left out. */
    readonly keys?: readonly string[];
    /** Compare the order of the rows, too. Default: when ORDER BY starts with an aggregate. */
    readonly orderMatters?: boolean;
  };

interface UseFrame {
  readonly table: string;
  /** How much worse is too bad, in units of the metric. Default 0.02 for auc, accuracy, logloss and r2. */
  readonly margin?: number;
  /** `error`: a mirror that is too bad for it is not published. Default `warn`. */
  readonly severity?: 'error' | 'warn';
}

/** What a mirror is for: each run trains on the mirror and scores on held-out real rows. */
export type UseConfig =
  | (UseFrame & {
      readonly target: string;
      readonly metric: MetricName;
      /** `boosting()`, `linear()`, or one of your own. */
      readonly model: DownstreamModel;
    })
  | (UseFrame & {
      /** The name under which the command prints it. */
      readonly metric: string;
      /** A program and its arguments, run in the project's folder; SYNTH_MIRROR names a Parquet file with the mirror. */
      readonly command: readonly string[];
      /** It may read real rows: SYNTH_HOLDOUT names a Parquet file with held-out ones. Default false. */
      readonly holdout?: boolean;
      readonly better?: 'more' | 'less';
      /** As `10m`, the default. */
      readonly timeout?: string;
    });

/**
 * Whether a mirror waits for a person before readers see it: `warn`, when an audit did not pass; `always`, whenever it was
 * made anew. Text alone is `when`.
 */
export type ReviewConfig =
  | 'never'
  | 'warn'
  | 'always'
  | {
      readonly when: 'never' | 'warn' | 'always';
      /** An approval is for so many days, as `90d`; then the next publish leaves the mirror out. */
      readonly expires?: string;
    };

/**
 * - `drift`: an audit of drift (`drf.psi`, `drf.w1`, `drf.domain`) warns or fails: the source is not distributed as when it was
 *   learnt.
 * - `stale`: `drf.stale` warns or fails: the mirror is no longer like its source.
 * - `schedule`: the run was started by the schedule, and what was learnt is at least `every` old.
 * - `downstream`: a use of the table was beyond its margin when it was last measured.
 */
export type RefitTrigger = 'drift' | 'stale' | 'schedule' | 'downstream';

/**
 * What makes a source that changed worth learning again; any change when left out. Text or a list alone is `when`. A source that
 * is as it was learnt never is: the same mirror would come out.
 */
export type RefitConfig =
  | RefitTrigger
  | readonly RefitTrigger[]
  | {
      readonly when: RefitTrigger | readonly RefitTrigger[];
      /** With `schedule`: at most so often, as `7d` or `12h`. Default: with each scheduled run. */
      readonly every?: string;
    };

export interface AlertConfig {
  readonly channels: readonly AlertChannel[];
  readonly silence?: readonly Silence[];
}

export interface ProjectConfig {
  readonly source: Connector;
  readonly mirrors: Connector;
  readonly seed?: number;
  readonly tables: Readonly<Record<string, GeneratorChoice | TableConfig>>;
  readonly audits?: AuditConfig & {
    /** `{ customers: 'churned' }`: the column that downstream models predict. */
    readonly target?: Readonly<Record<string, string>>;
    readonly plugins?: readonly Audit[];
    /** Paths as `'audits/*.sql'` (`sql.<name>` is the audit's id), or queries. */
    readonly sql?: readonly (string | SqlAudit)[];
    /** Paths as `'queries/*.sql'`, or queries: what `utl.query` compares. */
    readonly workload?: readonly (string | WorkloadQuery)[];
  };
  readonly scenarios?: Readonly<Record<string, Scenario>>;
  readonly schedule?: ScheduleConfig;
  /** Who is told what goes wrong: `[slack({ url: env('SLACK_WEBHOOK') })]`. */
  readonly alerts?: readonly AlertChannel[] | AlertConfig;
  /** `{ churn: { table: 'customers', target: 'churned', metric: 'auc', model: boosting() } }`. */
  readonly uses?: Readonly<Record<string, UseConfig>>;
  /** What `synth roi` counts in: one label, and an hour of work. */
  readonly costs?: { readonly label: number; readonly currency: string; readonly hour?: number };
  /** Which mirrors wait for `synth review`. Default `never`. */
  readonly review?: ReviewConfig;
  /** What is done about sources that are mirrors, or hold rows of one. Default `refuse`. */
  readonly contamination?: ContaminationPolicy;
  /** Which changes of a source make it be learnt again: `{ when: 'drift' }`. Default: any. */
  readonly refit?: RefitConfig;
  readonly threads?: number;
  /** The most that DuckDB takes, for example `'2GB'`. Left out, it takes 1 GB, and more for statements that cannot do with less. */
  readonly memoryLimit?: string;
}

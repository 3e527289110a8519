// A checked config with its defaults filled in: what plan and run read. Frozen; nothing in it is optional by accident.
import type { AlertChannel, Silence } from '../alert.ts';
import type { Audit, BoundRule, Severity, Tier } from '../audit.ts';
import type { Connector } from '../connector.ts';
import type { DownstreamModel, MetricName } from '../downstream.ts';
import type { GeneratorChoice } from '../generator.ts';
import type { Schedule } from '../schedule/times.ts';
import type { TableName } from '../schema.ts';
import type { ColumnRule, Constraint, ContaminationPolicy, RefitTrigger, RowGroup, Scenario } from './types.ts';

/** How many rows a mirror gets: a fixed number, a factor of the source's rows, or so many of each kind. */
export type RowTarget =
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'factor'; readonly factor: number }
  | { readonly kind: 'groups'; readonly groups: readonly RowGroup[] };

export interface LoadedRelation {
  readonly columns: readonly string[];
  readonly references: TableName;
  /** Empty: the parent's primary key. */
  readonly referencedColumns: readonly string[];
}

/** A bound with its place in the config, for messages. */
export interface LoadedBound extends BoundRule {
  readonly where: string;
}

/** The project's audit settings with those of one table laid over them. */
export interface LoadedAudits {
  readonly tier: Tier;
  readonly severity: Readonly<Record<string, Severity>>;
  readonly options: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** The project's that name this table or none, then the table's own. */
  readonly bounds: readonly LoadedBound[];
  /** The column that downstream models predict. */
  readonly target?: string;
}

/** A query of the user's, its text read: one of `audits.sql` or of `audits.workload`. */
export interface LoadedQuery {
  readonly kind: 'audit' | 'workload';
  readonly name: string;
  readonly sql: string;
  /** Its place in the config, for messages. */
  readonly where: string;
  readonly table?: string;
  readonly keys?: readonly string[];
  readonly orderMatters?: boolean;
  /** Bounds, severity, owner and reason of this query alone. */
  readonly bound: Omit<BoundRule, 'audit' | 'table' | 'column'>;
}

/** When a person looks at a mirror before readers see it. */
export interface LoadedReview {
  readonly when: 'never' | 'warn' | 'always';
  /** An approval is for so many days. */
  readonly expiresDays?: number;
}

export interface LoadedBlend {
  readonly real: number;
  readonly with: 'latest' | 'accumulate';
}

export interface LoadedRefit {
  readonly when: readonly RefitTrigger[];
  /** What was learnt must be so old before the schedule learns it again; any age when left out. */
  readonly everyHours?: number;
}

interface UseFrame {
  readonly name: string;
  readonly table: string;
  /** In units of the metric. */
  readonly margin: number;
  readonly severity: 'error' | 'warn';
}

/** What a mirror is for. */
export type LoadedUse = UseFrame &
  (
    | { readonly kind: 'model'; readonly metric: MetricName; readonly target: string; readonly model: DownstreamModel }
    | {
        readonly kind: 'command';
        readonly metric: string;
        readonly better: 'more' | 'less';
        readonly command: readonly string[];
        readonly seconds: number;
        /** It may read real rows. */
        readonly holdout: boolean;
      }
  );

/** Generators that compete for a table. */
export interface LoadedContest {
  /** With their options checked; the first is champion until a contest was held. */
  readonly candidates: readonly GeneratorChoice[];
  /** A use with a model. */
  readonly by: string;
  readonly minutes: number;
  readonly privacy: 'pass' | 'ignore';
}

export interface LoadedAlerts {
  readonly channels: readonly AlertChannel[];
  readonly silence: readonly Silence[];
}

export interface LoadedTable {
  /** As written in the config: `table` or `schema.table`. */
  readonly name: string;
  readonly table: TableName;
  /** With its options checked and defaults filled in by the generator's own schema. */
  readonly generator: GeneratorChoice;
  /** Where several compete; `generator` is then the champion. */
  readonly contest?: LoadedContest;
  readonly rows?: RowTarget;
  /** Shares by value; of one column at most. */
  readonly balance: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly atLeast?: { readonly where: string; readonly count: number };
  /** SQL by name of the column. */
  readonly labels: Readonly<Record<string, string>>;
  readonly subject: readonly string[];
  /** What puts the rows of one parent in order; empty: looked for. */
  readonly order: readonly string[];
  readonly key: readonly string[];
  readonly columns: Readonly<Record<string, ColumnRule>>;
  readonly relations: readonly LoadedRelation[];
  readonly constraints: readonly Constraint[];
  readonly fitRows: number;
  readonly audits: LoadedAudits;
  readonly schedule?: Schedule;
  /** The project's, unless the table has its own. */
  readonly review: LoadedReview;
  /** The project's, unless the table has its own; absent: any change of the source is learnt. */
  readonly refit?: LoadedRefit;
  readonly blend?: LoadedBlend;
  /** The project's, unless the table has its own. */
  readonly contamination: ContaminationPolicy;
}

export interface LoadedConfig {
  /** Absolute path of the config file. */
  readonly file: string;
  /** The project: where the config file is; relative paths of a project start here. */
  readonly directory: string;
  readonly source: Connector;
  readonly mirrors: Connector;
  readonly seed: number;
  /** In the order of the config. */
  readonly tables: readonly LoadedTable[];
  readonly auditPlugins: readonly Audit[];
  readonly queries: readonly LoadedQuery[];
  /** For tables that the config does not name: `synth audit` on any pair. */
  readonly auditDefaults: LoadedAudits;
  /** By name. */
  readonly scenarios: Readonly<Record<string, Scenario>>;
  readonly schedule?: Schedule;
  readonly alerts: LoadedAlerts;
  readonly uses: readonly LoadedUse[];
  /** In money: one label, and an hour of work. */
  readonly costs?: { readonly label: number; readonly currency: string; readonly hour: number };
  readonly threads?: number;
  readonly memoryLimit?: string;
}

/** `schema.table` or `table` (in schema `main`); a table with a dot in its name is `main.a.b`. */
export function parseTableName(name: string): TableName {
  const dot = name.indexOf('.');
  return dot < 0 ? { schema: 'main', table: name } : { schema: name.slice(0, dot), table: name.slice(dot + 1) };
}

/** Rows that a mirror gets when its source has `sourceRows`. */
export function mirrorRows(target: RowTarget | undefined, sourceRows: number): number {
  if (target === undefined) return sourceRows;
  switch (target.kind) {
    case 'count':
      return target.count;
    case 'factor':
      return Math.round(sourceRows * target.factor);
    case 'groups':
      return target.groups.reduce((sum, { count }) => sum + count, 0);
    default:
      return target satisfies never;
  }
}

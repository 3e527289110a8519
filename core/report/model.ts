// What a report is made of: a plain value, so that rendering needs neither a database nor a clock.
import type { Audit, AuditResult, Verdict } from '../audit.ts';
import type { MirrorLineage } from '../lineage.ts';
import type { HistoryLine } from './history.ts';

export const REPORT_SCHEMA_VERSION = 1;

/** How many results have each verdict. */
export type VerdictCounts = Readonly<Record<Verdict, number>>;

/** What a reader must know of an audit beside its results: `Audit` objects themselves fit. */
export type AuditDescription = Pick<Audit, 'id' | 'title' | 'advice' | 'family' | 'direction'>;

/** Rows of the real table and of the mirror that fall into one cell. `real` is 0 or at least k. */
export interface CellCounts {
  readonly real: number;
  readonly synthetic: number;
}

/** The half-open interval [from, to); the first and the last bin also hold everything beyond them. */
export interface Bin extends CellCounts {
  readonly from: number;
  readonly to: number;
}

/** A value that at least k real rows share. */
export interface Level extends CellCounts {
  readonly label: string;
}

/** A single value and how often it occurs. */
export interface Spike extends CellCounts {
  readonly value: number;
}

/** In what unit bin edges are: plain numbers, seconds since 1970-01-01 UTC, seconds since midnight, or seconds. */
export type NumberUnit = 'number' | 'date' | 'timestamp' | 'time' | 'duration';

/** One column on both sides, as counts in common cells. No cell is made by fewer than k real rows. */
export type ColumnDistribution =
  | {
      readonly kind: 'number';
      readonly column: string;
      readonly unit: NumberUnit;
      readonly bins: readonly Bin[];
      /** One value that half of the finite real rows or more share; it is in no bin, where it would hide all others. */
      readonly spike?: Spike;
      readonly missing: CellCounts;
      /** NaN and ±Infinity. */
      readonly notFinite: CellCounts;
      /** True when so few values were missing or not finite (less than k) that the first bin holds them. */
      readonly pooledMissing: boolean;
    }
  | {
      readonly kind: 'category';
      readonly column: string;
      /** The most frequent values of the real table, most frequent first. */
      readonly levels: readonly Level[];
      /** All other values, pooled. With `otherHasMissing`, also the (too few) missing ones. */
      readonly other: CellCounts;
      readonly missing: CellCounts;
      readonly otherHasMissing: boolean;
    }
  /** Nothing can be shown without pointing at single rows. */
  | { readonly kind: 'hidden'; readonly column: string; readonly reason: string };

/** How far apart the joint distribution of two columns is on both sides. */
export interface PairValue {
  readonly columns: readonly [string, string];
  readonly value: number | null;
  readonly verdict: Verdict;
}

export interface ReportTable {
  readonly name: string;
  readonly generator: string;
  readonly rows: { readonly real: number; readonly synthetic: number; readonly holdout: number };
  readonly seconds: number;
  readonly audits: readonly AuditResult[];
  /** What each audit found from run to run, this one included. */
  readonly history?: readonly HistoryLine[];
  readonly distributions: readonly ColumnDistribution[];
  readonly pairs: readonly PairValue[];
  /** The mirror and those that it learnt from, oldest first. */
  readonly lineage?: readonly MirrorLineage[];
  /** Plain sentences: orphans found, rows drawn again, columns left out. Never with a value of the data. */
  readonly notes: readonly string[];
}

export interface ReportModel {
  readonly schemaVersion: typeof REPORT_SCHEMA_VERSION;
  readonly title: string;
  /** ISO 8601, given by the caller. */
  readonly createdAt: string;
  readonly release?: {
    readonly id: string;
    readonly published: boolean;
    /** The results that keep it from being published. */
    readonly blocking?: readonly Pick<AuditResult, 'id' | 'table'>[];
  };
  readonly tables: readonly ReportTable[];
  /** Descriptions of the audits whose results occur; an audit without one shows its id. */
  readonly audits: readonly AuditDescription[];
  /** Further lines about the run: seed, version, where the mirrors are. */
  readonly facts: readonly { readonly name: string; readonly value: string }[];
}

/** The results of `fid.pair`, for the heat map. */
export function pairsOf(results: readonly AuditResult[]): readonly PairValue[] {
  return results.flatMap(({ id, columns, value, verdict }) => {
    const [first, second] = columns;
    if (id !== 'fid.pair' || first === undefined || second === undefined) return [];
    return [{ columns: [first, second] as const, value, verdict }];
  });
}

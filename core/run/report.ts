// Measures and writes what a run reports: distributions and pairs per table, then one HTML file.
import type { AuditResult, Relation } from '../audit.ts';
import type { Workspace } from '../connector.ts';
import type { MirrorLineage } from '../lineage.ts';
import { measureDistributions } from '../report/distributions.ts';
import { type HistoryLine, historyLines, type RunResultsOf } from '../report/history.ts';
import { pairsOf, REPORT_SCHEMA_VERSION, type ReportModel, type ReportTable } from '../report/model.ts';
import { writeReport } from '../report/write.ts';
import type { ColumnSchema } from '../schema.ts';
import type { AuditedRun } from '../state/index.ts';

export interface TableReportOptions {
  readonly workspace: Workspace;
  readonly name: string;
  readonly generator: string;
  readonly real: Relation;
  readonly synthetic: Relation;
  /** Columns that both relations have. */
  readonly columns: readonly ColumnSchema[];
  readonly k: number;
  readonly rows: ReportTable['rows'];
  readonly seconds: number;
  readonly audits: readonly AuditResult[];
  /** Earlier runs that audited the table, oldest first; with `run` as the one at hand. */
  readonly earlier?: readonly AuditedRun[];
  readonly run?: { readonly id: string; readonly at: string };
  readonly lineage?: readonly MirrorLineage[];
  readonly notes: readonly string[];
}

export async function tableReport(options: TableReportOptions): Promise<ReportTable> {
  const { workspace, real, synthetic, columns, k, audits, earlier = [], run } = options;
  return {
    name: options.name,
    generator: options.generator,
    rows: options.rows,
    seconds: options.seconds,
    audits,
    ...(run === undefined ? {} : { history: historyOf(earlier, { ...run, results: audits }) }),
    distributions: await measureDistributions(workspace.db, real, synthetic, columns, { k }),
    pairs: pairsOf(audits),
    ...(options.lineage && { lineage: options.lineage }),
    notes: options.notes,
  };
}

function historyOf(earlier: readonly AuditedRun[], current: RunResultsOf): readonly HistoryLine[] {
  return historyLines([
    ...earlier.map(({ run: { id, startedAt }, results }) => ({ id, at: startedAt, results })),
    current,
  ]);
}

export function reportOf(path: string, model: Omit<ReportModel, 'schemaVersion'>): Promise<void> {
  return writeReport({ schemaVersion: REPORT_SCHEMA_VERSION, ...model }, path);
}

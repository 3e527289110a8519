// Measures and writes what a run reports: distributions and pairs per table, then one HTML file.
import type { AuditResult, Relation } from '../audit.ts';
import type { Workspace } from '../connector.ts';
import { measureDistributions } from '../report/distributions.ts';
import { pairsOf, REPORT_SCHEMA_VERSION, type ReportModel, type ReportTable } from '../report/model.ts';
import { writeReport } from '../report/write.ts';
import type { ColumnSchema } from '../schema.ts';

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
  readonly notes: readonly string[];
}

export async function tableReport(options: TableReportOptions): Promise<ReportTable> {
  const { workspace, real, synthetic, columns, k, audits } = options;
  return {
    name: options.name,
    generator: options.generator,
    rows: options.rows,
    seconds: options.seconds,
    audits,
    distributions: await measureDistributions(workspace.db, real, synthetic, columns, { k }),
    pairs: pairsOf(audits),
    notes: options.notes,
  };
}

export function reportOf(path: string, model: Omit<ReportModel, 'schemaVersion'>): Promise<void> {
  return writeReport({ schemaVersion: REPORT_SCHEMA_VERSION, ...model }, path);
}

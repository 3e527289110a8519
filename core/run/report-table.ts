// The report of one table that a build made or looked at.
import type { AuditTarget } from '../audit.ts';
import type { Workspace } from '../connector.ts';
import type { ReportTable } from '../report/model.ts';
import { displayName } from '../schema.ts';
import type { MirroredTable } from './family.ts';
import type { Planned } from './plan.ts';
import { type TableReportOptions, tableReport } from './report.ts';

type Reported = Pick<TableReportOptions, 'name' | 'audits' | 'earlier' | 'run' | 'seconds' | 'lineage'> & {
  readonly table: MirroredTable;
  readonly target: AuditTarget;
};

export function reportTable(
  { tables }: Planned,
  workspace: Workspace,
  { table, target, ...rest }: Reported,
): Promise<ReportTable> {
  const found = tables.find(({ schema }) => displayName(schema.name) === rest.name);
  return tableReport({
    ...rest,
    workspace,
    generator: found?.config.generator.generator.name ?? '',
    real: table.declared?.real ?? table.real,
    synthetic: table.target,
    columns: target.columns,
    k: Math.max(target.k, 1),
    rows: { real: table.split.trainRows, synthetic: table.rows, holdout: table.split.holdoutRows },
    notes: [
      ...(table.declared === undefined ? [] : [table.declared.note]),
      ...(table.fit?.notes ?? []),
      ...redrawnNote(table.redrawn),
    ],
  });
}

function redrawnNote(redrawn: number): readonly string[] {
  return redrawn === 0 ? [] : [`${redrawn.toLocaleString('en')} rows were drawn again to keep the rules.`];
}

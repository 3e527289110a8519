// Audit results as an arquero table, and the counts of verdicts by family that the report opens with.
import { type ColumnTable, desc, op, table } from 'arquero';
import type { AuditResult } from '../audit.ts';
import type { AuditDescription, VerdictCounts } from './model.ts';
import { badness, measuredName } from './verdicts.ts';

/**
 * One row per measurement, in the given order: `table`, `audit`, `family` (`fid` of `fid.ks`), `of` (columns, a name, the whole
 * table), `value`, `unit`, `floor` (the noise floor's q99), `warnAt`, `failAt`, `margin` (the value in units of its fail bound: 1 is
 * at the bound), `verdict`, `severity`, `reason`, `seconds`. What is not known is null.
 */
export function auditFrame(results: readonly AuditResult[]): ColumnTable {
  const column = <Value>(of: (result: AuditResult) => Value): Value[] => results.map(of);
  return table({
    table: column((result) => result.table),
    audit: column(({ id }) => id),
    family: column(({ id }) => id.split('.')[0] ?? id),
    of: column(measuredName),
    value: column(({ value }) => value),
    unit: column(({ unit }) => unit),
    floor: column((result) => result.null?.q99 ?? null),
    warnAt: column(({ warnAt }) => warnAt),
    failAt: column(({ failAt }) => failAt),
    margin: column((result) => (result.value === null ? null : badness(result))),
    verdict: column(({ verdict }) => verdict),
    severity: column(({ severity }) => severity),
    reason: column(({ reason }) => reason),
    seconds: column(({ seconds }) => seconds),
  });
}

export interface FamilySummary extends VerdictCounts {
  readonly family: AuditDescription['family'];
  readonly measurements: number;
}

/** One line per family that was measured, those with the most failures first, then by name; of audits that are described. */
export function familySummary(
  results: readonly AuditResult[],
  audits: readonly AuditDescription[],
): readonly FamilySummary[] {
  const families = new Map(audits.map(({ id, family }) => [id, family]));
  const described = results.filter(({ id }) => families.has(id));
  return table({
    family: described.map(({ id }) => families.get(id)),
    verdict: described.map(({ verdict }) => verdict),
  })
    .groupby('family')
    .rollup({
      measurements: op.count(),
      pass: (row: { verdict: string }) => op.sum(row.verdict === 'pass'),
      warn: (row: { verdict: string }) => op.sum(row.verdict === 'warn'),
      fail: (row: { verdict: string }) => op.sum(row.verdict === 'fail'),
      inconclusive: (row: { verdict: string }) => op.sum(row.verdict === 'inconclusive'),
      error: (row: { verdict: string }) => op.sum(row.verdict === 'error'),
    })
    .orderby(desc('fail'), desc('error'), 'family')
    .objects() as FamilySummary[];
}

// What earlier runs found of a table, in the form in which audits read it.
import type { AuditHistory } from '../audit.ts';
import type { AuditedRun } from '../state/index.ts';

/** @param now when this run started, ISO 8601 */
export function auditHistory(now: string, runs: readonly AuditedRun[]): AuditHistory {
  return {
    now,
    runs: runs.map(({ run, results }) => ({
      id: run.id,
      at: run.startedAt,
      published: run.status === 'published',
      values: results.map(({ id, columns, name, value }) => ({
        audit: id,
        columns,
        value,
        ...(name === undefined ? {} : { name }),
      })),
    })),
  };
}

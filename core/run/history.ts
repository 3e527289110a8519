// What is remembered of a table, in the form in which audits read it.
import type { AuditHistory } from '../audit.ts';
import type { KnownTable, PlanReason, TableStep } from '../plan/index.ts';
import { displayName } from '../schema.ts';
import type { AuditedRun } from '../state/index.ts';

export interface Remembered {
  /** When this run started, ISO 8601. */
  readonly now: string;
  readonly runs: readonly AuditedRun[];
  readonly steps: readonly TableStep[];
  readonly step: TableStep;
  readonly known: KnownTable | undefined;
  /** Of the mirror at hand; absent for copies. */
  readonly digest: string | undefined;
}

export function auditHistory({ now, runs, steps, step, known, digest }: Remembered): AuditHistory {
  const learnt = known?.fingerprint === step.fingerprint ? undefined : known?.sketch;
  const expected = isRepetition(step, steps) ? known?.mirrorDigest : undefined;
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
    ...(learnt === undefined ? {} : { learnt }),
    ...(digest === undefined ? {} : { mirror: { digest, ...(expected === undefined ? {} : { expected }) } }),
  };
}

/** Reasons for which a table is made or audited again from the same data and config. */
const repeating: readonly PlanReason[] = [
  'requested',
  'fit missing',
  'mirror missing',
  'audits changed',
  'audits requested',
  'unchanged',
  'not selected',
];

/** Nothing that the table's mirror is made from has changed, its parents' mirrors included. */
function isRepetition(step: TableStep, steps: readonly TableStep[], seen: ReadonlySet<string> = new Set()): boolean {
  if (seen.has(step.table)) return true;
  const parents = [...step.parents, ...step.deferred.map(({ references }) => displayName(references.table))];
  return (
    step.reasons.every((reason) => repeating.includes(reason)) &&
    parents.every((name) => {
      const parent = steps.find(({ table }) => table === name);
      return parent === undefined || isRepetition(parent, steps, new Set([...seen, step.table]));
    })
  );
}

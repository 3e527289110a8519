// What is remembered of a table, in the form in which audits read it.
import type { Audit, AuditHistory, Tier } from '../audit.ts';
import type { KnownTable, PlanReason, TableStep } from '../plan/index.ts';
import { displayName } from '../schema.ts';
import type { AuditedRun, ChainCheck, State } from '../state/index.ts';

export interface Remembered {
  /** When this run started, ISO 8601. */
  readonly now: string;
  readonly runs: readonly AuditedRun[];
  readonly steps: readonly TableStep[];
  readonly step: TableStep;
  readonly known: KnownTable | undefined;
  /** Of the mirror at hand; absent for copies. */
  readonly digest: string | undefined;
  readonly chain: ChainCheck;
  /** It also learnt from a mirror, another one than the last time. */
  readonly isLoop: boolean;
  readonly tiers: Readonly<Partial<Record<Tier, string>>>;
}

export function auditHistory(remembered: Remembered): AuditHistory {
  const { now, runs, steps, step, known, digest, chain, tiers } = remembered;
  const learnt = known?.fingerprint === step.fingerprint ? undefined : known?.sketch;
  const expected = !remembered.isLoop && isRepetition(step, steps) ? known?.mirrorDigest : undefined;
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
    chain,
    tiers,
    ...(learnt === undefined ? {} : { learnt }),
    ...(digest === undefined ? {} : { mirror: { digest, ...(expected === undefined ? {} : { expected }) } }),
  };
}

/** When audits of the slower tiers were last run on a table; only of tiers that have audits. */
export async function tierTimes(
  { read }: State,
  table: string,
  audits: readonly Pick<Audit, 'id' | 'tier'>[],
): Promise<Readonly<Partial<Record<Tier, string>>>> {
  const { first, last } = await read.auditTimes(table);
  if (first === undefined) return {};
  return Object.fromEntries(
    (['nightly', 'release'] as const).flatMap((tier) => {
      const ids = audits.filter((audit) => audit.tier === tier).map(({ id }) => id);
      if (ids.length === 0) return [];
      const [latest = first] = ids
        .flatMap((id) => last.get(id) ?? [])
        .sort()
        .reverse();
      return [[tier, latest]];
    }),
  );
}

/** Reasons for which a table is made or audited again from the same data and config. */
const repeating: readonly PlanReason[] = [
  'requested',
  'fit missing',
  'mirror missing',
  'audits changed',
  'audits requested',
  'source changed little',
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

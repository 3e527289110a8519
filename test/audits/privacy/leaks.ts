// Leaks planted in mirrors of invented people, and what the privacy attacks say of them.
import { runAudits } from '../../../audits/run.ts';
import type { AuditResult, AuditTarget, Database } from '../../../core/audit.ts';
import { inputOf, people, type Tables } from '../support.ts';

export const attacks: readonly string[] = ['prv.single_out', 'prv.link', 'prv.infer', 'prv.mia', 'prv.attr'];

/** People learnt from; half as many are held out. */
export const n = 3000;
export const real: string = people(n, 1);
export const holdout: string = people(n / 2, 2);
export const fresh = (salt: number, rows: number = n): string => people(rows, salt);

const jittered = 'SELECT age + 1 AS age, income + 0.5 AS income, city, plan, joined FROM';

export interface Planted {
  readonly what: string;
  readonly mirror: string;
  /** Attacks of which at least one measurement must fail. */
  readonly caught: readonly string[];
  /** Attacks of which none may fail: their blind spots. */
  readonly blind: readonly string[];
}

export const planted: readonly Planted[] = [
  {
    what: 'a bootstrap copy of the real rows',
    mirror: `SELECT real.* FROM real JOIN (SELECT hash(i, 5) % ${n} AS pick FROM range(${n}) AS t(i)) AS picks ON pick = real.rowid`,
    caught: ['prv.single_out', 'prv.link', 'prv.infer', 'prv.mia'],
    blind: [],
  },
  {
    what: 'real rows, jittered',
    mirror: `${jittered} real`,
    caught: ['prv.link', 'prv.infer', 'prv.mia'],
    blind: ['prv.single_out'],
  },
  {
    what: 'five copies in 100 rows',
    mirror: `${fresh(3, n * 0.95)} UNION ALL (SELECT * FROM real WHERE rowid % 20 = 7)`,
    caught: ['prv.mia'],
    blind: ['prv.attr', 'prv.infer'],
  },
  {
    what: 'five jittered rows in 100',
    mirror: `${fresh(3, n * 0.95)} UNION ALL (${jittered} real WHERE rowid % 20 = 7)`,
    caught: ['prv.mia'],
    blind: ['prv.attr', 'prv.infer', 'prv.single_out', 'prv.link'],
  },
  {
    what: 'the richest and the oldest learnt by heart',
    mirror: `${fresh(3)} UNION ALL SELECT * FROM real WHERE income > (SELECT quantile_cont(income, 0.97) FROM real)`,
    caught: ['prv.mia'],
    blind: ['prv.attr', 'prv.link'],
  },
];

export async function attacked(
  db: Database,
  tables: Tables,
  {
    target = {},
    only = attacks,
    options = {},
  }: {
    readonly target?: Partial<AuditTarget>;
    readonly only?: readonly string[];
    readonly options?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  } = {},
): Promise<readonly AuditResult[]> {
  const input = await inputOf(db, tables, target);
  return runAudits(input, { tier: 'nightly', only, options }, { seed: 5, signal: new AbortController().signal });
}

/** Ids of audits with at least one such verdict. */
export function idsOf(results: readonly AuditResult[], verdict: string): readonly string[] {
  return [...new Set(results.filter((result) => result.verdict === verdict).map(({ id }) => id))];
}

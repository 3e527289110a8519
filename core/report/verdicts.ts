// Counting and ordering verdicts, in one place for the report, the files and the terminal.
import type { AuditResult, Verdict } from '../audit.ts';
import type { VerdictCounts } from './model.ts';

/** From worst to best. */
export const VERDICTS: readonly Verdict[] = ['fail', 'error', 'inconclusive', 'warn', 'pass'];

export function countVerdicts(results: readonly Pick<AuditResult, 'verdict'>[]): VerdictCounts {
  const counts = { pass: 0, warn: 0, fail: 0, inconclusive: 0, error: 0 };
  for (const { verdict } of results) counts[verdict]++;
  return counts;
}

export function addCounts(all: readonly VerdictCounts[]): VerdictCounts {
  const sum = { pass: 0, warn: 0, fail: 0, inconclusive: 0, error: 0 };
  for (const counts of all) for (const verdict of VERDICTS) sum[verdict] += counts[verdict];
  return sum;
}

export function totalCount(counts: VerdictCounts): number {
  return VERDICTS.reduce((sum, verdict) => sum + counts[verdict], 0);
}

/** The worst verdict that occurs; `pass` when there is none. */
export function worstVerdict(counts: VerdictCounts): Verdict {
  return VERDICTS.find((verdict) => counts[verdict] > 0) ?? 'pass';
}

type Valued = Pick<AuditResult, 'value' | 'warnAt' | 'failAt' | 'warnBelow' | 'failBelow'>;

/** Of a result with bounds at both ends, those of the end that its value is nearer to. */
export function nearerBounds({ value, warnAt, failAt, warnBelow = null, failBelow = null }: Valued): {
  readonly warnAt: number | null;
  readonly failAt: number | null;
} {
  const upper = warnAt ?? failAt;
  const lower = warnBelow ?? failBelow;
  if (lower === null) return { warnAt, failAt };
  const low = upper === null || (value !== null && value < (lower + upper) / 2);
  return low ? { warnAt: warnBelow, failAt: failBelow } : { warnAt, failAt };
}

/**
 * How near a result is to its fail bound: 0 at no difference, 1 at the bound. Orders results of one audit from worst to
 * best; results with the same verdict only are comparable.
 */
export function badness(result: Valued): number {
  const { value } = result;
  if (value === null) return Number.NEGATIVE_INFINITY;
  const { warnAt, failAt } = nearerBounds(result);
  const bound = failAt ?? warnAt;
  // A bound below its warning is a lower bound (coverage, survival): smaller is worse.
  const below = failAt !== null && warnAt !== null && failAt < warnAt;
  if (bound === null || bound === 0) return Math.abs(value);
  return below ? bound / Math.max(value, 1e-12) : value / bound;
}

/** Worst first; ties keep their order. */
export function worstFirst(results: readonly AuditResult[]): readonly AuditResult[] {
  return [...results].sort(
    (a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict) || badness(b) - badness(a),
  );
}

/** Results by audit id, in order of first appearance. */
export function byAudit(results: readonly AuditResult[]): ReadonlyMap<string, readonly AuditResult[]> {
  const groups = new Map<string, AuditResult[]>();
  for (const result of results) {
    const group = groups.get(result.id);
    if (group === undefined) groups.set(result.id, [result]);
    else group.push(result);
  }
  return groups;
}

type Where = Pick<AuditResult, 'columns' | 'name'>;

/** What a result is about, for people: its columns, its name, or the whole table. */
export function measuredName({ columns, name }: Where): string {
  return columns.length > 0 ? columns.join(' × ') : (name ?? 'whole table');
}

export function isWhole({ columns, name }: Where): boolean {
  return columns.length === 0 && name === undefined;
}

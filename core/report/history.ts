// What an audit found of a table over the runs: a line per audit, as plain values for the terminal, the report and JSON.
import type { AuditResult, Verdict } from '../audit.ts';
import { byAudit, measuredName, nearerBounds, worstFirst } from './verdicts.ts';

/** The worst measurement of one audit in one run. */
export interface HistoryPoint {
  readonly run: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly value: number | null;
  readonly verdict: Verdict;
  /** What was measured: columns, a query, the whole table. */
  readonly of: string;
  readonly warnAt: number | null;
  readonly failAt: number | null;
  /** What 99 of 100 fresh samples stay within. */
  readonly floor: number | null;
}

export interface HistoryLine {
  readonly audit: string;
  readonly unit: string;
  /** Oldest first. */
  readonly points: readonly HistoryPoint[];
}

export interface RunResultsOf {
  readonly id: string;
  readonly at: string;
  readonly results: readonly AuditResult[];
}

/** @param runs oldest first, with the results of one table; audits come in the order of the last run that has them */
export function historyLines(runs: readonly RunResultsOf[]): readonly HistoryLine[] {
  const lines = new Map<string, { audit: string; unit: string; points: HistoryPoint[] }>();
  for (const { results } of [...runs].reverse()) {
    for (const { id, unit } of results) if (!lines.has(id)) lines.set(id, { audit: id, unit, points: [] });
  }
  for (const { id: run, at, results } of runs) {
    for (const [audit, group] of byAudit(results)) {
      const [worst] = worstFirst(group);
      if (worst === undefined) continue;
      const { value, verdict } = worst;
      const { warnAt, failAt } = nearerBounds(worst);
      const low = worst.warnBelow !== undefined && warnAt === worst.warnBelow;
      const floor = (low ? worst.null?.q01 : worst.null?.q99) ?? null;
      lines.get(audit)?.points.push({ run, at, value, verdict, of: measuredName(worst), warnAt, failAt, floor });
    }
  }
  return [...lines.values()];
}

/** A line per measurement of an audit: named by its columns instead of its id. */
export function measurementLines(runs: readonly RunResultsOf[]): readonly HistoryLine[] {
  return historyLines(
    runs.map((run) => ({ ...run, results: run.results.map((result) => ({ ...result, id: measuredName(result) })) })),
  );
}

/**
 * Ends of an axis that shows all values and bounds, but no bound so far away that the line would be flat; never of no width.
 * Starts at 0 unless everything is far above it.
 */
export function historyExtent(points: readonly HistoryPoint[]): { readonly low: number; readonly high: number } {
  const values = points.flatMap(({ value }) => value ?? []);
  const warn = points.flatMap(({ warnAt, failAt }) => warnAt ?? failAt ?? []);
  const most = Math.max(...values, ...warn);
  const fail = points.flatMap(({ failAt }) => failAt ?? []).filter((bound) => bound <= 3 * most);
  const shown = [...values, ...warn, ...fail];
  if (shown.length === 0) return { low: 0, high: 1 };
  const [least, high] = [Math.min(...shown), Math.max(...shown)];
  const low = least > high / 2 && high > least ? least - (high - least) / 8 : Math.min(0, least);
  return high > low ? { low, high } : { low, high: low + 1 };
}

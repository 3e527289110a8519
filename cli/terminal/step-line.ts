// One line about one step: how far it is, or what it took. Shared by the plain and the live view.
import type { ProgressEvent, ProgressStep } from '../../core/progress.ts';
import { formatCompact, formatCount, formatSeconds } from '../../core/report/format.ts';
import { printable } from './text.ts';

/** A step that has started and not ended. */
export interface RunningStep {
  readonly table: string;
  readonly step: ProgressStep;
  readonly startedMs: number;
  readonly rows?: number;
  readonly totalRows?: number;
  readonly share?: number;
  readonly detail?: string;
  readonly ratePerSecond?: number;
}

type StepEvent = Extract<ProgressEvent, { step: ProgressStep }>;

export function stepKey({ table, step }: Pick<StepEvent, 'table' | 'step'>): string {
  return JSON.stringify([table ?? null, step]);
}

/** The table that a step is about; steps of the whole release have none. */
export function tableOf({ table }: { readonly table?: string }): string {
  return printable(table ?? 'release');
}

/** The running step after an event. */
export function advance(running: RunningStep | undefined, event: StepEvent, nowMs: number): RunningStep {
  const before = running ?? { table: tableOf(event), step: event.step, startedMs: nowMs };
  const { kind, ...news } = event;
  if (kind === 'step-end') return before;
  return { ...before, ...news, table: before.table };
}

/** 0 to 1; undefined when nothing is known. */
export function shareDone({ rows, totalRows, share }: RunningStep): number | undefined {
  if (rows !== undefined && totalRows !== undefined && totalRows > 0) return Math.min(1, rows / totalRows);
  return share === undefined || Number.isNaN(share) ? undefined : Math.min(1, Math.max(0, share));
}

/** Seconds left by the pace so far; undefined while that says little. */
export function secondsLeft(running: RunningStep, nowMs: number): number | undefined {
  const share = shareDone(running);
  const elapsed = (nowMs - running.startedMs) / 1000;
  if (share === undefined || share < 0.02 || elapsed < 0.5) return undefined;
  return (elapsed * (1 - share)) / share;
}

/** `42 %   3 s left   210,000 of 500,000 rows   410k rows/s`, as far as it is known; the end may be cut off. */
export function runningText(running: RunningStep, nowMs: number): string {
  const share = shareDone(running);
  const left = secondsLeft(running, nowMs);
  const { rows, totalRows, ratePerSecond, detail } = running;
  return [
    share === undefined ? undefined : `${Math.floor(share * 100)} %`.padStart(5),
    left === undefined ? undefined : `${timeLeft(left)} left`,
    rows === undefined
      ? undefined
      : totalRows === undefined
        ? `${formatCount(rows)} rows`
        : `${formatCount(rows)} of ${formatCount(totalRows)} rows`,
    ratePerSecond === undefined ? undefined : `${formatCompact(ratePerSecond)} rows/s`,
    detail === undefined ? undefined : printable(detail),
  ]
    .filter((part) => part !== undefined)
    .join('   ');
}

/** `500,000 rows   1.2 s   410k rows/s`, aligned so that lines read as columns. */
export function endedText(event: Extract<ProgressEvent, { kind: 'step-end' }>): string {
  const { rows, seconds, ratePerSecond } = event;
  const rate = ratePerSecond ?? (rows === undefined || seconds <= 0 ? undefined : rows / seconds);
  const rowText = rows === undefined ? '' : `${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}`;
  const rateText = rows === undefined || rate === undefined ? '' : `${formatCompact(rate)} rows/s`;
  return `${rowText.padStart(15)}  ${formatSeconds(seconds).padStart(8)}  ${rateText.padStart(12)}`.trimEnd();
}

/** Whole seconds: tenths of a guess help nobody. */
function timeLeft(seconds: number): string {
  return seconds < 99.5 ? `${Math.max(1, Math.round(seconds))} s` : formatSeconds(seconds);
}

/** `12:01:03` in local time. */
export function clock(nowMs: number): string {
  const now = new Date(nowMs);
  return [now.getHours(), now.getMinutes(), now.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

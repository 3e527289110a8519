// Adds up the seconds of a run's steps and tells a progress sink about them.
import type { ProgressSink, ProgressStep } from '../progress.ts';

/** Wall-clock seconds per step, and in all. */
export interface Stopwatch {
  readonly seconds: ReadonlyMap<ProgressStep, number>;
  readonly total: number;
  /** Runs a step, reports its start and its end, and adds its time to `seconds`. */
  time<Result>(
    step: ProgressStep,
    table: string | undefined,
    work: () => Promise<Result>,
    rows?: RowsOf<Result>,
  ): Promise<Result>;
  /** Adds time that was measured elsewhere. */
  add(step: ProgressStep, seconds: number): void;
}

type RowsOf<Result> = (result: Result) => number | undefined;

export function createStopwatch(progress: ProgressSink): Stopwatch {
  const started = performance.now();
  const seconds = new Map<ProgressStep, number>();
  const add = (step: ProgressStep, more: number): void => {
    seconds.set(step, (seconds.get(step) ?? 0) + more);
  };
  return {
    seconds,
    get total() {
      return (performance.now() - started) / 1000;
    },
    add,
    async time(step, table, work, rowsOf) {
      const named = table === undefined ? { step } : { step, table };
      progress({ kind: 'step-start', ...named });
      const from = performance.now();
      const result = await work();
      const spent = (performance.now() - from) / 1000;
      add(step, spent);
      const rows = rowsOf?.(result);
      progress({
        kind: 'step-end',
        ...named,
        seconds: spent,
        ...(rows === undefined ? {} : { rows, ratePerSecond: rows / Math.max(spent, 1e-9) }),
      });
      return result;
    },
  };
}

/** The greatest resident memory of this process so far, in bytes. */
export function peakMemoryBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}

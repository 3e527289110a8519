// `synth schedule`: the loop that waits for the next tick and has it run, until it is told to stop.

export interface ServiceOptions {
  /** Runs what is due and says when to come back; in the service, a process of its own. */
  runDue(): Promise<{ readonly next?: Date }>;
  /** Changes when the config does: what was planned is then planned again. */
  configMark(): string;
  readonly clock: () => Date;
  /** Ends early, without an error, when the signal is aborted. */
  sleep(millis: number, signal: AbortSignal): Promise<void>;
  readonly signal: AbortSignal;
  /** A round that failed: it is told, and tried again after the longest wait. */
  onError(error: unknown): void;
}

/** Between looks at the clock and the config, so that a change of either is noticed. */
const longestWaitMillis = 30_000;
const configLookMillis = 2_000;

/** Resolves when the signal is aborted and the step in hand is finished or undone. */
export async function serve(options: ServiceOptions): Promise<void> {
  const { signal, clock } = options;
  while (!signal.aborted) {
    const mark = options.configMark();
    let next: Date | undefined;
    try {
      next = (await options.runDue()).next;
    } catch (error) {
      if (signal.aborted) return;
      options.onError(error);
    }
    const until = clock().getTime() + longestWaitMillis;
    const wake = Math.min(until, next?.getTime() ?? until);
    while (!signal.aborted && clock().getTime() < wake && options.configMark() === mark) {
      await options.sleep(Math.min(configLookMillis, wake - clock().getTime()), signal);
      // The clock went backwards: the wait is measured anew.
      if (clock().getTime() < until - 2 * longestWaitMillis) break;
    }
  }
}

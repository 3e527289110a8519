// The process around a command: Ctrl-C, closed pipes and the last bytes of its output.
import { exitCodes, interruptedText } from './failure.ts';

/** How long a cancelled command may tidy up. */
const defaultTidyMillis = 1500;

/**
 * Turns SIGINT and SIGTERM into an abort. A second one, or 1.5 s of tidying up, ends the process at once: whatever is then
 * left lying is removed by the next build. `patience` changes the time.
 */
export function catchSignals(): { readonly signal: AbortSignal; patience(millis: number): void; isDone(): void } {
  const controller = new AbortController();
  let deadline: NodeJS.Timeout | undefined;
  let tidyMillis = defaultTidyMillis;
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort();
    deadline = setTimeout(() => {
      process.stderr.write(`${interruptedText}\n`);
      process.exit(exitCodes.interrupted);
    }, tidyMillis).unref();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return {
    signal: controller.signal,
    patience: (millis) => {
      tidyMillis = millis;
    },
    isDone: () => {
      clearTimeout(deadline);
      process.off('SIGINT', stop).off('SIGTERM', stop);
    },
  };
}

/** `synth query … | head` closes our output early; that is no failure, and a build goes on without a reader. */
export function ignoreClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

/** Resolves when all that was written has left the process; pipes are written to in the background. */
export function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || !stream.writable) resolve();
    else stream.write('', () => resolve());
  });
}

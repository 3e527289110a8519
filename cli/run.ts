// From arguments to an exit code: runs one command, tells failures in one place and ends the process.
import { CommanderError } from 'commander';
import { describeFailure, exitCodes } from './failure.ts';
import { catchSignals, flush, ignoreClosedPipes } from './process.ts';
import { createProgram } from './program.ts';
import type { GlobalFlags } from './session.ts';

/** Runs the command that `argv` (as process.argv) names, and ends the process with its exit code. */
export async function runCommandLine(argv: readonly string[]): Promise<never> {
  ignoreClosedPipes();
  const { signal, patience, isDone } = catchSignals();
  let exitCode: number = exitCodes.ok;
  const program = createProgram({ signal, patience, onExitCode: (code) => (exitCode = code) });
  const end = (error: unknown): number => {
    const failure = describeFailure(error, { interrupted: signal.aborted, debug: program.opts<GlobalFlags>().debug });
    process.stderr.write(`${failure.text}\n`);
    return failure.exitCode;
  };
  // Thrown where nobody waits for it: the same words, and never Node's own code 1, which would pass for a handled failure.
  process.on('uncaughtException', (error) => process.exit(Math.max(end(error), exitCodes.unexpected)));
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError) {
      // commander has printed the help, the version or what is wrong.
      exitCode = error.exitCode;
    } else {
      exitCode = end(error);
    }
  }
  isDone();
  await Promise.all([flush(process.stdout), flush(process.stderr)]);
  // Explicitly: a thread or socket that somebody left open must not keep the process alive.
  process.exit(exitCode);
}

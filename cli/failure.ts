// What a failure looks like on the terminal, and with which code the process ends: dbt's codes.
import { diskFull, firstFailure, SynthError } from '../core/errors.ts';

export const exitCodes = {
  ok: 0,
  /** A failure that is the user's to mend: an audit, the config, a file. */
  handled: 1,
  /** A fault of ours. */
  unexpected: 2,
  interrupted: 130,
} as const;

export const interruptedText = 'Interrupted. What was there before is untouched.';

export interface Failure {
  readonly text: string;
  readonly exitCode: number;
}

export function describeFailure(
  thrown: unknown,
  run: { readonly interrupted: boolean; readonly debug?: boolean | undefined },
): Failure {
  if (run.interrupted) {
    return { text: interruptedText, exitCode: exitCodes.interrupted };
  }
  const first = firstFailure(thrown);
  const error = first instanceof SynthError ? first : (diskFull(first) ?? first);
  const stack = run.debug && error instanceof Error ? `\n${stackOf(error)}` : '';
  if (error instanceof SynthError && error.kind === 'handled') {
    const hint = error.hint === undefined ? '' : `\n${error.hint}`;
    return { text: `Error: ${error.message}${hint}${stack}`, exitCode: exitCodes.handled };
  }
  const message = error instanceof Error ? firstLine(error.message) : 'something that is no error was thrown';
  const advice = run.debug ? stack : '\nThis is a fault of synthouse; run again with --debug for the stack.';
  return { text: `Unexpected error: ${message}${advice}`, exitCode: exitCodes.unexpected };
}

function stackOf(error: Error): string {
  const own = error.stack ?? String(error);
  return error.cause instanceof Error ? `${own}\ncaused by ${stackOf(error.cause)}` : own;
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

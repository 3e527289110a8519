// An alert as JSON to the standard input of a command of the user's.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AlertChannel } from '../../alert.ts';
import { SynthError } from '../../errors.ts';
import { type ChannelOptions, channel } from './common.ts';

export interface CommandOptions extends ChannelOptions {
  /** The program and its arguments; no shell reads them. */
  readonly run: readonly string[];
}

/**
 * Runs a program for each alert; it reads the alert as JSON from its standard input. Exit code 0 says that it was taken.
 * @example command({ run: ['node', 'page-somebody.mjs'] })
 */
export function command(options: CommandOptions): AlertChannel {
  const [program, ...args] = options.run;
  if (program === undefined) {
    throw new SynthError('alert.command', 'command() needs a program to run.', {
      hint: "Write command({ run: ['node', 'notify.mjs'] }).",
    });
  }
  return channel('command', options, async (message, signal) => {
    // Of a group of its own, so that what it started ends with it.
    const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    const stop = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      child.stdin.on('error', () => {}); // a program need not read
      child.stdin.end(`${JSON.stringify(message)}\n`);
      const [code] = (await once(child, 'close')) as [number | null];
      if (signal.aborted) throw new SynthError('alert.command', 'It did not end in time.');
      if (code !== 0)
        throw new SynthError('alert.command', `It ended with ${code === null ? 'a signal' : `code ${code}`}.`);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  });
}

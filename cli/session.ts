// What every command gets beside its own arguments: where it runs, how much it may say, and when it must stop.
import { resolve } from 'node:path';
import type { LoadedConfig } from '../core/config/loaded.ts';

export interface GlobalFlags {
  readonly config?: string;
  readonly quiet?: boolean;
  readonly color?: boolean;
  readonly threads?: number;
  readonly debug?: boolean;
}

export interface Session {
  readonly directory: string;
  readonly signal: AbortSignal;
  readonly quiet: boolean;
  readonly threads?: number;
  readonly clock: () => Date;
  /** How long the command may tidy up after it was told to stop, in milliseconds. */
  patience(millis: number): void;
  /** The result, on stdout. */
  print(text: string): void;
  /** The result as JSON, and nothing else, on stdout. */
  printJson(value: unknown): void;
  /** What people may want to know beside it, on stderr; silent with --quiet. */
  note(text: string): void;
  /** The project's checked config. Throws the SynthErrors of loadConfig. */
  config(): Promise<LoadedConfig>;
}

export function createSession(
  flags: GlobalFlags,
  signal: AbortSignal,
  patience: (millis: number) => void = () => {},
): Session {
  const directory = process.cwd();
  // Whoever colours a text asks this variable.
  if (flags.color === false) process.env.NO_COLOR = '1';
  const quiet = flags.quiet ?? false;
  return {
    directory,
    signal,
    quiet,
    ...(flags.threads === undefined ? {} : { threads: flags.threads }),
    clock: () => new Date(),
    patience,
    print: (text) => void process.stdout.write(`${text}\n`),
    printJson: (value) => void process.stdout.write(`${JSON.stringify(value, plainJson, 2)}\n`),
    note: (text) => {
      if (!quiet) process.stderr.write(`${text}\n`);
    },
    async config() {
      const { loadConfig } = await import('../core/config/load.ts');
      const file = flags.config === undefined ? {} : { file: resolve(directory, flags.config) };
      const config = await loadConfig({ directory, ...file });
      // Paths in a config are relative to it, wherever in the project the command was called.
      process.chdir(config.directory);
      return config;
    },
  };
}

/** JSON has no integers beyond 2^53, no NaN and no infinities: they travel as text. */
function plainJson(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return value;
}

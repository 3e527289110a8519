// The program `synth`: its flags for all commands. Commands and their flags stand by group in groups, what they do in commands.
import { Command } from 'commander';
import { addJudge } from './groups/judge.ts';
import type { Lazily, Run } from './groups/lazily.ts';
import { addLook } from './groups/look.ts';
import { addMake } from './groups/make.ts';
import { addMend } from './groups/mend.ts';
import { addWatch } from './groups/watch.ts';
import { positiveInteger } from './options.ts';
import { packageVersion } from './package.ts';
import { createSession, type GlobalFlags } from './session.ts';
import { refuseUnknownOptions } from './unknown-options.ts';

export interface ProgramOptions {
  readonly signal: AbortSignal;
  patience?(millis: number): void;
  onExitCode(code: number): void;
}

export function createProgram(options: ProgramOptions): Command {
  const program = new Command('synth');
  /** An action that loads its command's file first. commander appends the Command itself, which nobody needs. */
  const lazily: Lazily =
    <Arguments extends readonly unknown[]>(load: () => Promise<Run<Arguments>>) =>
    async (...given: unknown[]): Promise<void> => {
      const session = createSession(program.opts<GlobalFlags>(), options.signal, options.patience);
      const run = await load();
      options.onExitCode(await run(session, ...(given.slice(0, -1) as unknown as Arguments)));
    };

  program
    .description('Synthetic mirrors of your warehouse tables: learnt, audited and published.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .option('--config <file>', 'the config (default: synth.config.ts here or in a folder above)')
    .option('-q, --quiet', 'print results and errors only')
    .option('--no-color', 'print without colours')
    .option('--threads <n>', 'threads to use (default: all cores); they never change a result', positiveInteger)
    .option('--debug', 'print stacks of errors')
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'Error: ')) })
    .addHelpText(
      'after',
      '\nExit codes: 0 all is well, 1 a failure that was handled (an audit, a config), 2 a fault of ours.',
    );

  program.hook('preSubcommand', ({ args }, command) => refuseUnknownOptions(command, args.slice(1)));

  addMake(program, lazily);
  addWatch(program, lazily);
  addJudge(program, lazily);
  addLook(program, lazily);
  addMend(program, lazily);
  return program;
}

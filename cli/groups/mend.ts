// The commands that find and clear away what is wrong.
import type { Command } from 'commander';
import type { Lazily } from './lazily.ts';

export function addMend(program: Command, lazily: Lazily): void {
  program.commandsGroup('Mend:');
  program
    .command('debug')
    .description('check versions, native parts, config, source, mirrors, locks and disk')
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('../commands/debug.ts')).debug));
  program
    .command('clean')
    .description('remove reports and leftovers; mirrors and releases always stay')
    .option('--all', 'also what was learnt and remembered')
    .action(lazily(async () => (await import('../commands/clean.ts')).clean));
}

// The commands that keep mirrors good over time.
import { type Command, Option } from 'commander';
import type { Lazily } from './lazily.ts';

export function addWatch(program: Command, lazily: Lazily): void {
  program.commandsGroup('Watch:');
  program
    .command('schedule')
    .description('build mirrors when they are due, as a service in the foreground')
    .addOption(
      new Option('--print <scheduler>', 'print a ready file for another scheduler').choices([
        'systemd',
        'kubernetes',
        'github-actions',
        'crontab',
      ]),
    )
    .action(lazily(async () => (await import('../commands/schedule.ts')).schedule));
  program
    .command('run')
    .description('build what is due now, once')
    .requiredOption('--due', 'only what the schedules of the config say')
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('../commands/run.ts')).run));
  program
    .command('status')
    .description('say when each schedule ran last and runs next')
    .option('--check', 'exit with 1 when something is overdue')
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('../commands/status.ts')).status));
  program
    .command('review')
    .description('walk through mirrors that wait for a person, and approve or reject them')
    .argument('[table]', 'only this table')
    .option('--approve <digest>', 'approve what `synth review` showed under this digest')
    .option('--reject <digest>', 'reject it; one that is visible is withdrawn by the next publish')
    .option('--because <text>', 'why')
    .option('--by <name>', 'who decides (default: the user of this machine)')
    .option('--list', 'print, and ask nothing')
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('../commands/review.ts')).review));
  program
    .command('alerts')
    .description('list what is bad now and what waits to be told')
    .argument('[action]', '"test" sends a message to every channel')
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('../commands/alerts.ts')).alerts));
}

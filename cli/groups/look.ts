// The commands that show what there is.
import { type Command, Option } from 'commander';
import { positiveInteger } from '../options.ts';
import type { Lazily } from './lazily.ts';

export function addLook(program: Command, lazily: Lazily): void {
  program.commandsGroup('Look:');
  program
    .command('show')
    .description('print the first rows of a mirror')
    .argument('<table>', 'table, or schema.table')
    .option('--limit <n>', 'rows to print', positiveInteger, 10)
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('../commands/show.ts')).show));
  program
    .command('query')
    .description('answer a SQL query on the mirrors; nothing is ever written')
    .argument('<sql>', 'one statement that reads')
    .addOption(new Option('--source', 'ask the real source').conflicts('both'))
    .option('--both', 'ask both, and print real above synthetic')
    .option('--limit <n>', 'rows to print (default: 100; with --json all)', positiveInteger)
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('../commands/query.ts')).query));
  program
    .command('ls')
    .description('list the tables of the config and their mirrors')
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('../commands/ls.ts')).ls));
  program
    .command('history')
    .description('list the last runs, and which releases can be rolled back to')
    .argument('[table]', 'only runs that audited this table')
    .option('--audit <id>', 'draw what this audit found of the table over the runs')
    .option('--limit <n>', 'runs to print', positiveInteger, 20)
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('../commands/history.ts')).history));

  program
    .command('lineage')
    .description('say which mirrors a mirror descends from, and how much of what they learnt was real')
    .argument('<table>', 'table, or schema.table')
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('../commands/lineage.ts')).lineage));

  program
    .command('contest')
    .description('list the scores of the contests of generators')
    .argument('[table]', 'only of this table')
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('../commands/contest.ts')).contest));
}

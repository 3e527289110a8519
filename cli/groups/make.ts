// The commands that make mirrors and rows.
import type { Command } from 'commander';
import { assignment, commaList, positiveInteger, seedNumber, share, tierOption } from '../options.ts';
import type { Lazily } from './lazily.ts';

export function addMake(program: Command, lazily: Lazily): void {
  program.commandsGroup('Make:');
  program
    .command('init')
    .description('write a synth.config.ts for the tables found here')
    .argument('[source]', 'a DuckDB file, a CSV, Parquet or JSON lines file, or a folder of them (default: looked for)')
    .option('--force', 'write over a config that is there')
    .action(lazily(async () => (await import('../commands/init.ts')).init));
  program
    .command('mirror')
    .description('mirror one table from a file, without a config')
    .argument('<input>', 'CSV, Parquet, JSON lines, or file.duckdb#schema.table')
    .requiredOption('--out <file>', 'where the mirror goes; its name says the format')
    .option('--rows <n>', 'rows of the mirror (default: as many as the input)', positiveInteger)
    .option('--seed <n>', 'same data and seed, same mirror', seedNumber, 0)
    .option('--generator <name>', 'how it is learnt', 'boosted')
    .option('--set <option=value>', 'an option of the generator; may be repeated', assignment)
    .option('--holdout <file>', 'real rows to judge by (default: a fifth of the input is held out)')
    .option('--target <column>', 'the column that models will predict')
    .option(
      '--key <columns>',
      'the primary key (default: a column named like one whose values never repeat)',
      commaList,
    )
    .option('--no-key', 'there is no key: learn every column')
    .option('--subject <columns>', 'whose row it is: the holdout is split by it', commaList)
    .option('--omit <columns>', 'leave columns out', commaList)
    .option('--null <columns>', 'make columns all NULL', commaList)
    .option('--fake <column=method>', 'make a column by faker, as email=internet.email; may be repeated', assignment)
    .option('--report <file>', 'write an HTML report')
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('../commands/mirror.ts')).mirror));
  program
    .command('build')
    .description('learn, sample, audit and publish what changed')
    .option('--select <tables...>', 'only these: names, globs, +name (with parents), name+ (with children)')
    .option('--full-refresh', 'learn everything again')
    .option('--wait', 'wait for a build that is running')
    .option('--scenario <name>', 'make the what-if mirrors of this scenario instead, in a schema with its name')
    .addOption(tierOption('audit what is selected, changed or not, as thoroughly as this'))
    .option('--audit <ids>', 'these audits too, whatever their tier, separated by commas', commaList)
    .option('--junit <file>', 'write the audits as JUnit XML')
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('../commands/build.ts')).build));
  program
    .command('sample')
    .description('draw rows of one table on demand, from what the last build learnt')
    .argument('<table>', 'table, or schema.table')
    .requiredOption('--rows <n>', 'how many: exactly so many, or an error', positiveInteger)
    .option(
      '--where <sql>',
      "what they all fulfil, as \"origin = 'JFK' and delay > 120\"; parent.column for a parent's",
    )
    .option('--out <file>', 'where they go; its name says the format (default: they are printed)')
    .option('--seed <n>', "another seed, other rows (default: the config's)", seedNumber)
    .option('--tries <n>', 'most rows to draw in search of them (default: ten million)', positiveInteger)
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('../commands/sample.ts')).sample));
  program
    .command('blend')
    .description('mix real rows and synthetic ones of a table, to train a model on')
    .argument('<table>', 'table, or schema.table')
    .requiredOption('--real <share>', 'share of real rows, as 0.38; held-out rows stay out', share)
    .requiredOption('--rows <n>', 'how many in all', positiveInteger)
    .requiredOption('--out <file>', 'where they go; its name says the format')
    .option('--mark', 'add a column "real" that says which rows are')
    .option('--seed <n>', "another seed, other rows (default: the config's)", seedNumber)
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('../commands/blend.ts')).blend));
  program
    .command('complete')
    .description("fill the NULLs of a file's rows from what its rows show together")
    .argument('<input>', 'CSV, Parquet, JSON lines, or file.duckdb#schema.table')
    .requiredOption('--out <file>', 'where the completed rows go; its name says the format')
    .option('--draws <n>', 'how many completed versions, numbered in a column "draw"', positiveInteger, 1)
    .option('--seed <n>', 'same data and seed, same values', seedNumber, 0)
    .option('--set <option=value>', 'an option of boosted(); may be repeated', assignment)
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('../commands/complete.ts')).complete));
  program
    .command('plan')
    .description('say what a build would do, and why')
    .option('--select <tables...>', 'as for build')
    .option('--full-refresh', 'as for build')
    .addOption(tierOption('as for build'))
    .option('--audit <ids>', 'as for build', commaList)
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('../commands/plan.ts')).plan));
  program
    .command('rollback')
    .description('show an earlier release again')
    .argument('[release]', 'its id (default: the one before)')
    .action(lazily(async () => (await import('../commands/rollback.ts')).rollback));
}

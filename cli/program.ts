// The commands and their flags, for commander. What a command does is in its own file, loaded when it is called.
import { Command, Option } from 'commander';
import { amount, assignment, commaList, countList, positiveInteger, seedNumber, share } from './options.ts';
import { packageVersion } from './package.ts';
import { createSession, type GlobalFlags, type Session } from './session.ts';
import { refuseUnknownOptions } from './unknown-options.ts';

function tierOption(text: string): Option {
  return new Option('--tier <tier>', text).choices(['run', 'nightly', 'release']);
}

export interface ProgramOptions {
  readonly signal: AbortSignal;
  patience?(millis: number): void;
  onExitCode(code: number): void;
}

type Run<Arguments extends readonly unknown[]> = (session: Session, ...rest: Arguments) => Promise<number>;

export function createProgram(options: ProgramOptions): Command {
  const program = new Command('synth');
  /** An action that loads its command's file first. commander appends the Command itself, which nobody needs. */
  const lazily =
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

  program.commandsGroup('Make:');
  program
    .command('init')
    .description('write a synth.config.ts for the tables found here')
    .argument('[source]', 'a DuckDB file, a CSV, Parquet or JSON lines file, or a folder of them (default: looked for)')
    .option('--force', 'write over a config that is there')
    .action(lazily(async () => (await import('./commands/init.ts')).init));
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
    .action(lazily(async () => (await import('./commands/mirror.ts')).mirror));
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
    .action(lazily(async () => (await import('./commands/build.ts')).build));
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
    .action(lazily(async () => (await import('./commands/sample.ts')).sample));
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
    .action(lazily(async () => (await import('./commands/blend.ts')).blend));
  program
    .command('complete')
    .description("fill the NULLs of a file's rows from what its rows show together")
    .argument('<input>', 'CSV, Parquet, JSON lines, or file.duckdb#schema.table')
    .requiredOption('--out <file>', 'where the completed rows go; its name says the format')
    .option('--draws <n>', 'how many completed versions, numbered in a column "draw"', positiveInteger, 1)
    .option('--seed <n>', 'same data and seed, same values', seedNumber, 0)
    .option('--set <option=value>', 'an option of boosted(); may be repeated', assignment)
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('./commands/complete.ts')).complete));
  program
    .command('plan')
    .description('say what a build would do, and why')
    .option('--select <tables...>', 'as for build')
    .option('--full-refresh', 'as for build')
    .addOption(tierOption('as for build'))
    .option('--audit <ids>', 'as for build', commaList)
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('./commands/plan.ts')).plan));
  program
    .command('rollback')
    .description('show an earlier release again')
    .argument('[release]', 'its id (default: the one before)')
    .action(lazily(async () => (await import('./commands/rollback.ts')).rollback));

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
    .action(lazily(async () => (await import('./commands/schedule.ts')).schedule));
  program
    .command('run')
    .description('build what is due now, once')
    .requiredOption('--due', 'only what the schedules of the config say')
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('./commands/run.ts')).run));
  program
    .command('status')
    .description('say when each schedule ran last and runs next')
    .option('--check', 'exit with 1 when something is overdue')
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('./commands/status.ts')).status));
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
    .action(lazily(async () => (await import('./commands/review.ts')).review));
  program
    .command('alerts')
    .description('list what is bad now and what waits to be told')
    .argument('[action]', '"test" sends a message to every channel')
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('./commands/alerts.ts')).alerts));

  program.commandsGroup('Judge:');
  program
    .command('audit')
    .description('audit any pair of tables, whoever made the synthetic one')
    .requiredOption('--real <file>', 'the real table')
    .requiredOption('--synthetic <file>', 'the synthetic one')
    .option('--holdout <file>', 'real rows that its maker never saw')
    .option('--target <column>', 'the column that models predict')
    .option(
      '--key <columns>',
      'what names a row: unique, and not compared (default: declared, or a column as "id")',
      commaList,
    )
    .option('--subject <columns>', 'what says whose row it is, as a customer number', commaList)
    .option('--omit <columns>', 'columns to leave out, separated by commas', commaList)
    .option('--audit <ids>', 'only these audits, separated by commas', commaList)
    .addOption(tierOption('how thorough').default('run'))
    .option('--report <file>', 'write an HTML report')
    .option('--junit <file>', 'write the audits as JUnit XML')
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('./commands/audit.ts')).audit));

  program
    .command('roi')
    .description('say how many real labels, and how much money, pre-training on a mirror saves')
    .argument('<table>', 'table, or schema.table')
    .requiredOption('--target <column>', 'what is predicted')
    .addOption(
      new Option('--metric <name>', 'what counts (default: auc, logloss or rmse)').choices([
        'auc',
        'macro_auc',
        'accuracy',
        'logloss',
        'rmse',
        'mae',
        'r2',
      ]),
    )
    .addOption(
      new Option('--model <name>', 'what learns: boosted trees, or logistic or linear regression').choices([
        'boosting',
        'linear',
      ]),
    )
    .option('--labels <counts>', 'how many, separated by commas (default: 10, 20, 50, … all)', countList)
    .option('--draws <n>', 'draws of the labels', positiveInteger, 10)
    .option('--hours <n>', 'hours of work that went into the mirror, at costs.hour', amount, 0)
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('./commands/roi.ts')).roi));

  program
    .command('rehearse')
    .description('play forward what happens to a table whose mirrors are learnt again, and say which loop is safe')
    .argument('<table>', 'table, or schema.table')
    .option('--generations <n>', 'how many', positiveInteger, 10)
    .option(
      '--arms <list>',
      'replace, accumulate, blend=SHARE, independent, separated by commas (default: all, with .2 and .38)',
      commaList,
    )
    .option('--seeds <n>', 'how often each arm is played', positiveInteger, 3)
    .option('--rows <n>', 'rows of each generation (default: 10,000, or all)', positiveInteger)
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('./commands/rehearse.ts')).rehearse));

  program.commandsGroup('Look:');
  program
    .command('show')
    .description('print the first rows of a mirror')
    .argument('<table>', 'table, or schema.table')
    .option('--limit <n>', 'rows to print', positiveInteger, 10)
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('./commands/show.ts')).show));
  program
    .command('query')
    .description('answer a SQL query on the mirrors; nothing is ever written')
    .argument('<sql>', 'one statement that reads')
    .addOption(new Option('--source', 'ask the real source').conflicts('both'))
    .option('--both', 'ask both, and print real above synthetic')
    .option('--limit <n>', 'rows to print (default: 100; with --json all)', positiveInteger)
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('./commands/query.ts')).query));
  program
    .command('ls')
    .description('list the tables of the config and their mirrors')
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('./commands/ls.ts')).ls));
  program
    .command('history')
    .description('list the last runs, and which releases can be rolled back to')
    .argument('[table]', 'only runs that audited this table')
    .option('--audit <id>', 'draw what this audit found of the table over the runs')
    .option('--limit <n>', 'runs to print', positiveInteger, 20)
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('./commands/history.ts')).history));

  program
    .command('lineage')
    .description('say which mirrors a mirror descends from, and how much of what they learnt was real')
    .argument('<table>', 'table, or schema.table')
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('./commands/lineage.ts')).lineage));

  program
    .command('contest')
    .description('list the scores of the contests of generators')
    .argument('[table]', 'only of this table')
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('./commands/contest.ts')).contest));

  program.commandsGroup('Mend:');
  program
    .command('debug')
    .description('check versions, native parts, config, source, mirrors, locks and disk')
    .option('--json', 'print JSON')
    .action(lazily(async () => (await import('./commands/debug.ts')).debug));
  program
    .command('clean')
    .description('remove reports and leftovers; mirrors and releases always stay')
    .option('--all', 'also what was learnt and remembered')
    .action(lazily(async () => (await import('./commands/clean.ts')).clean));
  return program;
}

// The commands that say how good mirrors are.
import { type Command, Option } from 'commander';
import { amount, commaList, countList, positiveInteger, tierOption } from '../options.ts';
import type { Lazily } from './lazily.ts';

export function addJudge(program: Command, lazily: Lazily): void {
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
    .action(lazily(async () => (await import('../commands/audit.ts')).audit));

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
    .action(lazily(async () => (await import('../commands/roi.ts')).roi));

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
    .action(lazily(async () => (await import('../commands/rehearse.ts')).rehearse));
}

// Turns a table of a user's config into a LoadedTable.
import type { GeneratorChoice } from '../generator.ts';
import { type ProjectAudits, tableAudits } from './audits.ts';
import { type LoadedRefit, type LoadedReview, type LoadedTable, parseTableName, type RowTarget } from './loaded.ts';
import { asList, asNames, asRecord, fieldOf } from './objects.ts';
import { checkContest, checkGenerator } from './plugins.ts';
import { check, type Problem, pathOf } from './problems.ts';
import { checkRefit } from './refit.ts';
import { checkReview } from './review.ts';
import { checkConstraints, checkRelations, checkRules } from './rules.ts';
import { checkSchedule } from './schedule.ts';
import { type TableShape, tableSchema } from './schema/index.ts';
import type { ContaminationPolicy } from './types.ts';

export function normaliseTable(
  name: string,
  entry: unknown,
  project: {
    readonly audits: ProjectAudits | undefined;
    readonly review: LoadedReview;
    readonly refit: LoadedRefit | undefined;
    readonly contamination: ContaminationPolicy;
  },
  context: { readonly defaultGenerator?: GeneratorChoice },
  problems: Problem[],
): LoadedTable | undefined {
  const where = pathOf('tables', name);
  const raw = fieldOf(entry, 'kind') === 'generator' ? { generator: entry } : entry;
  const table = check<TableShape>(tableSchema, raw, where, problems);
  // The parts are checked even when the whole is not right: users get all problems at once.
  const chosen = fieldOf(raw, 'generator') ?? context.defaultGenerator;
  const asked = checkGenerator(chosen, pathOf(where, 'generator'), problems);
  const contest =
    asked?.generator.name === 'contest' ? checkContest(asked, pathOf(where, 'generator'), problems) : undefined;
  const generator = asked?.generator.name === 'contest' ? contest?.candidates[0] : asked;
  const columns = checkRules(asRecord(fieldOf(raw, 'columns')), pathOf(where, 'columns'), problems);
  const relations = checkRelations(asList(fieldOf(raw, 'relations')), pathOf(where, 'relations'), problems);
  const constraints = checkConstraints(asList(fieldOf(raw, 'constraints')), pathOf(where, 'constraints'), problems);
  const audits = tableAudits(name, fieldOf(raw, 'audits'), pathOf(where, 'audits'), project.audits, problems);
  const schedule = checkSchedule(table?.schedule, pathOf(where, 'schedule'), problems);
  const review = checkReview(table?.review, pathOf(where, 'review'), problems) ?? project.review;
  const refit = checkRefit(table?.refit, pathOf(where, 'refit'), problems) ?? project.refit;
  if (table !== undefined) checkDemand(table, where, problems);
  if (table === undefined || generator === undefined || audits === undefined) return undefined;
  return Object.freeze({
    name,
    table: parseTableName(name),
    generator,
    ...(contest === undefined ? {} : { contest }),
    ...(table.rows === undefined ? {} : { rows: rowTarget(table.rows) }),
    balance: table.balance,
    ...(table.atLeast === undefined ? {} : { atLeast: table.atLeast }),
    labels: table.labels,
    subject: asNames(table.subject),
    order: asNames(table.order),
    key: asNames(table.key),
    columns,
    relations,
    constraints,
    fitRows: table.fitRows,
    audits,
    review,
    ...(refit === undefined ? {} : { refit }),
    ...(table.blend === undefined ? {} : { blend: Object.freeze(table.blend) }),
    contamination: table.contamination ?? project.contamination,
    ...(schedule === undefined ? {} : { schedule }),
  });
}

/** What is asked of a table's rows must be one thing. */
function checkDemand({ rows, balance, atLeast }: TableShape, where: string, problems: Problem[]): void {
  const refuse = (key: string, message: string): void => {
    problems.push({ code: 'config.invalid-value', where: pathOf(where, key), message });
  };
  const columns = Object.keys(balance);
  const sum = Object.values(balance[columns[0] ?? ''] ?? {}).reduce((total, share) => total + share, 0);
  if (columns.length > 1)
    refuse('balance', 'Only one column can be balanced. Set the shares of several in a scenario.');
  if (sum > 1 + 1e-9) refuse('balance', 'The shares add up to more than 1.');
  const asked = [typeof rows === 'object', columns.length > 0, atLeast !== undefined].filter(Boolean).length;
  if (asked > 1) refuse('rows', 'Ask for one of: a list of rows, balance, atLeast.');
  if (typeof rows === 'number' && atLeast !== undefined && atLeast.count > rows) {
    refuse('atLeast', 'It asks for more rows than the mirror has.');
  }
}

function rowTarget(rows: NonNullable<TableShape['rows']>): RowTarget {
  if (typeof rows === 'object')
    return { kind: 'groups', groups: Object.freeze(rows.map((group) => Object.freeze({ ...group }))) };
  if (typeof rows === 'number') return { kind: 'count', count: rows };
  return { kind: 'factor', factor: Number.parseFloat(rows) / (rows.endsWith('%') ? 100 : 1) };
}

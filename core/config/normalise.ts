// Turns what a user's synth.config.ts exports into a LoadedConfig: checked, defaults filled in, frozen. Reads nothing but
// the SQL files that the config names.
import type { Connector } from '../connector.ts';
import type { GeneratorChoice } from '../generator.ts';
import { checkAlerts } from './alerts.ts';
import { checkProjectAudits, defaultAudits, type ProjectAudits, tableAudits } from './audits.ts';
import {
  type LoadedConfig,
  type LoadedContest,
  type LoadedRefit,
  type LoadedRelation,
  type LoadedReview,
  type LoadedTable,
  parseTableName,
  type RowTarget,
} from './loaded.ts';
import { check, type Problem, pathOf, reportIssues, suggestion, throwProblems } from './problems.ts';
import { checkRefit } from './refit.ts';
import { checkReview } from './review.ts';
import { checkScenarios } from './scenarios.ts';
import { checkSchedule } from './schedule.ts';
import * as shapes from './schema.ts';
import type { ColumnRule, Constraint, ContaminationPolicy } from './types.ts';
import { checkUses } from './uses.ts';

export interface NormaliseContext {
  /** Absolute path of the config. */
  readonly file: string;
  readonly directory: string;
  /** For messages: the file's name relative to where the user stands. */
  readonly displayFile: string;
  /** Of tables that name no generator. */
  readonly defaultGenerator?: GeneratorChoice;
}

/** @throws SynthError `config.unknown-key`, `config.invalid-value` or `config.invalid`, listing every problem */
export function normaliseConfig(raw: unknown, context: NormaliseContext): LoadedConfig {
  const problems: Problem[] = [];
  const project = check<shapes.ProjectShape>(shapes.projectSchema, raw, '', problems);
  const source = checkConnector(fieldOf(raw, 'source'), 'source', problems);
  const mirrors = checkConnector(fieldOf(raw, 'mirrors'), 'mirrors', problems);
  if (mirrors !== undefined && mirrors.store === undefined) {
    problems.push({
      code: 'config.invalid-value',
      where: 'mirrors',
      message: `Mirrors cannot be published to "${mirrors.name}". Use duckdb({ path: 'mirrors.duckdb' }).`,
    });
  }
  const entries = Object.entries(asRecord(fieldOf(raw, 'tables')));
  const projectAudits = checkProjectAudits(
    fieldOf(raw, 'audits'),
    entries.map(([name]) => name),
    context.directory,
    problems,
  );
  const review = checkReview(project?.review, 'review', problems) ?? { when: 'never' };
  const refit = checkRefit(project?.refit, 'refit', problems);
  const tables: LoadedTable[] = [];
  for (const [name, entry] of entries) {
    const table = normaliseTable(
      name,
      entry,
      { audits: projectAudits, review, refit, contamination: project?.contamination ?? 'refuse' },
      context,
      problems,
    );
    if (table !== undefined) tables.push(table);
  }
  if (project !== undefined && entries.length === 0) {
    problems.push({
      code: 'config.invalid-value',
      where: 'tables',
      message: 'No table is named. Add at least one, as `flights: boosted()`.',
    });
  }
  const schedule = checkSchedule(project?.schedule, 'schedule', problems);
  const scenarios = checkScenarios(
    asRecord(fieldOf(raw, 'scenarios')),
    entries.map(([name]) => name),
    problems,
  );
  const alerts = checkAlerts(
    project?.alerts,
    entries.map(([name]) => name),
    problems,
  );
  const uses = checkUses(
    asRecord(fieldOf(raw, 'uses')),
    entries.map(([name]) => name),
    problems,
  );
  for (const { name, contest } of tables) {
    const use = uses.find((one) => one.name === contest?.by);
    if (contest === undefined || (use?.kind === 'model' && use.table === name)) continue;
    const message =
      use === undefined
        ? `"${contest.by}" is not one of uses.${suggestion(
            contest.by,
            uses.map((one) => one.name),
          )}`
        : `The use "${contest.by}" must be of this table, and with a model.`;
    problems.push({ code: 'config.invalid-value', where: pathOf('tables', name, 'generator', 'by'), message });
  }
  throwProblems(problems, context.displayFile);
  if (project === undefined || source === undefined || mirrors === undefined) throw new Error('unreachable');

  return Object.freeze({
    file: context.file,
    directory: context.directory,
    source,
    mirrors,
    seed: project.seed,
    tables: Object.freeze(tables),
    auditDefaults: defaultAudits(projectAudits),
    auditPlugins: projectAudits?.plugins ?? [],
    queries: projectAudits?.queries ?? [],
    scenarios,
    alerts,
    uses: Object.freeze(uses),
    ...(project.costs === undefined ? {} : { costs: project.costs }),
    ...(schedule === undefined ? {} : { schedule }),
    ...(project.threads === undefined ? {} : { threads: project.threads }),
    ...(project.memoryLimit === undefined ? {} : { memoryLimit: project.memoryLimit }),
  });
}

function normaliseTable(
  name: string,
  entry: unknown,
  project: {
    readonly audits: ProjectAudits | undefined;
    readonly review: LoadedReview;
    readonly refit: LoadedRefit | undefined;
    readonly contamination: ContaminationPolicy;
  },
  context: NormaliseContext,
  problems: Problem[],
): LoadedTable | undefined {
  const where = pathOf('tables', name);
  const raw = fieldOf(entry, 'kind') === 'generator' ? { generator: entry } : entry;
  const table = check<shapes.TableShape>(shapes.tableSchema, raw, where, problems);
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
function checkDemand({ rows, balance, atLeast }: shapes.TableShape, where: string, problems: Problem[]): void {
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

function checkConnector(value: unknown, where: string, problems: Problem[]): Connector | undefined {
  if (shapes.connectorSchema.safeParse(value).success) return value as Connector;
  const message = value === undefined ? 'This key is missing.' : 'This is not a connector.';
  problems.push({
    code: 'config.invalid-value',
    where,
    message: `${message} Write one as \`${where}: duckdb({ path: '${where === 'source' ? 'warehouse' : 'mirrors'}.duckdb' })\`.`,
  });
  return undefined;
}

function checkGenerator(value: unknown, where: string, problems: Problem[]): GeneratorChoice | undefined {
  if (!shapes.generatorChoiceSchema.safeParse(value).success) {
    const hint =
      typeof value === 'function' ? 'Call it, as boosted().' : 'Use boosted(), reference() or another generator.';
    const what = value === undefined ? 'No generator is named.' : 'This is not a generator.';
    problems.push({ code: 'config.invalid-value', where, message: `${what} ${hint}` });
    return undefined;
  }
  const choice = value as GeneratorChoice;
  const optionsPath = `${where} (options of ${choice.generator.name})`;
  const shape = fieldOf(choice.generator.options, 'shape');
  const known = Object.keys(asRecord(shape));
  const parsed = choice.generator.options.safeParse(choice.options);
  const unknown = shape === undefined ? [] : Object.keys(choice.options).filter((key) => !known.includes(key));
  for (const key of unknown) {
    problems.push({
      code: 'config.unknown-key',
      where: pathOf(optionsPath, key),
      message: `"${key}" is not an option of ${choice.generator.name}.${suggestion(key, known)}`,
    });
  }
  if (!parsed.success) {
    const others = parsed.error.issues.filter((issue) => shape === undefined || issue.code !== 'unrecognized_keys');
    reportIssues(others, known, optionsPath, problems);
    return undefined;
  }
  return Object.freeze({ ...choice, options: Object.freeze({ ...asRecord(parsed.data) }) });
}

/** Each candidate is checked as if it stood alone. */
function checkContest({ options }: GeneratorChoice, where: string, problems: Problem[]): LoadedContest | undefined {
  const { candidates, by, within } = options as {
    candidates: readonly unknown[];
    by: string;
    within: { minutes: number; privacy: 'pass' | 'ignore' };
  };
  const checked = candidates.map((candidate, i) => {
    const place = pathOf(where, 'candidates', i);
    const choice = checkGenerator(candidate, place, problems);
    if (choice === undefined || !['contest', 'reference', 'rules'].includes(choice.generator.name)) return choice;
    problems.push({
      code: 'config.invalid-value',
      where: place,
      message: `${choice.generator.name}() cannot compete.`,
    });
    return undefined;
  });
  const whole = checked.filter((choice) => choice !== undefined);
  return whole.length < checked.length ? undefined : Object.freeze({ candidates: whole, by, ...within });
}

/** A value whose `kind` picks its schema: a column rule or a constraint object. */
function checkKind<Value>(
  schemas: typeof shapes.columnRuleSchemas,
  value: unknown,
  where: string,
  what: string,
  problems: Problem[],
): Value | undefined {
  const kind = fieldOf(value, 'kind');
  const schema = typeof kind === 'string' ? schemas[kind] : undefined;
  if (schema !== undefined) return check<Value>(schema, value, where, problems);
  problems.push({ code: 'config.invalid-value', where, message: `This is not ${what}.` });
  return undefined;
}

function checkRules(rules: Readonly<Record<string, unknown>>, where: string, problems: Problem[]) {
  const checked: Record<string, ColumnRule> = {};
  const what = "a column rule: use fake('internet.email'), expression('…'), pattern('…'), nulls() or omit()";
  for (const [column, value] of Object.entries(rules)) {
    const path = pathOf(where, column);
    const rule = checkKind<ColumnRule>(shapes.columnRuleSchemas, value, path, what, problems);
    if (rule !== undefined) checked[column] = Object.freeze(rule);
  }
  return Object.freeze(checked);
}

function checkConstraints(values: readonly unknown[], where: string, problems: Problem[]): readonly Constraint[] {
  const what = 'a constraint: use a SQL expression, unique(…), fixed(…), dependent(…) or sum(…)';
  const checked = values.map((value, index): Constraint | undefined => {
    if (typeof value === 'string' && value.trim() !== '') return value;
    return checkKind<Constraint>(shapes.constraintSchemas, value, pathOf(where, index), what, problems);
  });
  return Object.freeze(checked.filter((constraint) => constraint !== undefined));
}

function checkRelations(values: readonly unknown[], where: string, problems: Problem[]): readonly LoadedRelation[] {
  const relations: LoadedRelation[] = [];
  for (const [index, value] of values.entries()) {
    const path = pathOf(where, index);
    const relation = check<shapes.RelationShape>(shapes.relationSchema, value, path, problems);
    if (relation === undefined) continue;
    const columns = asNames(relation.columns);
    const referencedColumns = asNames(relation.referencedColumns);
    if (referencedColumns.length > 0 && referencedColumns.length !== columns.length) {
      problems.push({
        code: 'config.invalid-value',
        where: path,
        message: `${columns.length} columns cannot reference ${referencedColumns.length}.`,
      });
    }
    relations.push(Object.freeze({ columns, references: parseTableName(relation.references), referencedColumns }));
  }
  return Object.freeze(relations);
}

function rowTarget(rows: NonNullable<shapes.TableShape['rows']>): RowTarget {
  if (typeof rows === 'object')
    return { kind: 'groups', groups: Object.freeze(rows.map((group) => Object.freeze({ ...group }))) };
  if (typeof rows === 'number') return { kind: 'count', count: rows };
  return { kind: 'factor', factor: Number.parseFloat(rows) / (rows.endsWith('%') ? 100 : 1) };
}

function asNames(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : [...value];
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

// Turns what a user's synth.config.ts exports into a LoadedConfig: checked, defaults filled in, frozen. Reads nothing but
// the SQL files that the config names.
import type { GeneratorChoice } from '../generator.ts';
import { checkAlerts } from './alerts.ts';
import { checkProjectAudits, defaultAudits } from './audits.ts';
import type { LoadedConfig, LoadedTable } from './loaded.ts';
import { asRecord, fieldOf } from './objects.ts';
import { checkConnector } from './plugins.ts';
import { check, type Problem, pathOf, suggestion, throwProblems } from './problems.ts';
import { checkRefit } from './refit.ts';
import { checkReview } from './review.ts';
import { checkScenarios } from './scenarios.ts';
import { checkSchedule } from './schedule.ts';
import { type ProjectShape, projectSchema } from './schema/index.ts';
import { normaliseTable } from './table.ts';
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
  const project = check<ProjectShape>(projectSchema, raw, '', problems);
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
    if (contest === undefined || use?.table === name) continue;
    const message =
      use === undefined
        ? `"${contest.by}" is not one of uses.${suggestion(
            contest.by,
            uses.map((one) => one.name),
          )}`
        : `The use "${contest.by}" must be of this table.`;
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

// Checks what a config says of audits against the audits that there are and the tables that they will see.

import { audits as builtinAudits } from '../../audits/index.ts';
import type { Audit } from '../audit.ts';
import { unknownId } from '../audit-ids.ts';
import type { LoadedAudits, LoadedBound, LoadedConfig } from '../config/loaded.ts';
import { type Problem, pathOf, reportIssues, suggestion, throwProblems } from '../config/problems.ts';
import type { ResolvedTable } from '../config/resolve.ts';
import { nearestName } from '../errors.ts';
import { displayName } from '../schema.ts';
import { sqlAudit } from './queries.ts';

/**
 * Problems that would else show hours later, when audits run: ids, options and columns that do not exist.
 * @throws SynthError `config.unknown-audit`, `config.unknown-key`, `config.unknown-column` or `config.invalid`
 */
export function checkAuditConfig(config: LoadedConfig, tables: readonly ResolvedTable[]): void {
  const queries = config.queries.filter(({ kind }) => kind === 'audit').map(({ name }) => sqlAudit(name));
  const audits = [...builtinAudits, ...config.auditPlugins, ...queries];
  const problems = new Map<string, Problem>();
  for (const { config: table, schema } of tables) {
    const columns = schema.columns.map(({ name }) => name);
    const found: Problem[] = [];
    const where = pathOf('tables', table.name, 'audits');
    checkSettings(table.audits, config.auditDefaults, audits, where, found);
    for (const bound of table.audits.bounds) {
      // A bound without a table is for those that have the column.
      if (bound.table === undefined && !bound.where.startsWith('tables')) continue;
      checkColumns(bound, columns, displayName(schema.name), found);
    }
    for (const problem of found) problems.set(`${problem.where} ${problem.message}`, problem);
  }
  for (const problem of columnsNobodyHas(config.auditDefaults.bounds, tables)) problems.set(problem.where, problem);
  throwProblems([...problems.values()], 'synth.config.ts');
}

/** SQL audits have no options. */
type Known = Pick<Audit, 'id'> & Partial<Pick<Audit, 'options'>>;

function checkSettings(
  settings: LoadedAudits,
  project: LoadedAudits,
  audits: readonly Known[],
  where: string,
  problems: Problem[],
): void {
  const place = (key: 'severity' | 'options', id: string): string =>
    pathOf(id in project[key] ? 'audits' : where, key, id);
  for (const id of Object.keys(settings.severity)) checkName(id, audits, place('severity', id), problems);
  for (const [id, options] of Object.entries(settings.options)) {
    const audit = checkId(id, audits, place('options', id), problems);
    const parsed = audit?.options?.safeParse(options);
    if (parsed === undefined || parsed.success) continue;
    const shape = (audit?.options as { shape?: object } | undefined)?.shape;
    reportIssues(parsed.error.issues, Object.keys(shape ?? {}), place('options', id), problems);
  }
  for (const { audit, where: at } of settings.bounds) {
    checkName(audit, audits, `${at}.audit`, problems);
  }
}

/** An id, or a pattern as `fid.*`. */
function checkName(name: string, audits: readonly Known[], where: string, problems: Problem[]): void {
  const unknown = unknownId(
    name,
    audits.map(({ id }) => id),
  );
  if (unknown !== undefined) problems.push(unknownAudit(name, unknown.nearest, audits, where));
}

function checkId(id: string, audits: readonly Known[], where: string, problems: Problem[]): Known | undefined {
  const audit = audits.find((candidate) => candidate.id === id);
  if (audit !== undefined) return audit;
  const known = audits.map((candidate) => candidate.id);
  problems.push(unknownAudit(id, nearestName(id, known), audits, where));
  return undefined;
}

function unknownAudit(name: string, near: string | undefined, audits: readonly Known[], where: string): Problem {
  const known = audits.map(({ id }) => id).join(', ');
  const hint = near === undefined ? ` There are: ${known}.` : ` Did you mean "${near}"?`;
  return { code: 'config.unknown-audit', where, message: `There is no audit "${name}".${hint}` };
}

function checkColumns(bound: LoadedBound, columns: readonly string[], table: string, problems: Problem[]): void {
  for (const name of namesOf(bound)) {
    if (columns.includes(name)) continue;
    const message = `${table} has no column "${name}".${suggestion(name, columns)}`;
    problems.push({ code: 'config.unknown-column', where: `${bound.where}.column`, message });
  }
}

function columnsNobodyHas(bounds: readonly LoadedBound[], tables: readonly ResolvedTable[]): readonly Problem[] {
  const known = [...new Set(tables.flatMap(({ schema }) => schema.columns.map(({ name }) => name)))];
  return bounds.flatMap((bound) =>
    namesOf(bound)
      .filter((name) => bound.table === undefined && !known.includes(name))
      .map((name) => ({
        code: 'config.unknown-column',
        where: `${bound.where}.column`,
        message: `No table has a column "${name}".${suggestion(name, known)}`,
      })),
  );
}

/** For queries, `column` is a query's name. */
function namesOf({ audit, column }: LoadedBound): readonly string[] {
  if (column === undefined || audit === 'utl.query' || audit.startsWith('sql.')) return [];
  return typeof column === 'string' ? [column] : column;
}

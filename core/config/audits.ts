// The audit settings of a config: the project's, and each table's laid over them. Ids and options of audits are checked when
// they are known (core/run/audit-config.ts).

import type { Audit, BoundRule } from '../audit.ts';
import { severitiesOver } from '../audit-ids.ts';
import { displayName } from '../schema.ts';
import { type LoadedAudits, type LoadedBound, type LoadedQuery, parseTableName } from './loaded.ts';
import { check, type Problem, pathOf, suggestion } from './problems.ts';
import { loadQueries } from './queries.ts';
import * as shapes from './schema/index.ts';

export interface ProjectAudits {
  readonly shape: shapes.ProjectAuditsShape;
  readonly bounds: readonly LoadedBound[];
  readonly plugins: readonly Audit[];
  readonly queries: readonly LoadedQuery[];
}

/** @param tables names of the config's tables; @param directory that paths of queries start from */
export function checkProjectAudits(
  value: unknown,
  tables: readonly string[],
  directory: string,
  problems: Problem[],
): ProjectAudits | undefined {
  const shape = check<shapes.ProjectAuditsShape>(shapes.projectAuditsSchema, value ?? {}, 'audits', problems);
  if (shape === undefined) return undefined;
  const unknownTable = (where: string, name: string): void => {
    const message = `"${name}" is not a table of this config.${suggestion(name, tables)}`;
    problems.push({ code: 'config.unknown-table', where, message });
  };
  for (const name of Object.keys(shape.target)) {
    if (!tables.includes(name)) unknownTable(pathOf('audits.target', name), name);
  }
  const bounds = checkBounds(shape.bounds, shapes.projectBoundSchema, 'audits.bounds', problems);
  for (const { table, where } of bounds) {
    if (table !== undefined && !tables.some((known) => sameName(known, table))) unknownTable(`${where}.table`, table);
  }
  const queries = [
    ...loadQueries('audit', shape.sql, 'audits.sql', directory, problems),
    ...loadQueries('workload', shape.workload, 'audits.workload', directory, problems),
  ];
  for (const { table, where } of queries) {
    if (table !== undefined && !tables.some((known) => sameName(known, table))) unknownTable(`${where}.table`, table);
  }
  return { shape, bounds, plugins: shape.plugins, queries };
}

/** What holds for one table: `undefined` when its own settings are wrong. */
export function tableAudits(
  name: string,
  value: unknown,
  where: string,
  project: ProjectAudits | undefined,
  problems: Problem[],
): LoadedAudits | undefined {
  const own = check<shapes.TableAuditsShape>(shapes.tableAuditsSchema, value ?? {}, where, problems);
  if (own === undefined) return undefined;
  const bounds = checkBounds(own.bounds, shapes.tableBoundSchema, pathOf(where, 'bounds'), problems);
  return mergeAudits(name, project, { ...own, bounds });
}

/** The project's settings for tables that the config does not name. */
export function defaultAudits(project: ProjectAudits | undefined): LoadedAudits {
  return mergeAudits(undefined, project, { severity: {}, options: {}, bounds: [] });
}

function mergeAudits(
  name: string | undefined,
  project: ProjectAudits | undefined,
  own: Omit<shapes.TableAuditsShape, 'bounds'> & { readonly bounds: readonly LoadedBound[] },
): LoadedAudits {
  const shape = project?.shape;
  const options = { ...shape?.options };
  for (const [id, values] of Object.entries(own.options)) options[id] = { ...options[id], ...values };
  const target = name === undefined ? undefined : shape?.target[name];
  const shared = (project?.bounds ?? []).filter(
    ({ table }) => table === undefined || (name !== undefined && sameName(table, name)),
  );
  return Object.freeze({
    tier: own.tier ?? shape?.tier ?? 'run',
    severity: Object.freeze(severitiesOver(shape?.severity ?? {}, own.severity)),
    options: Object.freeze(options),
    bounds: Object.freeze([...shared, ...own.bounds]),
    ...(target === undefined ? {} : { target }),
  });
}

function checkBounds(
  values: readonly unknown[],
  schema: typeof shapes.tableBoundSchema,
  path: string,
  problems: Problem[],
): readonly LoadedBound[] {
  return values.flatMap((value, index): readonly LoadedBound[] => {
    const where = pathOf(path, index);
    const rule = check<BoundRule>(schema, value, where, problems);
    if (rule === undefined) return [];
    const { warnAt, failAt, warnBelow, failBelow, severity, owner, because } = rule;
    const changes = [warnAt, failAt, warnBelow, failBelow, severity, owner, because];
    if (changes.every((field) => field === undefined)) {
      const message = 'This changes nothing: give warnAt, failAt, severity, owner or because.';
      problems.push({ code: 'config.invalid-value', where, message });
    }
    return [Object.freeze({ ...rule, where })];
  });
}

/** `main.flights` and `flights` are one table. */
function sameName(a: string, b: string): boolean {
  return displayName(parseTableName(a)) === displayName(parseTableName(b));
}

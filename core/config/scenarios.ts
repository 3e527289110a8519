// Checks the scenarios of a config: names that can be schemas, tables that it has, and demands that can be read.
import { check, type Problem, pathOf, suggestion } from './problems.ts';
import * as shapes from './schema/index.ts';
import type { Scenario, ScenarioTable } from './types.ts';

export function checkScenarios(
  raw: Readonly<Record<string, unknown>>,
  tables: readonly string[],
  problems: Problem[],
): Readonly<Record<string, Scenario>> {
  const scenarios: Record<string, Scenario> = {};
  for (const [name, value] of Object.entries(raw)) {
    const where = pathOf('scenarios', name);
    const add = (at: string, message: string): void => {
      problems.push({ code: 'config.invalid-value', where: at, message });
    };
    const taken = name === 'main' || name.startsWith('synth_') || tables.some((table) => table.startsWith(`${name}.`));
    if (!/^[a-z_]\w*$/i.test(name) || taken) {
      add(where, 'A scenario names a schema of its own: letters, digits and _, and no schema that mirrors are in.');
    }
    const scenario = check<{ tables: Readonly<Record<string, unknown>> }>(
      shapes.scenarioSchema,
      value,
      where,
      problems,
    );
    const checked: Record<string, ScenarioTable> = {};
    for (const [table, entry] of Object.entries(scenario?.tables ?? {})) {
      const path = pathOf(where, 'tables', table);
      if (!tables.includes(table)) add(path, `The config has no table "${table}".${suggestion(table, tables)}`);
      const parsed = check<ScenarioTable>(shapes.scenarioTableSchema, entry, path, problems);
      if (parsed === undefined) continue;
      const asks = Object.keys(parsed.shift ?? {}).length + Object.keys(parsed.share ?? {}).length;
      if (asks === 0) add(path, 'It asks for nothing: give it shift or share.');
      for (const [column, shares] of Object.entries(parsed.share ?? {})) {
        const sum = Object.values(shares).reduce((total, share) => total + share, 0);
        if (sum > 1 + 1e-9) add(pathOf(path, 'share', column), 'The shares add up to more than 1.');
      }
      checked[table] = parsed;
    }
    if (scenario !== undefined && Object.keys(scenario.tables).length === 0) add(where, 'It names no table.');
    scenarios[name] = { tables: checked };
  }
  return Object.freeze(scenarios);
}

// Values that a condition leaves no choice of: rows are drawn with them, and weighed by how likely they are.
import { sql } from 'kysely';
import type { ColumnVector } from '../../batch.ts';
import type { Workspace } from '../../connector.ts';
import { equalities } from '../../constraints/index.ts';
import type { TablePlan } from '../plan.ts';
import { hasFinishedRules } from '../rules.ts';
import type { TableFit } from '../table-fit.ts';
import type { Condition } from './condition.ts';

/** One entry per column; undefined when there are none, or when the generator cannot draw given any columns. */
export async function fixedValues(
  workspace: Workspace,
  table: TablePlan,
  fit: TableFit,
  { where }: Condition,
): Promise<ReadonlyMap<string, ColumnVector> | undefined> {
  const { model } = fit;
  if (table.choice.generator.weigh === undefined || fit.owner !== undefined) return undefined;
  // Rows that a rule draws again would keep the weight of what they were.
  if (model === undefined || model.steps.length > 0 || hasFinishedRules(table, fit)) return undefined;
  const fixed = new Map<string, ColumnVector>();
  for (const { column, value } of await equalities(workspace, where)) {
    const schema = model.columns.find(({ name }) => name.toLowerCase() === column.toLowerCase());
    // Other types may be equal to a constant without having it as their value.
    if (schema === undefined || !['text', 'enum', 'boolean', 'integer'].includes(schema.type.kind)) continue;
    const query = sql`select cast(${sql.lit(value)} as ${sql.raw(schema.sqlType)}) as v`.compile(workspace.db);
    const batch = await workspace.read(query, [{ ...schema, name: 'v' }]).catch(() => undefined);
    const vector = batch?.columns.get('v');
    if (vector !== undefined) fixed.set(schema.name, vector);
  }
  return fixed.size === 0 ? undefined : fixed;
}

// Draws a table whose config says how many rows of which kind it wants.
import type { TablePlan } from '../plan.ts';
import { hasFinishedRules } from '../rules.ts';
import { type DrawnTable, mirrorRows } from '../sample.ts';
import type { TableFit } from '../table-fit.ts';
import { askedGroups } from './cells.ts';
import { type CollectOptions, createCollection } from './collect.ts';
import { type Condition, readCondition } from './condition.ts';

/** @throws SynthError `condition.*` for conditions that cannot be kept, `demand.too-rare` for rows that do not come up */
export async function drawDemand(table: TablePlan, fit: TableFit, options: CollectOptions): Promise<DrawnTable> {
  const read = (where: string): Promise<Condition> =>
    readCondition(where, { workspace: options.workspace, plan: options.plan, table, fit });
  const rows = mirrorRows(table, fit, options.drawn);
  const { atLeast } = table.config;
  // All are read first: a mistake in the last one is told before anything is drawn.
  const wanted: { readonly count: number; readonly condition?: Condition }[] = [];
  for (const { where, count } of askedGroups(table.config, rows) ?? [{ count: rows }]) {
    wanted.push({ count, ...(where !== undefined && { condition: await read(where) }) });
  }
  const least = atLeast === undefined ? undefined : await read(atLeast.where);
  const collection = await createCollection(table, fit, options);
  for (const { count, condition } of wanted) await collection.add(count, condition);
  if (least !== undefined) {
    const missing = (atLeast?.count ?? 0) - (await collection.count(least));
    if (missing > 0) {
      const others = rows === 0 ? 0 : await collection.drop(missing, [least]);
      await collection.add(Math.max(missing, others), least);
    }
  }
  const drawn = await collection.finish();
  return keepsFulfilling(drawn, wanted.length === 1 ? wanted[0]?.condition : undefined);
}

/** When one kind of rows was asked for, rows that rules draw again later must still be of that kind. */
function keepsFulfilling(drawn: DrawnTable, condition: Condition | undefined): DrawnTable {
  const { table, fit } = drawn;
  if (condition === undefined || condition.parents.length > 0 || !hasFinishedRules(table, fit)) return drawn;
  const constraints = [...(table.config.constraints ?? []), `(${condition.where}\n) is true`];
  return { ...drawn, table: { ...table, config: { ...table.config, constraints } } };
}

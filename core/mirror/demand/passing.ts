// Which drawn rows fulfil a condition and keep the rules, as queries of their numbers.
import { type RawBuilder, sql } from 'kysely';
import type { Workspace } from '../../connector.ts';
import { ruleColumns } from '../../constraints/index.ts';
import { displayName } from '../../schema.ts';
import type { Split } from '../../split/split.ts';
import { columnRef, relationRef } from '../../sql.ts';
import type { Finisher } from '../finish.ts';
import { OWNER, ROW } from '../names.ts';
import { finishedRules } from '../rules.ts';
import type { DrawnTable } from '../sample.ts';
import { type Condition, fulfils, type ParentColumns } from './condition.ts';

export interface Parents {
  /** Tables drawn before, by `displayName`. */
  readonly drawn: ReadonlyMap<string, DrawnTable>;
  readonly splits: ReadonlyMap<string, Split>;
}

/** Those of the drawn rows that fulfil the condition. */
export async function passingRows(
  drawn: DrawnTable,
  finisher: Finisher,
  condition: Condition,
  parents: Parents,
): Promise<RawBuilder<unknown>> {
  const own = new Set(condition.columns);
  for (const { key } of condition.parents) {
    if (key.strategy !== 'lookup') continue;
    for (const column of drawn.table.columns) if (key.columns.includes(column.schema.name)) own.add(column);
  }
  const view = await finisher.view(drawn, 'asked', [...own]);
  const joins: RawBuilder<unknown>[] = [];
  const structs: RawBuilder<unknown>[] = [];
  for (const parent of condition.parents) {
    const alias = `p${parent.key.index}`;
    const fields = parent.columns.map(
      ({ schema }) => sql`${columnRef(schema.name)} := ${columnRef(schema.name, alias)}`,
    );
    structs.push(sql`struct_pack(${sql.join(fields)}) as ${columnRef(parent.name)}`);
    joins.push(await parentJoin(finisher, drawn, parent, alias, parents));
  }
  const from = sql`select ${sql.join([sql`f.*`, ...structs])} from ${relationRef(view)} as f ${sql.join(joins, sql` `)}`;
  return sql`select ${columnRef(ROW)} from (${from}) where ${fulfils(condition.where)}`;
}

async function parentJoin(
  finisher: Finisher,
  drawn: DrawnTable,
  { key, table, columns }: ParentColumns,
  alias: string,
  parents: Parents,
): Promise<RawBuilder<unknown>> {
  if (key.strategy === 'owner') {
    const owner = parents.drawn.get(displayName(key.parent)) as DrawnTable;
    const view = await finisher.view(owner, 'asked', columns);
    return sql`join ${relationRef(drawn.raw)} as r on ${columnRef(ROW, 'r')} = ${columnRef(ROW, 'f')}
      left join ${relationRef(view)} as ${sql.id(alias)} on ${columnRef(ROW, alias)} = ${columnRef(OWNER, 'r')}`;
  }
  const copied = parents.splits.get(table.label) as Split;
  const matches = key.columns.map(
    (column, i) => sql`${columnRef(key.parentColumns[i] as string, alias)} = ${columnRef(column, 'f')}`,
  );
  return sql`left join ${relationRef(copied.all)} as ${sql.id(alias)} on ${sql.join(matches, sql` and `)}`;
}

/** Those of the rows that keep the rules of single rows. */
export async function keepingRules(
  workspace: Workspace,
  drawn: DrawnTable,
  finisher: Finisher,
  ids: RawBuilder<unknown>,
): Promise<RawBuilder<unknown>> {
  const { table, fit } = drawn;
  const mirrored = table.columns.filter(({ role }) => role.kind !== 'omitted');
  const names = mirrored.map(({ schema }) => schema.name);
  const rules = finishedRules(table, fit.keys).filter(({ expression }) => expression !== undefined);
  if (rules.length === 0) return ids;
  const named = new Set<string>();
  for (const rule of rules) for (const name of await ruleColumns(workspace, rule, names)) named.add(name);
  const view = await finisher.view(
    drawn,
    'kept',
    mirrored.filter(({ schema }) => named.has(schema.name)),
  );
  // NULL counts as kept.
  const kept = rules.map(({ expression }) => sql`(${sql.raw(expression ?? 'true')}\n) is distinct from false`);
  return sql`select ${columnRef(ROW)} from ${relationRef(view)} where ${sql.join(kept, sql` and `)}
    and ${columnRef(ROW)} in (${ids})`;
}

// Learns what the key columns of a table are like: a few aggregates in SQL, no key itself.
import { sql } from 'kysely';
import type { Relation } from '../../audit.ts';
import type { Workspace } from '../../connector.ts';
import type { ColumnSchema } from '../../schema.ts';
import { columnList, columnRef, relationRef } from '../../sql.ts';
import type { TablePlan } from '../plan.ts';
import { unlearnable } from '../roles.ts';
import { isCounted, numberKey, toWhole } from './numbers.ts';
import { learnTextKey } from './text.ts';
import type { KeySpec } from './types.ts';

/** One spec per column of the plan whose role is `key`. */
export async function learnKeys(
  workspace: Workspace,
  table: TablePlan,
  train: Relation,
  k: number,
): Promise<readonly KeySpec[]> {
  const specs: KeySpec[] = [];
  for (const { schema, role } of table.columns) {
    if (role.kind !== 'key') continue;
    specs.push(
      (role.within === undefined ? undefined : await learnWithin(workspace, train, schema, role.within)) ??
        (await learnKey(workspace, table.label, train, schema, k)),
    );
  }
  return specs;
}

/** What new keys of one column, unique on their own, are like. */
export async function learnKey(
  workspace: Workspace,
  label: string,
  train: Relation,
  schema: ColumnSchema,
  k: number,
): Promise<KeySpec> {
  const column = schema.name;
  const ref = columnRef(column);
  const { rows } = await sql<Record<string, unknown>>`
    select count(*) as "rows", count(${ref}) as "keys" from ${relationRef(train)}`.execute(workspace.db);
  const total = Number(rows[0]?.rows ?? 0);
  const keys = Number(rows[0]?.keys ?? 0);
  const nullShare = total === 0 ? 0 : 1 - keys / total;
  if (schema.type.kind === 'uuid') return { kind: 'uuid', column, nullShare };
  if (schema.type.kind === 'text') return learnTextKey(workspace, train, column, k, nullShare);
  if (!isCounted(schema)) {
    throw unlearnable(label, column, `is a key of a type from which no new keys can be made`);
  }
  const { least, most } = await range(workspace, train, schema);
  return { kind: 'number', column, nullShare, ...numberKey(schema, least, most, keys) };
}

async function range(
  workspace: Workspace,
  relation: Relation,
  schema: ColumnSchema,
): Promise<{ least: bigint; most: bigint }> {
  const { rows } = await sql<Record<string, unknown>>`
    select cast(min(${toWhole(schema)}) as varchar) as "least", cast(max(${toWhole(schema)}) as varchar) as "most"
    from ${relationRef(relation)}`.execute(workspace.db);
  return { least: BigInt(String(rows[0]?.least ?? '1')), most: BigInt(String(rows[0]?.most ?? '1')) };
}

/** A key within others: positions when nearly all groups count up by one step from one start, else learnt and kept distinct. */
async function learnWithin(
  workspace: Workspace,
  train: Relation,
  schema: ColumnSchema,
  within: readonly string[],
): Promise<KeySpec | undefined> {
  const column = schema.name;
  const ref = columnRef(column);
  const distinct = await sql<Record<string, unknown>>`
    select count(*) as "rows", count(distinct ${ref}) as "keys", count(distinct (${columnList(within)})) as "groups"
    from ${relationRef(train)}`.execute(workspace.db);
  const { rows, keys, groups } = distinct.rows[0] ?? {};
  // Unique on its own, as a line's own number beside its order's: no other column needs a look.
  if (Number(rows) > 0 && Number(keys) === Number(rows) && Number(groups) < Number(rows)) return undefined;
  if (!isCounted(schema)) return { kind: 'distinct', column, within };
  const facts = await sql<Record<string, unknown>>`
    select cast(mode("first") as varchar) as "start", cast(mode("step") as varchar) as "step",
      count(*) as "groups", count(*) filter (where "first" = (select mode(${toWhole(schema)}) from ${relationRef(train)})) as "same",
      sum("size" - 1) as "gaps", sum("even") as "even"
    from (
      select min("key") as "first", mode("step") as "step", count(*) as "size",
        count(*) filter (where "step" = "usual") as "even"
      from (
        select *, mode("step") over () as "usual" from (
          select ${columnList(within)}, ${toWhole(schema)} as "key",
            "key" - lag("key") over (partition by ${columnList(within)} order by ${ref}) as "step"
          from ${relationRef(train)}
        ) as "steps"
      ) as "usual" group by ${columnList(within)}
    ) as "groups"`.execute(workspace.db);
  const fact = facts.rows[0] ?? {};
  const even = Number(fact.even ?? 0) >= 0.9 * Number(fact.gaps ?? 0);
  const aligned = Number(fact.same ?? 0) >= 0.9 * Number(fact.groups ?? 0);
  if (even && aligned) {
    return { kind: 'position', column, within, start: String(fact.start ?? '1'), step: String(fact.step ?? '1') };
  }
  return { kind: 'distinct', column, within };
}

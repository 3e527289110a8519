// Looks at the real tables before any is learnt: what keys are like, which columns are learnt, and the views to read from.
import { sql } from 'kysely';
import type { Relation } from '../audit.ts';
import type { Workspace } from '../connector.ts';
import { displayName } from '../schema.ts';
import type { Split } from '../split/split.ts';
import { columnRef, relationRef } from '../sql.ts';
import { learnKey, learnKeys } from './keys/learn.ts';
import type { KeySpec } from './keys/types.ts';
import { createLearntView, createLookup, type LearntColumn, learntColumns } from './learnt.ts';
import type { FamilyPlan, TablePlan } from './plan.ts';
import { unlearnable } from './roles.ts';

export interface PreparedTable {
  readonly keys: readonly KeySpec[];
  readonly learnt: readonly LearntColumn[];
  /** Keys of copied parents, by number of the foreign key. */
  readonly lookups: ReadonlyMap<number, Relation>;
  readonly notes: readonly string[];
}

export interface PrepareOptions {
  readonly workspace: Workspace;
  readonly plan: FamilyPlan;
  /** By `displayName`. */
  readonly splits: ReadonlyMap<string, Split>;
  readonly k: (table: TablePlan) => number;
  /** What to do with text that hardly repeats: stop with an error, or make text of the same shape. */
  readonly freeText: 'error' | 'pattern';
}

/** Fewer values than this say nothing about whether they repeat. */
const leastValues = 50;

/** By `displayName`. @throws SynthError `plan.unsupported-column` for text that cannot be learnt */
export async function prepareFamily(options: PrepareOptions): Promise<ReadonlyMap<string, PreparedTable>> {
  const { workspace, plan } = options;
  const prepared = new Map<string, PreparedTable>();
  for (const table of plan.tables) {
    if (table.reference) continue;
    const train = trainOf(options.splits, table.label);
    const k = options.k(table);
    const lookups = await createLookups(workspace, table, options.splits);
    const keys = [...(await learnKeys(workspace, table, train, k))];
    const notes: string[] = [];
    for (const { schema } of learntColumns(table, keys).filter(({ lookup }) => lookup === undefined)) {
      if (schema.type.kind !== 'text' || !(await hardlyRepeats(workspace, train, schema.name, k))) continue;
      if (options.freeText === 'error') throw unlearnable(table.label, schema.name, 'holds text that hardly repeats');
      keys.push(await learnKey(workspace, table.label, train, schema, k));
      notes.push(
        `"${schema.name}" of ${table.label} holds text that hardly repeats: the mirror has other text of the same shape.`,
      );
    }
    const learnt = learntColumns(table, keys);
    await createLearntView(workspace, table, learnt, train, lookups);
    prepared.set(table.label, { keys, learnt, lookups, notes });
  }
  return prepared;
}

/** Creates the lookups of a table's foreign keys into copied tables. */
export async function createLookups(
  workspace: Workspace,
  table: TablePlan,
  splits: ReadonlyMap<string, Split>,
): Promise<ReadonlyMap<number, Relation>> {
  const lookups = new Map<number, Relation>();
  for (const key of table.foreignKeys) {
    if (key.strategy !== 'lookup') continue;
    lookups.set(key.index, await createLookup(workspace, key, trainOf(splits, displayName(key.parent))));
  }
  return lookups;
}

export function trainOf(splits: ReadonlyMap<string, Split>, label: string): Relation {
  const split = splits.get(label);
  if (split === undefined) throw new Error(`The table ${label} was not split.`);
  return split.train;
}

/** Mostly unique, and no value frequent enough to be learnt. */
async function hardlyRepeats(workspace: Workspace, train: Relation, column: string, k: number): Promise<boolean> {
  const ref = columnRef(column);
  const counted = await sql<{ n: unknown; different: unknown }>`
    select count(${ref}) as n, count(distinct ${ref}) as different from ${relationRef(train)}`.execute(workspace.db);
  const n = Number(counted.rows[0]?.n ?? 0);
  if (n < leastValues || Number(counted.rows[0]?.different ?? 0) <= n / 2) return false;
  const frequent = await sql<{ n: unknown }>`
    select max(n) as n from (select count(*) as n from ${relationRef(train)} where ${ref} is not null group by ${ref}) as counts
  `.execute(workspace.db);
  return Number(frequent.rows[0]?.n ?? 0) < k;
}

// Steers a search by what its condition says of single columns: rows are drawn with that, and each stays with a chance in
// proportion to how likely it was (rejection sampling), so that those that stay are what was learnt, given the condition.
import { type RawBuilder, sql } from 'kysely';
import type { Workspace } from '../../connector.ts';
import { columnRef, doubleLiteral, relationRef } from '../../sql.ts';
import { ROW, scratch, WEIGHT } from '../names.ts';
import type { TablePlan } from '../plan.ts';
import type { DrawnTable } from '../sample.ts';
import type { TableFit } from '../table-fit.ts';
import { nulls } from '../vectors.ts';
import { mostBatch, neverLearnt, type Search } from './budget.ts';
import type { Condition } from './condition.ts';
import { amongColumns, type Pinned } from './pinned.ts';

export interface Steering {
  readonly pinned: Pinned;
  readonly search: { tried: number; found: number };
  /** The weight from which on a row stays for sure; 0 until enough rows were weighed. */
  readonly bound: number;
  /** Rows drawn to be weighed. */
  readonly weighed: number;
  /** The share of what was learnt that fulfils the condition. */
  readonly share?: number;
}

export function steerBy(pinned: Pinned): Steering {
  return { pinned, search: { tried: 0, found: 0 }, bound: 0, weighed: 0 };
}

/** Rows to draw next where those that were weighed did not tell enough. */
export function nextBatch(steering: Steering | undefined): number | undefined {
  return steering !== undefined && steering.bound === 0 && steering.weighed > 0 ? mostBatch : undefined;
}

/**
 * Share of all weight that may lie beyond the bound, where rows stay less often than they should: shares of what stays are
 * off by this at most, and few rows of great weight do not make all others stay away.
 */
const mostBeyond = 0.001;
/** Rows that stay, per row that comes up as learnt: children are drawn as learnt besides. */
const leastGain = 2;
/** Rows that must stay of those weighed for their bound to be believed. */
const leastKept = 200;

/**
 * Looks at the weights of a first batch, and of those before it that did not do: how to go on, or undefined where few rows
 * carry the weight, or no more come of it than of draws as learnt.
 * @param passing numbers of the drawn rows that fulfil the condition
 */
export async function judgeWeights(
  workspace: Workspace,
  steering: Steering,
  drawn: DrawnTable,
  passing: RawBuilder<unknown>,
  plain: Search,
): Promise<Steering | undefined> {
  const weight = columnRef(WEIGHT);
  const weights = relationRef(scratch(workspace, 'weights', drawn.table.label));
  // Whole numbers add up to the same in any order.
  const next = sql`select cast(${weight} * 1e24 as hugeint) as w from ${relationRef(drawn.raw)}
    where ${columnRef(ROW)} in (${passing})`;
  const into = steering.weighed === 0 ? sql`create or replace table ${weights} as` : sql`insert into ${weights}`;
  await workspace.execute(sql`${into} ${next}`.compile(workspace.db));
  const { rows } = await sql<{ sum: unknown; bound: unknown }>`
    with running as (
      select w, sum(w) over heavier - w * row_number() over heavier as beyond, sum(w) over () as total
      from ${weights} window heavier as (order by w desc rows unbounded preceding)
    )
    select cast(any_value(total) as double) / 1e24 as sum,
      cast(min(w) filter (where beyond <= total * ${sql.lit(mostBeyond)}) as double) / 1e24 as bound
    from running`.execute(workspace.db);
  const sum = Number(rows[0]?.sum ?? 0);
  const bound = Number(rows[0]?.bound ?? 0);
  const kept = bound > 0 ? sum / bound : 0;
  const weighed = steering.weighed + drawn.rows;
  if (kept >= leastKept) {
    const pays = kept / weighed > (leastGain * plain.found) / plain.tried;
    return pays ? { ...steering, bound, weighed, share: sum / weighed } : undefined;
  }
  // More rows may tell.
  const isHopeless = kept === 0 || weighed >= mostBatch || kept / weighed <= plain.found / plain.tried;
  return isHopeless ? undefined : { ...steering, weighed };
}

/** Those of the rows that stay. */
export function thinnedByWeight(drawn: DrawnTable, ids: RawBuilder<unknown>, bound: number): RawBuilder<unknown> {
  const word = sql`md5_number_lower(concat(${sql.lit(`${drawn.seed}/`)}, ${columnRef(ROW)})) % 4294967296`;
  return sql`select ${columnRef(ROW)} from ${relationRef(drawn.raw)} where ${columnRef(ROW)} in (${ids})
    and ${word} < ${doubleLiteral(4294967296 / bound)} * ${columnRef(WEIGHT)}`;
}

/** @throws SynthError `demand.never-learnt` for a column whose learnt values are all outside what the condition asks of it */
export async function refuseUnlearnt(
  workspace: Workspace,
  table: TablePlan,
  { model }: TableFit,
  { where }: Condition,
): Promise<void> {
  const { generator } = table.choice;
  // Columns that rules replace are learnt under other names.
  if (generator.weigh === undefined || model === undefined) return;
  const among = await amongColumns(workspace, model.columns, where);
  if (among.size === 0) return;
  const context = { rowCount: 1, columns: new Map(model.context.map((schema) => [schema.name, nulls(schema, 1)])) };
  // A later attempt: what draws as learnt are moved by is of no account here.
  const request = { rowIds: Float64Array.of(0), attempt: 1, ...(model.context.length > 0 && { context }) };
  const fitted = generator.deserialise(model.bytes);
  const { logWeights } = generator.weigh(fitted, request, { seed: 0, table: table.name }, among);
  if (logWeights[0] === Number.NEGATIVE_INFINITY) throw neverLearnt(table.label, where);
}

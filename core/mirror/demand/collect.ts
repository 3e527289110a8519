// Collects rows that were asked for: draws candidates in growing batches and keeps those that fulfil a condition.
import { type RawBuilder, sql } from 'kysely';
import type { Relation } from '../../audit.ts';
import { brokenRows, ruleColumns } from '../../constraints/index.ts';
import { hashText } from '../../random.ts';
import { displayName } from '../../schema.ts';
import type { Split } from '../../split/split.ts';
import { columnRef, relationRef } from '../../sql.ts';
import { rawColumns } from '../drawn-columns.ts';
import { createFinisher, createTable, type Finisher } from '../finish.ts';
import type { ColumnMaker } from '../made.ts';
import { countColumn, ELDER, NUMBER, OWNER, ROW, scratch } from '../names.ts';
import type { FamilyPlan, TablePlan } from '../plan.ts';
import { writeIds } from '../redraw.ts';
import type { ColumnPlan } from '../roles.ts';
import { finishedRules } from '../rules.ts';
import { type DrawnTable, type DrawOptions, drawTable } from '../sample.ts';
import type { TableFit } from '../table-fit.ts';
import { batchRows, giveUp, leastTries, type Search, tooAlike } from './budget.ts';
import type { Condition } from './condition.ts';
import { keepingRules, passingRows } from './passing.ts';
import { pinnedColumns } from './pinned.ts';
import { judgeWeights, nextBatch, refuseUnlearnt, type Steering, steerBy, thinnedByWeight } from './steer.ts';

export interface CollectOptions extends DrawOptions {
  readonly plan: FamilyPlan;
  readonly splits: ReadonlyMap<string, Split>;
  readonly lookups: ReadonlyMap<string, ReadonlyMap<number, Relation>>;
  readonly maker?: ColumnMaker;
  /** Most rows to draw for one condition; see {@link giveUp}. */
  readonly tries?: number;
}

/**
 * Most rows that rules have drawn again for a search to be steered, as a share: parts of such rows stay as they were, so that
 * beginnings which break rules often are as frequent as ever, but are not among rows of which those that break a rule go.
 */
const mostRedrawn = 0.05;

/** Rows of one table, collected in parts. */
export interface Collection {
  readonly rows: number;
  /** Adds exactly `count` rows, each fulfilling the condition. @throws SynthError `demand.too-rare` */
  add(count: number, condition?: Condition): Promise<Search>;
  /** How many of the rows fulfil the condition. */
  count(condition: Condition): Promise<number>;
  /** Takes away `count` rows, picked by chance, that fulfil none of the conditions. Returns how many there were to take. */
  drop(count: number, spared: readonly Condition[]): Promise<number>;
  /** A table of the rows as they are now: their numbers and these columns, finished. */
  snapshot(columns: readonly ColumnPlan[]): Promise<Relation>;
  /** Takes away all but these, by their places in the order of their numbers. */
  keep(places: Uint32Array): Promise<void>;
  /** The rows as a drawn table, numbered anew; in a random order when they were added in several parts. */
  finish(): Promise<DrawnTable>;
}

export async function createCollection(table: TablePlan, fit: TableFit, options: CollectOptions): Promise<Collection> {
  const { workspace } = options;
  const { label } = table;
  const collected = scratch(workspace, 'collected', label);
  const names = [ROW, ...rawColumns(table, fit).map(({ name }) => name)];
  const run = (query: RawBuilder<unknown>): Promise<void> => workspace.execute(query.compile(workspace.db));
  const number = async (query: RawBuilder<unknown>): Promise<number> => {
    const { rows } = await sql<{ n: unknown }>`select (${query}) as n`.execute(workspace.db);
    return Number(rows[0]?.n ?? 0);
  };
  await run(sql`drop table if exists ${relationRef(collected)}`);
  await createTable(run, collected, [
    countColumn(ROW, false),
    ...rawColumns(table, fit).map((column) => ({ ...column, nullable: true })),
  ]);
  let rows = 0;
  let next = 0;
  let batches = 0;
  let parts = 0;

  const mostAtOnce = usualRows(table, fit, options.drawn);

  const finisherOf = (drawn: DrawnTable): Finisher =>
    createFinisher({
      workspace,
      pool: options.pool,
      drawn: new Map([...options.drawn, [label, drawn]]),
      lookups: options.lookups,
      ...(options.maker && { maker: options.maker }),
    });
  const gathered = (): DrawnTable => ({ table, fit, raw: collected, rows, seed: options.seed });

  const passing = (drawn: DrawnTable, finisher: Finisher, condition: Condition): Promise<RawBuilder<unknown>> =>
    passingRows(drawn, finisher, condition, options);

  /** Of rows that are too much alike across batches, the first stays; keys that are made later cannot collide. */
  async function dropRepeated(): Promise<void> {
    const settled = table.columns.filter(({ schema, role }) => {
      if (role.kind === 'omitted') return false;
      if (role.kind === 'foreign')
        return table.foreignKeys.some((key) => key.index === role.key && key.strategy !== 'link');
      return role.kind !== 'rule' && !fit.keys.some((key) => key.column === schema.name && key.kind !== 'distinct');
    });
    for (const rule of finishedRules(table, fit.keys)) {
      if (rule.expression !== undefined) continue;
      const named = await ruleColumns(workspace, rule, names);
      const columns = [...new Set([...named, ...(rule.dependency?.determinant ?? [])])];
      const plans = settled.filter(({ schema }) => columns.includes(schema.name));
      if (plans.length < columns.length) continue;
      const drawn = gathered();
      const broken = await brokenRows(workspace, await finisherOf(drawn).view(drawn, 'alike', plans), ROW, rule);
      if (broken.length === 0) continue;
      const ids = await writeIds(workspace, label, broken);
      await run(
        sql`delete from ${relationRef(collected)} where ${columnRef(ROW)} in (select ${columnRef(ROW)} from ${ids})`,
      );
      rows -= broken.length;
    }
  }

  return {
    get rows() {
      return rows;
    },
    async add(count, condition) {
      parts += 1;
      const before = rows;
      const search: { tried: number; found: number } = { tried: 0, found: 0 };
      let redrawnRows = 0;
      if (condition !== undefined) await refuseUnlearnt(workspace, table, fit, condition);
      // Once it is known how rows come up as they are learnt, others are drawn with what the condition says of columns.
      let steering: Steering | undefined;
      let maySteer = condition !== undefined;
      while (rows - before < count) {
        const missing = count - (rows - before);
        if (condition !== undefined) {
          const found = { count, have: rows - before, plain: search };
          const { tries } = options;
          giveUp(label, condition.where, {
            ...found,
            ...(steering && { steered: steering.search }),
            ...(steering?.share !== undefined && { share: steering.share }),
            ...(tries !== undefined && { tries }),
          });
          if (maySteer && search.tried > 0) {
            maySteer = false;
            if (search.found > 0 && redrawnRows > mostRedrawn * search.tried) continue;
            const pinned = await pinnedColumns(workspace, table, fit, condition, search.found > 0);
            steering = pinned && steerBy(pinned);
          }
        } else if (search.tried > 20 * count + leastTries) throw tooAlike(label, count, rows - before);
        const wanted =
          condition === undefined && search.tried === 0
            ? missing
            : (nextBatch(steering) ?? batchRows(missing, steering?.search ?? search));
        const tried = search.tried + (steering?.search.tried ?? 0);
        const left = condition === undefined ? wanted : (options.tries ?? wanted + tried) - tried;
        const size = Math.min(wanted, mostAtOnce, Math.max(1, left));
        const seed = hashText(`${label}/${batches++}`, options.seed);
        const sized: TablePlan = { ...table, config: { ...table.config, rows: size } };
        const drawn = await drawTable(sized, fit, {
          ...options,
          seed,
          progress: () => {},
          ...(steering && { pinned: steering.pinned }),
        });
        if (drawn.rows === 0) throw tooAlike(label, count, rows - before);
        const finisher = finisherOf(drawn);
        // Rows that are drawn again would keep the weight of what they were: steered ones that break a rule go.
        const redrawn = steering === undefined ? await finisher.keep(drawn) : 0;
        let ids =
          condition === undefined
            ? sql`select ${columnRef(ROW)} from ${relationRef(drawn.raw)}`
            : await passing(drawn, finisher, condition);
        if (steering !== undefined) {
          ids = await keepingRules(workspace, drawn, finisher, ids);
          if (steering.bound === 0) {
            steering = await judgeWeights(workspace, steering, drawn, ids, search);
            if (steering === undefined || steering.bound === 0) continue;
          }
          ids = thinnedByWeight(drawn, ids, steering.bound);
        }
        const found = await number(sql`select count(*) from (${ids})`);
        redrawnRows += redrawn;
        const counted = steering?.search ?? search;
        counted.tried += drawn.rows;
        counted.found += found;
        const values = names.map((name) => {
          if (name === ROW) return sql`row_number() over (order by ${columnRef(ROW)}) - 1 + ${sql.lit(next)}`;
          // An elder sibling may not be among those that stay.
          return name === ELDER ? sql`cast(null as bigint)` : columnRef(name);
        });
        // Rows of one parent stand together: the first ones alone would be children of the first parents alone.
        const order =
          fit.owner === undefined
            ? columnRef(ROW)
            : sql`md5_number_lower(concat(${sql.lit(`${seed}/`)}, ${columnRef(ROW)})), ${columnRef(ROW)}`;
        await run(sql`insert into ${relationRef(collected)} select ${sql.join(values)} from (
            select * from ${relationRef(drawn.raw)} where ${columnRef(ROW)} in (${ids}) order by ${order} limit ${sql.lit(missing)})
          order by ${columnRef(ROW)}`);
        next += missing;
        rows += Math.min(found, missing);
        await dropRepeated();
        options.progress(rows, before + count);
      }
      return search;
    },
    async count(condition) {
      const drawn = gathered();
      return number(sql`select count(*) from (${await passing(drawn, finisherOf(drawn), condition)})`);
    },
    async drop(count, spared) {
      const drawn = gathered();
      const keep: RawBuilder<unknown>[] = [];
      for (const [i, condition] of spared.entries()) {
        const kept = scratch(workspace, `spared_${i}`, label);
        await run(
          sql`create or replace table ${relationRef(kept)} as ${await passing(drawn, finisherOf(drawn), condition)}`,
        );
        keep.push(sql`select ${columnRef(ROW)} from ${relationRef(kept)}`);
      }
      const others = sql`select ${columnRef(ROW)} from ${relationRef(collected)}
        where ${columnRef(ROW)} not in (${sql.join(keep, sql` union all `)})
        order by ${shuffled(options.seed)} limit ${sql.lit(count)}`;
      const there = await number(sql`select count(*) from (${others})`);
      await run(sql`delete from ${relationRef(collected)} where ${columnRef(ROW)} in (${others})`);
      rows -= there;
      return there;
    },
    async snapshot(columns) {
      const drawn = gathered();
      const relation = scratch(workspace, 'snapshot', label);
      const view = await finisherOf(drawn).view(drawn, 'asked', columns);
      await run(sql`create or replace table ${relationRef(relation)} as
        select * from ${relationRef(view)} order by ${columnRef(ROW)}`);
      return relation;
    },
    async keep(places) {
      const ids = await writeIds(workspace, label, Float64Array.from(places));
      await run(sql`delete from ${relationRef(collected)} where ${columnRef(ROW)} not in (
        select ${columnRef(ROW)} from (
          select ${columnRef(ROW)}, row_number() over (order by ${columnRef(ROW)}) - 1 as place from ${relationRef(collected)}
        ) where place in (select ${columnRef(ROW)} from ${ids}))`);
      rows = places.length;
    },
    async finish() {
      const numbered = scratch(workspace, 'numbered', label);
      const order = parts > 1 ? shuffled(options.seed) : columnRef(ROW);
      const values = names.map((name) => {
        if (name === ROW) return sql`row_number() over (order by ${order}, ${columnRef(ROW)}) - 1 as ${columnRef(ROW)}`;
        if (name !== NUMBER) return columnRef(name);
        return sql`case when ${columnRef(OWNER)} is not null then row_number() over (
          partition by ${columnRef(OWNER)} order by ${columnRef(NUMBER)}, ${columnRef(ROW)}) end as ${columnRef(NUMBER)}`;
      });
      await run(sql`create or replace table ${relationRef(numbered)} as
        select ${sql.join(values)} from ${relationRef(collected)} order by 1`);
      await run(sql`drop table ${relationRef(collected)}`);
      return { table, fit, raw: numbered, rows, seed: options.seed };
    },
  };
}

/** Parents that are given more events than they have live longer than anybody does: other draws are made instead. */
function usualRows(table: TablePlan, fit: TableFit, drawn: ReadonlyMap<string, DrawnTable>): number {
  const key = table.foreignKeys.find(({ index }) => index === fit.owner?.key);
  const owner = key === undefined ? undefined : drawn.get(displayName(key.parent));
  if (owner === undefined || fit.owner?.sequence === undefined || owner.fit.sourceRows === 0)
    return Number.POSITIVE_INFINITY;
  return Math.max(1, Math.round((fit.sourceRows * owner.rows) / owner.fit.sourceRows));
}

/** A random order that any engine gives alike. */
function shuffled(seed: number): RawBuilder<unknown> {
  return sql`md5(concat(${sql.lit(`${seed}/`)}, ${columnRef(ROW)}))`;
}

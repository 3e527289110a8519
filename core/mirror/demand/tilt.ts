// Draws a table under a scenario: a pool of rows as learnt, of which those are kept that meet the demand with least change.
import { type RawBuilder, sql } from 'kysely';
import type { Relation } from '../../audit.ts';
import type { ScenarioTable } from '../../config/types.ts';
import type { Workspace } from '../../connector.ts';
import { SynthError } from '../../errors.ts';
import type { ColumnSchema } from '../../schema.ts';
import { columnRef, doubleLiteral, relationRef } from '../../sql.ts';
import { vectorOf } from '../buckets.ts';
import { ROW, scratch } from '../names.ts';
import type { TablePlan } from '../plan.ts';
import { type DrawnTable, mirrorRows } from '../sample.ts';
import type { TableFit } from '../table-fit.ts';
import { type CollectOptions, createCollection } from './collect.ts';
import { readCondition } from './condition.ts';
import { scenarioColumns, type Targets, targetsOf } from './targets.ts';
import { pickRows, solveTilt, type Tilt } from './tilt-solve.ts';

export interface MetTarget {
  readonly title: string;
  readonly before: number;
  readonly wanted: number;
  readonly got: number;
}

export interface Tilted {
  readonly drawn: DrawnTable;
  readonly targets: readonly MetTarget[];
  /** Kish's effective number of rows in the pool that the rows were picked from. */
  readonly effective: number;
  readonly pool: number;
  /** How much more often than before a row comes, up to a factor: an expression over a row of the table. */
  readonly weight: RawBuilder<number>;
}

const mostFeatures = 100;
/** A pool has at most so many rows, or twice as many as are wanted. */
const mostPool = 1_000_000;
/** Least effective rows per row wanted: with fewer, few rows would stand for many. */
const leastEffective = 0.5;
/** Most of the rows that may be wanted again before the pool is made larger. */
const mostTwice = 0.001;
const tolerance = 0.01;

/**
 * @throws SynthError `scenario.*` for columns that are not there, and for demands that what was learnt cannot meet; and those
 *   of conditions
 */
export async function tiltTable(
  table: TablePlan,
  fit: TableFit,
  scenario: ScenarioTable,
  options: CollectOptions,
): Promise<Tilted> {
  const { workspace } = options;
  const { label } = table;
  const columns = new Set(scenarioColumns(table, scenario));
  const settled = [...columns].map(({ schema }) => `"${schema.name.replaceAll('"', '""')}" is null`).join(' or ');
  const input = { workspace, plan: options.plan, table, fit };
  // Keys, fakes and the like are refused as in any condition.
  await readCondition(settled, input);
  if (scenario.where !== undefined) {
    const condition = await readCondition(scenario.where, input);
    if (condition.parents.length > 0) {
      throw new SynthError('scenario.parent', `The scenario's where of ${label} names columns of a parent.`, {
        hint: `Name columns of ${label}, or move the parent itself.`,
      });
    }
    for (const column of condition.columns) columns.add(column);
  }
  const rows = mirrorRows(table, fit, options.drawn);
  const most = Math.max(2 * rows, mostPool);
  const collection = await createCollection(table, fit, options);
  for (let size = Math.min(most, Math.max(4 * rows, 20_000)); ; size = Math.min(most, 4 * size)) {
    await collection.add(size - collection.rows);
    const pool = await collection.snapshot([...columns]);
    const targets = await targetsOf(workspace, table, scenario, pool);
    const features = await readFeatures(workspace, label, targets, pool, size);
    const tilt = solveTilt(features, size);
    const enough = tilt !== undefined && tilt.effective >= leastEffective * rows;
    // A larger pool has other rows in place of those that would be wanted twice.
    if (size < most && !(enough && wantedTwice(tilt.weights, rows) < mostTwice)) continue;
    if (tilt === undefined) {
      throw new SynthError(
        'scenario.unreachable',
        `What the scenario asks of ${label} cannot be met by rows that were learnt.`,
        {
          hint: 'Ask for less, or check that its means and shares do not contradict each other.',
        },
      );
    }
    if (!enough) throw tooFar(label, rows, tilt.effective, size);
    await collection.keep(pickRows(features, tilt.weights, rows, options.seed));
    const kept = await collection.snapshot([...columns]);
    const met = await meet(workspace, label, targets, kept);
    return {
      drawn: await collection.finish(),
      targets: met,
      effective: Math.round(tilt.effective),
      pool: size,
      weight: weightOf(targets, tilt),
    };
  }
}

/** Share of the rows wanted that rows of great weight would have to be picked for again. */
function wantedTwice(weights: Float64Array, rows: number): number {
  let sum = 0;
  for (const weight of weights) sum += Math.max(0, rows * weight - 1);
  return sum / rows;
}

async function readFeatures(
  workspace: Workspace,
  label: string,
  { features }: Targets,
  pool: Relation,
  rows: number,
): Promise<readonly Float64Array[]> {
  if (features.length > mostFeatures) {
    throw new SynthError('scenario.too-much', `The scenario binds ${label} in ${features.length} ways at once.`, {
      hint: `Freeze fewer columns: at most ${mostFeatures} levels and bins in all.`,
    });
  }
  const relation = scratch(workspace, 'features', label);
  const columns = features.map(
    (_, i): ColumnSchema => ({ name: `f${i}`, sqlType: 'DOUBLE', type: { kind: 'float', bits: 64 }, nullable: false }),
  );
  const values = features.map(({ value }, i) => sql`cast(${value} as double) as ${columnRef(`f${i}`)}`);
  await workspace.execute(
    sql`create or replace table ${relationRef(relation)} as select ${sql.join(values)} from ${relationRef(pool)}
      order by ${columnRef(ROW)}`.compile(workspace.db),
  );
  const batch = await workspace.read(sql`select * from ${relationRef(relation)}`.compile(workspace.db), columns);
  return columns.map(({ name }) => {
    const vector = vectorOf(batch, name);
    return vector.kind === 'number' ? vector.values : new Float64Array(rows);
  });
}

function weightOf({ features }: Targets, { lambda }: Tilt): RawBuilder<number> {
  const terms = features.map(({ value }, i) => sql`${doubleLiteral(lambda[i] as number)} * (${value})`);
  return sql<number>`exp(least(700.0, ${sql.join(terms, sql` + `)}))`;
}

async function meet(
  workspace: Workspace,
  label: string,
  { promises }: Targets,
  kept: Relation,
): Promise<readonly MetTarget[]> {
  const measures = promises.map(({ measure }, i) => sql`cast(${measure} as double) as ${sql.id(`m${i}`)}`);
  const { rows } = await sql<Record<string, unknown>>`select ${sql.join(measures)} from ${relationRef(kept)}`.execute(
    workspace.db,
  );
  return promises.map(({ title, before, wanted }, i) => {
    const got = Number(rows[0]?.[`m${i}`] ?? 0);
    if (Math.abs(got - wanted) <= tolerance * Math.max(Math.abs(wanted), Math.abs(before - wanted))) {
      return { title, before, wanted, got };
    }
    const plain = (value: number): string => Number(value.toPrecision(4)).toLocaleString('en');
    throw new SynthError(
      'scenario.unmet',
      `The scenario's ${title} of ${label} comes to ${plain(got)} instead of ${plain(wanted)}: more than 1 % off.`,
      { hint: `Few rows cannot meet it: set rows of ${label} to more, or ask for less.` },
    );
  });
}

function tooFar(label: string, rows: number, effective: number, pool: number): SynthError {
  const many = (n: number): string => Math.round(n).toLocaleString('en');
  return new SynthError(
    'scenario.too-far',
    `What the scenario asks of ${label} is too far from what was learnt: of ${many(pool)} rows, the weight lies on as few as ${many(effective)}, for ${many(rows)} rows wanted.`,
    { hint: `Ask for less, or set rows of ${label}: at most ${many(Math.floor(effective / leastEffective))}.` },
  );
}

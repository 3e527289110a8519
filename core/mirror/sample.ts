// Draws the rows of one table into a scratch relation: row numbers, learnt columns and owners, before keys are made.

import { sql } from 'kysely';
import type { Relation } from '../audit.ts';
import type { ColumnBatch, ColumnVector } from '../batch.ts';
import type { Workspace } from '../connector.ts';
import { SynthError } from '../errors.ts';
import type { WorkerPool } from '../pool.ts';
import { hashText } from '../random.ts';
import { type ColumnSchema, displayName } from '../schema.ts';
import { columnRef, relationRef } from '../sql.ts';
import { blockRows, drawBlocks, type Models } from './blocks.ts';
import { vectorOf } from './buckets.ts';
import { adjustCounts, type FamilySizes, requestedRows } from './counts.ts';
import { drawWeights } from './degrees.ts';
import type { Pinned } from './demand/pinned.ts';
import type { Block } from './draw.ts';
import {
  bucketColumn,
  CHILDREN,
  countColumn,
  ELDER,
  labelColumn,
  modelColumn,
  NUMBER,
  OWNER,
  POSITION,
  ROW,
  SIBLINGS,
  scratch,
  WEIGHT,
} from './names.ts';
import type { TablePlan } from './plan.ts';
import { hasFinishedRules } from './rules.ts';
import { blockSequence, rememberedColumns } from './sequence/block.ts';
import type { OwnerFit, TableFit } from './table-fit.ts';

export interface DrawnTable {
  readonly table: TablePlan;
  readonly fit: TableFit;
  /** With the row number and {@link rawColumns}. */
  readonly raw: Relation;
  readonly rows: number;
  /** Of its draws, keys, links and made columns. */
  readonly seed: number;
  /** Nothing else was asked for, of it or of its owners: rows are as they were learnt. */
  readonly asLearnt?: boolean;
}

export interface DrawOptions {
  readonly workspace: Workspace;
  readonly pool: WorkerPool;
  readonly seed: number;
  /** Tables drawn before, by `displayName`. */
  readonly drawn: ReadonlyMap<string, DrawnTable>;
  /** See {@link Block.pinned}. */
  readonly pinned?: Pinned;
  /** Called with the rows drawn so far. */
  progress(rows: number, totalRows: number): void;
}

/** The columns of a drawn relation besides the row number. */
export function rawColumns(table: TablePlan, fit: TableFit): readonly ColumnSchema[] {
  const helpers =
    fit.owner === undefined ? [] : [OWNER, NUMBER, POSITION, SIBLINGS, ELDER].map((name) => countColumn(name, true));
  return [...modelColumns(table, fit), ...keptColumns(table, fit), ...rememberedColumns(table, fit), ...helpers];
}

/** Columns of the generator that are none of the source's, kept where rules may need parts of rows to be drawn again. */
export function keptColumns(table: TablePlan, fit: TableFit): readonly ColumnSchema[] {
  if (fit.model === undefined || fit.model.steps.length === 0 || !hasFinishedRules(table, fit)) return [];
  const names = new Set(modelColumns(table, fit).map(({ name }) => name));
  return fit.model.columns
    .filter(({ name }) => !names.has(name))
    .map((one) => ({ ...one, name: modelColumn(one.name) }));
}

/** Columns of the source and bucket labels, as they come out of the generator once transforms are undone. */
export function modelColumns(table: TablePlan, fit: TableFit): readonly ColumnSchema[] {
  if (fit.model === undefined) return [];
  const nullable = (key: number): boolean => table.foreignKeys.find(({ index }) => index === key)?.nullable ?? true;
  return [
    ...fit.learnt.map(({ schema }) => schema),
    ...fit.links.filter(({ learnt }) => learnt).map(({ key }) => labelColumn(bucketColumn(key), nullable(key))),
  ];
}

export function mirrorRows(table: TablePlan, fit: TableFit, drawn: ReadonlyMap<string, DrawnTable>): number {
  const key = table.foreignKeys.find(({ index }) => index === fit.owner?.key);
  const owner = key === undefined ? undefined : drawn.get(displayName(key.parent));
  const factor = owner === undefined || owner.fit.sourceRows === 0 ? 1 : owner.rows / owner.fit.sourceRows;
  return requestedRows(table.label, table.config.rows, fit.sourceRows, fit.sourceRows * factor);
}

/** Drawn tables with more values than this stand in a file until the mirror is written. */
const cellsInMemory = 10_000_000;

export async function drawTable(table: TablePlan, fit: TableFit, options: DrawOptions): Promise<DrawnTable> {
  const { workspace, pool } = options;
  const wanted = mirrorRows(table, fit, options.drawn);
  if (wanted > 0 && fit.sourceRows === 0) {
    throw new SynthError('mirror.nothing-learnt', `The source of ${table.label} has no rows, so none can be drawn.`, {
      hint: `Leave out rows of ${table.label}, or load its source first.`,
    });
  }
  const weight: ColumnSchema = { name: WEIGHT, sqlType: 'DOUBLE', type: { kind: 'float', bits: 64 }, nullable: true };
  const columns = [
    countColumn(ROW, false),
    ...rawColumns(table, fit).map((column) => ({ ...column, nullable: true })),
    ...(options.pinned === undefined ? [] : [weight]),
  ];
  const isLarge = wanted * columns.length > cellsInMemory;
  const raw = {
    ...scratch(workspace, 'raw', table.label),
    ...(isLarge ? { catalog: await workspace.spill() } : {}),
  };
  await workspace.execute(sql`drop table if exists ${relationRef(raw)}`.compile(workspace.db));
  await using writer = await workspace.write(raw, columns);
  let rows = 0;
  await drawBlocks(
    pool,
    table.choice.generator,
    modelsOf(fit),
    await blocksOf(table, fit, wanted, options),
    async (batch) => {
      if (batch.rowCount === 0) return;
      await writer.append(batch);
      rows += batch.rowCount;
      options.progress(rows, wanted);
    },
  );
  await writer.finish();
  return { table, fit, raw, rows, seed: options.seed, asLearnt: isAsLearnt(table, fit, options) };
}

/** Owners that were chosen or tilted have other children than those learnt from. */
function isAsLearnt(table: TablePlan, fit: TableFit, { drawn, pinned }: DrawOptions): boolean {
  const key = table.foreignKeys.find(({ index }) => index === fit.owner?.key);
  return pinned === undefined && (key === undefined || drawn.get(displayName(key.parent))?.asLearnt === true);
}

function modelsOf({ model, owner }: TableFit): Models {
  const { time } = owner?.sequence ?? {};
  return { ...(model && { main: model }), ...(time && { start: time.start, gap: time.gap }) };
}

async function blocksOf(table: TablePlan, fit: TableFit, rows: number, options: DrawOptions): Promise<Iterable<Block>> {
  const sequence = blockSequence(table, fit);
  const base = {
    seed: options.seed,
    table: table.name,
    attempt: 0,
    steps: fit.model?.steps ?? [],
    columns: [
      ...[...modelColumns(table, fit), ...keptColumns(table, fit)].map(({ name }) => name),
      ...(options.pinned === undefined ? [] : [WEIGHT]),
    ],
    ...(options.pinned && { pinned: options.pinned }),
    context: fit.model?.context ?? [],
    ...(sequence && { sequence }),
    asLearnt: isAsLearnt(table, fit, options),
    distinct: distinctColumns(table, fit),
    owned: fit.owner !== undefined,
  };
  const owner = fit.owner === undefined ? undefined : await readOwners(table, fit.owner, options);
  if (fit.owner === undefined || owner === undefined || owner.rowCount === 0) return plainBlocks(base, 0, rows);
  const free = Math.min(rows, Math.round(rows * fit.owner.nullShare));
  // Parents that were asked for have as many children as such parents have, unless so many were asked for, too.
  const isFree = table.config.rows === undefined && !base.asLearnt;
  const sizes = await drawCounts(table, fit.owner, owner, isFree ? undefined : rows - free, options);
  const owned = sizes.counts.reduce((sum, count) => sum + count, 0);
  return (function* () {
    yield* familyBlocks(base, owner, sizes);
    yield* plainBlocks(base, owned, owned + free);
  })();
}

type BlockBase = Omit<Block, 'firstRow' | 'rows' | 'family' | 'given'>;

function* plainBlocks(base: BlockBase, from: number, to: number): Iterable<Block> {
  for (let firstRow = from; firstRow < to; firstRow += blockRows) {
    yield { ...base, firstRow, rows: Math.min(blockRows, to - firstRow) };
  }
}

/** Blocks of whole families: as many parents as have about a block of children together. */
function* familyBlocks(base: BlockBase, owners: ColumnBatch, { counts, usual }: FamilySizes): Iterable<Block> {
  let firstRow = 0;
  let firstOwner = 0;
  let children = 0;
  for (let parent = 0; parent < counts.length; parent++) {
    children += counts[parent] as number;
    if (children < blockRows && parent < counts.length - 1) continue;
    if (children > 0) {
      yield {
        ...base,
        firstRow,
        rows: 0,
        family: {
          firstOwner,
          owners: sliceBatch(owners, firstOwner, parent + 1),
          counts: counts.slice(firstOwner, parent + 1),
          ...(usual && {
            usual: {
              counts: usual.counts.slice(firstOwner, parent + 1),
              places: usual.places.slice(firstRow, firstRow + children),
            },
          }),
        },
      };
    }
    firstRow += children;
    firstOwner = parent + 1;
    children = 0;
  }
}

/** The mirror's owners in the order of their row numbers, with the columns that are context. */
async function readOwners(table: TablePlan, owner: OwnerFit, options: DrawOptions): Promise<ColumnBatch | undefined> {
  const key = table.foreignKeys.find(({ index }) => index === owner.key);
  const parent = key === undefined ? undefined : options.drawn.get(displayName(key.parent));
  if (parent === undefined) return undefined;
  const columns = [countColumn(ROW, false), ...owner.columns];
  const query = sql`select ${sql.join(columns.map(({ name }) => columnRef(name)))} from ${relationRef(parent.raw)} order by ${columnRef(ROW)}`;
  const { rowCount, columns: vectors } = await options.workspace.read(query.compile(options.workspace.db), columns);
  return { rowCount, columns: new Map(owner.columns.map(({ name }) => [name, vectors.get(name) as ColumnVector])) };
}

async function drawCounts(
  table: TablePlan,
  owner: OwnerFit,
  owners: ColumnBatch,
  target: number | undefined,
  options: DrawOptions,
): Promise<FamilySizes> {
  const draw = async (attempt: number): Promise<Uint32Array> => {
    const counts = new Uint32Array(owners.rowCount);
    if (owner.counts === undefined)
      return countsOf(drawWeights(owner.degrees, owners.rowCount, hashText(table.label, options.seed)));
    let at = 0;
    await drawBlocks(
      options.pool,
      table.choice.generator,
      { main: owner.counts },
      countBlocks(table, owner, owners, attempt, options.seed),
      async (batch) => {
        const drawn = vectorOf(batch, CHILDREN);
        for (let row = 0; row < batch.rowCount; row++) {
          counts[at++] = drawn.kind === 'integer' ? Math.max(0, Number(drawn.values[row])) : 0;
        }
      },
    );
    return counts;
  };
  const first = await draw(0);
  const wanted = target ?? first.reduce((sum, count) => sum + count, 0);
  return adjustCounts(first, await draw(1), wanted, hashText(`${table.label}/children`, options.seed));
}

/** Whole numbers near the weights, whose fractions carry over to the next. */
function countsOf(weights: Float64Array): Uint32Array {
  let carry = 0;
  return Uint32Array.from(weights, (weight) => {
    carry += weight;
    const count = Math.floor(carry + 1e-9);
    carry -= count;
    return count;
  });
}

function* countBlocks(
  table: TablePlan,
  owner: OwnerFit,
  owners: ColumnBatch,
  attempt: number,
  seed: number,
): Iterable<Block> {
  for (let firstRow = 0; firstRow < owners.rowCount; firstRow += blockRows) {
    const to = Math.min(owners.rowCount, firstRow + blockRows);
    yield {
      seed,
      table: table.name,
      firstRow,
      rows: to - firstRow,
      attempt,
      steps: owner.counts?.steps ?? [],
      columns: [CHILDREN],
      context: owner.counts?.context ?? [],
      given: sliceBatch(owners, firstRow, to),
      distinct: [],
      owned: false,
    };
  }
}

/** Columns that are learnt although the primary key needs them: distinct among the rows of an owner. */
function distinctColumns(table: TablePlan, fit: TableFit): readonly string[] {
  const owner = table.foreignKeys.find(({ index }) => index === fit.owner?.key);
  const key = table.schema.primaryKey;
  if (owner === undefined || !owner.columns.some((column) => key.includes(column))) return [];
  const made = fit.keys.filter(({ kind }) => kind !== 'distinct').map(({ column }) => column);
  const linked = table.foreignKeys.filter(({ strategy }) => strategy === 'link').flatMap(({ columns }) => columns);
  if (key.some((column) => made.includes(column) || linked.includes(column))) return [];
  return fit.learnt
    .filter(({ schema, lookup }) => {
      const columns =
        lookup === undefined ? [schema.name] : table.foreignKeys.find(({ index }) => index === lookup)?.columns;
      return columns?.some((column) => key.includes(column)) === true;
    })
    .map(({ schema }) => schema.name);
}

function sliceBatch(batch: ColumnBatch, from: number, to: number): ColumnBatch {
  return {
    rowCount: to - from,
    columns: new Map([...batch.columns].map(([name, vector]) => [name, sliceVector(vector, from, to)])),
  };
}

function sliceVector(vector: ColumnVector, from: number, to: number): ColumnVector {
  if (vector.kind === 'text') return { kind: 'text', values: vector.values.slice(from, to) };
  const valid = vector.valid === undefined ? {} : { valid: vector.valid.slice(from, to) };
  switch (vector.kind) {
    case 'number':
      return { kind: 'number', values: vector.values.slice(from, to), ...valid };
    case 'integer':
      return { kind: 'integer', values: vector.values.slice(from, to), ...valid };
    case 'category':
      return { kind: 'category', codes: vector.codes.slice(from, to), labels: vector.labels, ...valid };
  }
}

// Draws the rows of one table into a scratch relation: row numbers, learnt columns and owners, before keys are made.

import { sql } from 'kysely';
import type { Relation } from '../audit.ts';
import type { Workspace } from '../connector.ts';
import { SynthError } from '../errors.ts';
import type { WorkerPool } from '../pool.ts';
import { type ColumnSchema, displayName } from '../schema.ts';
import { relationRef } from '../sql.ts';
import { blockRows, drawBlocks, type Models } from './blocks.ts';
import { requestedRows } from './counts.ts';
import type { Pinned } from './demand/pinned.ts';
import type { Block } from './draw.ts';
import { keptColumns, modelColumns, rawColumns } from './drawn-columns.ts';
import { type BlockBase, drawCounts, familyBlocks, readOwners } from './family-blocks.ts';
import { countColumn, ROW, scratch, WEIGHT } from './names.ts';
import type { TablePlan } from './plan.ts';
import { blockSequence } from './sequence/block.ts';
import type { TableFit } from './table-fit.ts';

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

export function mirrorRows(table: TablePlan, fit: TableFit, drawn: ReadonlyMap<string, DrawnTable>): number {
  const owner = ownerTable(table, fit, { drawn });
  const factor = owner === undefined || owner.fit.sourceRows === 0 ? 1 : owner.rows / owner.fit.sourceRows;
  return requestedRows(table.label, table.config.rows, fit.sourceRows, fit.sourceRows * factor);
}

/** Tables with more values than this stand in a file while they are made. */
export const cellsInMemory: number = 10_000_000;

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
  return {
    table,
    fit,
    raw,
    rows,
    seed: options.seed,
    asLearnt: options.pinned === undefined && hasUsualOwners(table, fit, options),
  };
}

/** The drawn table of the owners; undefined where there are none or they were not drawn. */
function ownerTable(table: TablePlan, fit: TableFit, { drawn }: Pick<DrawOptions, 'drawn'>): DrawnTable | undefined {
  const key = table.foreignKeys.find(({ index }) => index === fit.owner?.key);
  return key === undefined ? undefined : drawn.get(displayName(key.parent));
}

/** Owners that were chosen or tilted have other children than those learnt from. */
function hasUsualOwners(table: TablePlan, fit: TableFit, { drawn }: DrawOptions): boolean {
  const key = table.foreignKeys.find(({ index }) => index === fit.owner?.key);
  return key === undefined || drawn.get(displayName(key.parent))?.asLearnt === true;
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
    asLearnt: hasUsualOwners(table, fit, options),
    distinct: distinctColumns(table, fit),
    owned: fit.owner !== undefined,
  };
  const parent = ownerTable(table, fit, options);
  const owner =
    fit.owner === undefined || parent === undefined
      ? undefined
      : await readOwners(options.workspace, parent.raw, fit.owner);
  if (fit.owner === undefined || owner === undefined || owner.rowCount === 0) return plainBlocks(base, 0, rows);
  const free = Math.min(rows, Math.round(rows * fit.owner.nullShare));
  // Parents that were asked for have as many children as such parents have, unless so many were asked for, too.
  const isFree = table.config.rows === undefined && !base.asLearnt;
  const sizes = await drawCounts(table, fit.owner, owner, isFree ? undefined : rows - free, {
    ...options,
    asLearnt: base.asLearnt,
  });
  const owned = sizes.counts.reduce((sum, count) => sum + count, 0);
  return (function* () {
    yield* familyBlocks(base, owner, sizes);
    yield* plainBlocks(base, owned, owned + free);
  })();
}

function* plainBlocks(base: BlockBase, from: number, to: number): Iterable<Block> {
  for (let firstRow = from; firstRow < to; firstRow += blockRows) {
    yield { ...base, firstRow, rows: Math.min(blockRows, to - firstRow) };
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

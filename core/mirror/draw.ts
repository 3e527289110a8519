// Draws one block of rows: plain rows, or the children of a block of parents in waves. Pure; runs in worker threads.
import type { ColumnBatch, ColumnVector } from '../batch.ts';
import { takeRows } from '../batch.ts';
import { type LearntTransform, undoTransforms } from '../constraints/index.ts';
import type { Among } from '../generator.ts';
import { type ColumnSchema, displayName, type TableName } from '../schema.ts';
import { vectorOf } from './buckets.ts';
import type { Pinned } from './demand/pinned.ts';
import { drawFamilies, type Family } from './draw-families.ts';
import { ELDER, modelColumn, NUMBER, OWNER, POSITION, ROW, SIBLINGS, WEIGHT } from './names.ts';
import type { BlockSequence } from './sequence/types.ts';
import { nulls } from './vectors.ts';

/** Draws rows with a fitted generator whose options and bytes are known to the caller. */
export type Sampler = (request: {
  readonly rowIds: Float64Array;
  readonly context?: ColumnBatch;
  /** Columns that stay as they are, by the generator's names. */
  readonly given?: ColumnBatch;
  readonly attempt: number;
  readonly stratum?: string | true;
  /** What is given may be anywhere in the order: rows come with their {@link WEIGHT}. */
  readonly weighed?: boolean;
  /** With `weighed`: what columns are drawn among. */
  readonly among?: ReadonlyMap<string, readonly Among[]>;
  /** With `weighed`: given columns that weigh nothing. */
  readonly settled?: ReadonlySet<string>;
}) => ColumnBatch;

/** What a block is drawn with: a table's model, and those of its sequence's time. */
export interface Samplers {
  readonly main?: Sampler;
  readonly start?: Sampler;
  readonly gap?: Sampler;
}

export interface Block {
  readonly seed: number;
  readonly table: TableName;
  readonly firstRow: number;
  /** Without `family`: how many rows. */
  readonly rows: number;
  readonly attempt: number;
  readonly steps: readonly LearntTransform[];
  /** Columns of the source and helpers, after the transforms were undone. */
  readonly columns: readonly string[];
  readonly context: readonly ColumnSchema[];
  /** Without `family`: the context of the rows; NULL when absent. */
  readonly given?: ColumnBatch;
  readonly family?: Family;
  /** How the rows of one owner follow each other. */
  readonly sequence?: BlockSequence;
  /** What all rows are drawn with, given their owners and elder siblings as learnt; they come with their {@link WEIGHT}. */
  readonly pinned?: Pinned;
  /** Columns in which the rows of one owner must differ. */
  readonly distinct: readonly string[];
  /** Owners are like those learnt from, so that children at one position are, too. */
  readonly asLearnt?: boolean;
  /** Rows have a place for an owner, a position and an elder sibling, even if these rows have none. */
  readonly owned: boolean;
}

/** The rows of a block in order: row number, columns and, for owned tables, who owns them. */
export function drawBlock(block: Block, samplers: Samplers): ColumnBatch {
  if (block.family !== undefined) {
    const { rowCount, columns } = drawFamilies(block, block.family, samplers);
    return { rowCount, columns: new Map([[ROW, rowNumbers(block.firstRow, rowCount)], ...columns]) };
  }
  return {
    rowCount: block.rows,
    columns: new Map([[ROW, rowNumbers(block.firstRow, block.rows)], ...drawPlain(block, samplers.main)]),
  };
}

/**
 * Draws rows and undoes the transforms; what they take away is still there under {@link modelColumn} names, and so is the time
 * of a sequence, which is part of the context.
 */
export function drawRows(
  block: Pick<Block, 'seed' | 'table' | 'steps' | 'context' | 'sequence'>,
  sampler: Sampler,
  rowIds: Float64Array,
  context: ColumnBatch,
  attempt: number,
  given?: ColumnBatch,
  stratum?: string | true,
): ColumnBatch {
  const sampled = sampler({
    rowIds,
    attempt,
    ...(block.context.length > 0 && { context }),
    ...(given && { given }),
    ...(stratum !== undefined && { stratum }),
  });
  return undone(block, sampled, rowIds, context, attempt);
}

/** Draws rows with what is pinned, besides columns that they have anyway, and undoes the transforms; with their {@link WEIGHT}. */
export function drawPinned(
  block: Pick<Block, 'seed' | 'table' | 'steps' | 'context' | 'sequence'>,
  { given, among }: Pinned,
  sampler: Sampler,
  rowIds: Float64Array,
  context: ColumnBatch,
  settled?: ColumnBatch,
  stratum?: string | true,
): ColumnBatch {
  const rowCount = rowIds.length;
  const first = new Uint32Array(rowCount);
  const fixed = [...given].map(([name, one]): [string, ColumnVector] => [name, takeRows(one, first)]);
  const columns = new Map([...fixed, ...(settled?.columns ?? [])]);
  const sampled = sampler({
    rowIds,
    attempt: 0,
    weighed: true,
    ...(block.context.length > 0 && { context }),
    ...(columns.size > 0 && { given: { rowCount, columns } }),
    ...(among.size > 0 && { among }),
    ...(settled && { settled: new Set(settled.columns.keys()) }),
    ...(stratum !== undefined && { stratum }),
  });
  const rows = undone(block, sampled, rowIds, context, 0);
  return { rowCount, columns: new Map([...rows.columns, [WEIGHT, vectorOf(sampled, WEIGHT)]]) };
}

function undone(
  block: Pick<Block, 'seed' | 'table' | 'steps' | 'sequence'>,
  sampled: ColumnBatch,
  rowIds: Float64Array,
  context: ColumnBatch,
  attempt: number,
): ColumnBatch {
  const time = block.sequence?.time?.column;
  const drawn =
    time === undefined
      ? sampled
      : { ...sampled, columns: new Map([...sampled.columns, [time, vectorOf(context, time)]]) };
  if (block.steps.length === 0) return drawn;
  const draw = { seed: block.seed, table: displayName(block.table), rowIds, attempt };
  const { rowCount, columns } = undoTransforms(block.steps, drawn, draw);
  const kept = [...drawn.columns].map(([name, vector]): [string, ColumnVector] => [modelColumn(name), vector]);
  return { rowCount, columns: new Map([...columns, ...kept]) };
}

function drawPlain(block: Block, sampler: Sampler | undefined): Map<string, ColumnVector> {
  const { rows, firstRow } = block;
  const rowIds = Float64Array.from({ length: rows }, (_, row) => firstRow + row);
  const context = block.given ?? {
    rowCount: rows,
    columns: new Map(block.context.map((schema) => [schema.name, nulls(schema, rows)])),
  };
  const stratum = block.given !== undefined && block.asLearnt === true ? true : undefined;
  const drawn =
    sampler === undefined
      ? undefined
      : block.pinned === undefined
        ? drawRows(block, sampler, rowIds, context, block.attempt, undefined, stratum)
        : drawPinned(block, block.pinned, sampler, rowIds, context);
  const columns = new Map(block.columns.map((name) => [name, vectorOf(drawn as ColumnBatch, name)]));
  for (const schema of block.sequence?.kept ?? []) columns.set(schema.name, nulls(schema, rows));
  if (block.owned) {
    for (const name of [OWNER, NUMBER, POSITION, SIBLINGS, ELDER])
      columns.set(name, { kind: 'integer', values: new BigInt64Array(rows), valid: new Uint8Array(rows) });
  }
  return columns;
}

function rowNumbers(first: number, rows: number): ColumnVector {
  return { kind: 'integer', values: BigInt64Array.from({ length: rows }, (_, row) => BigInt(first + row)) };
}

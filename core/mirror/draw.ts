// Draws one block of rows: plain rows, or the children of a block of parents in waves. Pure; runs in worker threads.
import type { ColumnBatch, ColumnVector } from '../batch.ts';
import { takeRows } from '../batch.ts';
import { type LearntTransform, undoTransforms } from '../constraints/index.ts';
import { type ColumnSchema, displayName, type TableName } from '../schema.ts';
import { vectorOf } from './buckets.ts';
import type { FamilySizes } from './counts.ts';
import { keepDistinct } from './distinct.ts';
import { ELDER, elderContext, modelColumn, NUMBER, OWNER, ownerContext, POSITION, ROW, SIBLINGS } from './names.ts';
import { createFilling, type Filling, integers, nulls, takeOptional } from './vectors.ts';

/** Draws rows with a fitted generator whose options and bytes are known to the caller. */
export type Sampler = (request: {
  readonly rowIds: Float64Array;
  readonly context?: ColumnBatch;
  /** Columns that stay as they are, by the generator's names. */
  readonly given?: ColumnBatch;
  readonly attempt: number;
  /** What is given may be anywhere in the order: rows come with their {@link WEIGHT}. */
  readonly weighed?: boolean;
}) => ColumnBatch;

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
  /** Of plain rows without transforms: values that all of them have, one entry each; they come with their {@link WEIGHT}. */
  readonly fixed?: ReadonlyMap<string, ColumnVector>;
  /** Columns in which the rows of one owner must differ. */
  readonly distinct: readonly string[];
  /** Rows have a place for an owner, a position and an elder sibling, even if these rows have none. */
  readonly owned: boolean;
}

export interface Family extends FamilySizes {
  /** The owners' row number of the first one. */
  readonly firstOwner: number;
  /** Their learnt columns, by their own names. */
  readonly owners: ColumnBatch;
}

/** Waves after which the children of one owner are drawn side by side. */
const chainLength = 32;

/** The rows of a block in order: row number, columns and, for owned tables, who owns them. */
export function drawBlock(block: Block, sampler: Sampler | undefined): ColumnBatch {
  const columns = block.family === undefined ? drawPlain(block, sampler) : drawFamilies(block, block.family, sampler);
  const rowCount = block.family === undefined ? block.rows : total(block.family.counts);
  return { rowCount, columns: new Map([[ROW, rowNumbers(block.firstRow, rowCount)], ...columns]) };
}

/** Draws rows and undoes the transforms; what they take away is still there under {@link modelColumn} names. */
export function drawRows(
  block: Pick<Block, 'seed' | 'table' | 'steps' | 'context'>,
  sampler: Sampler,
  rowIds: Float64Array,
  context: ColumnBatch,
  attempt: number,
  given?: ColumnBatch,
): ColumnBatch {
  const drawn = sampler({ rowIds, attempt, ...(block.context.length > 0 && { context }), ...(given && { given }) });
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
  const drawn =
    sampler === undefined
      ? undefined
      : block.fixed === undefined
        ? drawRows(block, sampler, rowIds, context, block.attempt)
        : drawFixed(block.fixed, sampler, rowIds);
  const columns = new Map(block.columns.map((name) => [name, vectorOf(drawn as ColumnBatch, name)]));
  if (block.owned) {
    for (const name of [OWNER, NUMBER, POSITION, SIBLINGS, ELDER])
      columns.set(name, { kind: 'integer', values: new BigInt64Array(rows), valid: new Uint8Array(rows) });
  }
  return columns;
}

function drawFixed(fixed: ReadonlyMap<string, ColumnVector>, sampler: Sampler, rowIds: Float64Array): ColumnBatch {
  const rowCount = rowIds.length;
  const first = new Uint32Array(rowCount);
  const given = { rowCount, columns: new Map([...fixed].map(([name, one]) => [name, takeRows(one, first)])) };
  return sampler({ rowIds, attempt: 0, given, weighed: true });
}

function drawFamilies(block: Block, family: Family, sampler: Sampler | undefined): Map<string, ColumnVector> {
  const { counts, owners, firstOwner, usual } = family;
  const siblings = usual?.counts ?? counts;
  const rows = total(counts);
  const owner = new Uint32Array(rows);
  const number = new Uint32Array(rows);
  const elder = new Int32Array(rows);
  let row = 0;
  for (let parent = 0; parent < counts.length; parent++) {
    const first = row;
    for (let child = 0; child < (counts[parent] as number); child++, row++) {
      owner[row] = parent;
      number[row] = child + 1;
      elder[row] = elderOf(child) < 0 ? -1 : first + elderOf(child);
    }
  }
  const position = usual?.places ?? number;
  const filled = new Map(block.columns.map((name): [string, Filling] => [name, createFilling(rows)]));
  if (sampler !== undefined) {
    const seen = new Map<number, Set<string>>();
    for (const wave of waves(number)) {
      const context = contextOf(block, owners, siblings, { wave, owner, position, elder }, filled);
      const rowIds = Float64Array.from(wave, (at) => block.firstRow + at);
      const draw = (attempt: number, at: Uint32Array): ColumnBatch =>
        drawRows(block, sampler, takeNumbers(rowIds, at), takeBatch(context, at), attempt);
      const every = Uint32Array.from(wave.keys());
      const drawn =
        block.distinct.length === 0
          ? drawRows(block, sampler, rowIds, context, 0)
          : keepDistinct(draw, every, block.distinct, takeRowsOf(owner, wave), seen);
      for (const [name, filling] of filled) filling.fill(vectorOf(drawn, name), wave);
    }
  }
  const columns = new Map([...filled].map(([name, filling]) => [name, filling.vector()]));
  columns.set(OWNER, integers(Float64Array.from(owner, (parent) => firstOwner + parent)));
  columns.set(NUMBER, integers(number));
  columns.set(POSITION, integers(position));
  columns.set(SIBLINGS, integers(owner.map((parent) => siblings[parent] as number)));
  columns.set(
    ELDER,
    integers(
      Float64Array.from(elder, (at) => (at < 0 ? 0 : block.firstRow + at)),
      (at) => (elder[at] as number) < 0,
    ),
  );
  return columns;
}

/** Whom a child comes after, among its siblings: the one before; the first of a later chain follows the first chain's last. */
function elderOf(child: number): number {
  return child % chainLength === 0 ? Math.min(child, chainLength) - 1 : child - 1;
}

/** Rows that can be drawn together, in turn: the first children of all owners, the second ones, …; then later chains. */
function waves(number: Uint32Array): Uint32Array[] {
  const rows: number[][] = [];
  for (const [row, at] of number.entries()) {
    const wave = at <= chainLength ? at - 1 : chainLength + ((at - 1) % chainLength);
    rows[wave] ??= [];
    rows[wave].push(row);
  }
  return rows.filter((wave) => wave !== undefined).map((wave) => Uint32Array.from(wave));
}

interface WaveRows {
  readonly wave: Uint32Array;
  readonly owner: Uint32Array;
  readonly position: Uint32Array;
  readonly elder: Int32Array;
}

function contextOf(
  block: Block,
  owners: ColumnBatch,
  siblings: Uint32Array,
  { wave, owner, position, elder }: WaveRows,
  filled: ReadonlyMap<string, Filling>,
): ColumnBatch {
  const parents = takeRowsOf(owner, wave);
  const elders = Int32Array.from(wave, (row) => elder[row] as number);
  const given = new Map<string, ColumnVector>([
    [POSITION, integers(takeRowsOf(position, wave))],
    [SIBLINGS, integers(parents.map((parent) => siblings[parent] as number))],
  ]);
  for (const [name, vector] of owners.columns) given.set(ownerContext(name), takeRows(vector, parents));
  const started = elders.some((row) => row >= 0);
  for (const schema of block.context) {
    if (given.has(schema.name)) continue;
    const source = [...filled.keys()].find((name) => elderContext(name) === schema.name);
    const filling = source === undefined ? undefined : filled.get(source);
    given.set(
      schema.name,
      started && filling !== undefined ? takeOptional(filling.vector(), elders) : nulls(schema, wave.length),
    );
  }
  return {
    rowCount: wave.length,
    columns: new Map(block.context.map(({ name }) => [name, given.get(name) as ColumnVector])),
  };
}

function takeBatch(batch: ColumnBatch, rows: Uint32Array): ColumnBatch {
  return {
    rowCount: rows.length,
    columns: new Map([...batch.columns].map(([name, vector]) => [name, takeRows(vector, rows)])),
  };
}

function takeRowsOf(values: Uint32Array, rows: Uint32Array): Uint32Array {
  return Uint32Array.from(rows, (row) => values[row] as number);
}

function takeNumbers(values: Float64Array, rows: Uint32Array): Float64Array {
  return Float64Array.from(rows, (row) => values[row] as number);
}

function rowNumbers(first: number, rows: number): ColumnVector {
  return { kind: 'integer', values: BigInt64Array.from({ length: rows }, (_, row) => BigInt(first + row)) };
}

export function total(counts: Uint32Array): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}

// Children are drawn below their owners: how many each one gets, in blocks of whole families.
import { sql } from 'kysely';
import type { Relation } from '../audit.ts';
import type { ColumnBatch, ColumnVector } from '../batch.ts';
import type { Workspace } from '../connector.ts';
import type { WorkerPool } from '../pool.ts';
import { hashText } from '../random.ts';
import { columnRef, relationRef } from '../sql.ts';
import { blockRows, drawBlocks } from './blocks.ts';
import { vectorOf } from './buckets.ts';
import { adjustCounts, type FamilySizes } from './counts.ts';
import { drawWeights } from './degrees.ts';
import type { Block } from './draw.ts';
import { CHILDREN, countColumn, ROW } from './names.ts';
import type { TablePlan } from './plan.ts';
import type { OwnerFit } from './table-fit.ts';

/** What all blocks of a table have in common. */
export type BlockBase = Omit<Block, 'firstRow' | 'rows' | 'family' | 'given'>;

/** Blocks of whole families: as many parents as have about a block of children together. */
export function* familyBlocks(base: BlockBase, owners: ColumnBatch, { counts, usual }: FamilySizes): Iterable<Block> {
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
export async function readOwners(workspace: Workspace, parent: Relation, owner: OwnerFit): Promise<ColumnBatch> {
  const columns = [countColumn(ROW, false), ...owner.columns];
  const query = sql`select ${sql.join(columns.map(({ name }) => columnRef(name)))} from ${relationRef(parent)} order by ${columnRef(ROW)}`;
  const { rowCount, columns: vectors } = await workspace.read(query.compile(workspace.db), columns);
  return { rowCount, columns: new Map(owner.columns.map(({ name }) => [name, vectors.get(name) as ColumnVector])) };
}

/** How many children each owner gets: as many as `target` in all, if given. */
export async function drawCounts(
  table: TablePlan,
  owner: OwnerFit,
  owners: ColumnBatch,
  target: number | undefined,
  options: {
    readonly pool: WorkerPool;
    readonly seed: number;
    /** Owners are like those learnt from, so that as many of them have so many children. */
    readonly asLearnt: boolean;
  },
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
      countBlocks(table, owner, owners, attempt, options),
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
  { seed, asLearnt }: { readonly seed: number; readonly asLearnt: boolean },
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
      asLearnt,
      distinct: [],
      owned: false,
    };
  }
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

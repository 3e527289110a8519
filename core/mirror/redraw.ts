// Draws parts of rows again, given the columns before them, their owner, their place and their elder sibling.
import { type RawBuilder, sql } from 'kysely';
import type { ColumnBatch, ColumnVector } from '../batch.ts';
import type { Workspace } from '../connector.ts';
import { SynthError } from '../errors.ts';
import { type ColumnSchema, displayName } from '../schema.ts';
import { columnRef, relationRef } from '../sql.ts';
import { vectorOf } from './buckets.ts';
import { drawRows } from './draw.ts';
import { samplerOf } from './draw-task.ts';
import { keptColumns, modelColumns } from './drawn-columns.ts';
import { countColumn, ELDER, elderContext, modelColumn, OWNER, ownerContext, ROW, scratch } from './names.ts';
import type { DrawnTable } from './sample.ts';
import { blockSequence } from './sequence/block.ts';

export interface RedrawOptions {
  readonly workspace: Workspace;
  readonly drawn: ReadonlyMap<string, DrawnTable>;
}

export interface Redraw {
  readonly rowIds: Float64Array;
  /** Of the generator: they stay, and all others are drawn given them. A prefix of its drawing order. */
  readonly given: readonly string[];
  readonly attempt: number;
}

/** Writes other learnt values into rows of the drawn relation. */
export async function redrawRows(
  drawn: DrawnTable,
  options: RedrawOptions,
  { rowIds, given, attempt }: Redraw,
): Promise<void> {
  const { workspace } = options;
  const { fit, table, raw, seed } = drawn;
  const { model } = fit;
  if (model === undefined) return;
  const ids = await writeIds(workspace, table.label, rowIds);
  const { generator } = table.choice;
  const sampler = samplerOf(generator, generator.deserialise(model.bytes), seed, table.name);
  const context = await readContext(drawn, options, ids, model.context);
  const sequence = blockSequence(table, fit);
  const block = { seed, table: table.name, steps: model.steps, context: model.context, ...(sequence && { sequence }) };
  const rowCount = rowIds.length;
  // What siblings share stays as they have it.
  const stays = [...new Set([...given, ...(sequence?.constants ?? [])])];
  const fixed = stays.length === 0 ? undefined : await readGiven(drawn, workspace, ids, stays);
  const rows = drawRows(block, sampler, rowIds, { rowCount, columns: context }, attempt, fixed);
  const columns = [...modelColumns(table, fit), ...keptColumns(table, fit)];
  const redrawn = scratch(workspace, 'redrawn', table.label);
  const run = (query: RawBuilder<unknown>): Promise<void> => workspace.execute(query.compile(workspace.db));
  await run(sql`drop table if exists ${relationRef(redrawn)}`);
  await using writer = await workspace.write(redrawn, [
    countColumn(ROW, false),
    ...columns.map((schema) => ({ ...schema, nullable: true })),
  ]);
  const vectors = new Map<string, ColumnVector>([
    [ROW, { kind: 'integer', values: BigInt64Array.from(rowIds, (row) => BigInt(row)) }],
  ]);
  for (const { name } of columns) vectors.set(name, vectorOf(rows, name));
  await writer.append({ rowCount, columns: vectors });
  await writer.finish();
  const sets = columns
    .filter(({ name }) => !stays.includes(name))
    .map(({ name }) => sql`${columnRef(name)} = ${columnRef(name, 'n')}`);
  await run(sql`update ${relationRef(raw)} as r set ${sql.join(sets)} from ${relationRef(redrawn)} as n
    where ${columnRef(ROW, 'r')} = ${columnRef(ROW, 'n')}`);
}

/** A scratch relation of row numbers. */
export async function writeIds(
  workspace: Workspace,
  label: string,
  rowIds: Float64Array,
): Promise<RawBuilder<unknown>> {
  const relation = scratch(workspace, 'ids', label);
  await workspace.execute(sql`drop table if exists ${relationRef(relation)}`.compile(workspace.db));
  await using writer = await workspace.write(relation, [countColumn(ROW, false)]);
  await writer.append({
    rowCount: rowIds.length,
    columns: new Map([[ROW, { kind: 'integer', values: BigInt64Array.from(rowIds, (row) => BigInt(row)) }]]),
  });
  await writer.finish();
  return relationRef(relation);
}

/** Columns of the generator as the rows have them now. */
async function readGiven(
  { table, fit, raw }: DrawnTable,
  workspace: Workspace,
  ids: RawBuilder<unknown>,
  given: readonly string[],
): Promise<ColumnBatch> {
  const columns = (fit.model?.columns ?? []).filter(({ name }) => given.includes(name));
  const own = new Set(modelColumns(table, fit).map(({ name }) => name));
  const selected = columns.map(
    ({ name }) => sql`${columnRef(own.has(name) ? name : modelColumn(name), 'r')} as ${columnRef(name)}`,
  );
  const query = sql`select ${sql.join(selected)} from ${ids} as i
    join ${relationRef(raw)} as r on ${columnRef(ROW, 'r')} = ${columnRef(ROW, 'i')} order by ${columnRef(ROW, 'i')}`;
  return workspace.read(query.compile(workspace.db), columns);
}
async function readContext(
  drawn: DrawnTable,
  { workspace, drawn: all }: RedrawOptions,
  ids: RawBuilder<unknown>,
  context: readonly ColumnSchema[],
): Promise<ReadonlyMap<string, ColumnVector>> {
  if (context.length === 0) return new Map();
  const key = drawn.table.foreignKeys.find(({ index }) => index === drawn.fit.owner?.key);
  const owner = key === undefined ? undefined : all.get(displayName(key.parent));
  if (owner === undefined)
    throw new SynthError('mirror.order', `The owner of ${drawn.table.label} was not drawn.`, { kind: 'unexpected' });
  const ofOwner = new Map(drawn.fit.owner?.columns.map(({ name }) => [ownerContext(name), name]));
  const ofElder = new Map(drawn.fit.learnt.map(({ schema }) => [elderContext(schema.name), schema.name]));
  const selected = context.map(({ name }) => {
    const owned = ofOwner.get(name);
    const elder = ofElder.get(name);
    const from =
      owned !== undefined ? columnRef(owned, 'o') : elder !== undefined ? columnRef(elder, 'e') : columnRef(name, 'r');
    return sql`${from} as ${columnRef(name)}`;
  });
  const query = sql`select ${sql.join(selected)} from ${ids} as i
    join ${relationRef(drawn.raw)} as r on ${columnRef(ROW, 'r')} = ${columnRef(ROW, 'i')}
    left join ${relationRef(owner.raw)} as o on ${columnRef(ROW, 'o')} = ${columnRef(OWNER, 'r')}
    left join ${relationRef(drawn.raw)} as e on ${columnRef(ROW, 'e')} = ${columnRef(ELDER, 'r')}
    order by ${columnRef(ROW, 'i')}`;
  return (await workspace.read(query.compile(workspace.db), context)).columns;
}

// Draws single rows again, given what they were given before: their owner, their place and their elder sibling.
import { type RawBuilder, sql } from 'kysely';
import type { ColumnVector } from '../batch.ts';
import type { Workspace } from '../connector.ts';
import { SynthError } from '../errors.ts';
import { type ColumnSchema, displayName } from '../schema.ts';
import { columnRef, relationRef } from '../sql.ts';
import { vectorOf } from './buckets.ts';
import { drawRows } from './draw.ts';
import { samplerOf } from './draw-task.ts';
import { countColumn, ELDER, elderContext, OWNER, ownerContext, ROW, scratch } from './names.ts';
import { type DrawnTable, modelColumns } from './sample.ts';

interface RedrawOptions {
  readonly workspace: Workspace;
  readonly seed: number;
  readonly drawn: ReadonlyMap<string, DrawnTable>;
}

/** Writes other learnt values into these rows of the drawn relation. All of a row is drawn: its columns belong together. */
export async function redrawRows(
  drawn: DrawnTable,
  options: RedrawOptions,
  rowIds: Float64Array,
  attempt: number,
): Promise<void> {
  const { workspace, seed } = options;
  const { fit, table, raw } = drawn;
  const { model } = fit;
  if (model === undefined) return;
  const ids = await writeIds(workspace, table.label, rowIds);
  const { generator } = table.choice;
  const sampler = samplerOf(generator, generator.deserialise(model.bytes), seed, table.name);
  const context = await readContext(drawn, options, ids, model.context);
  const block = { seed, table: table.name, steps: model.steps, context: model.context };
  const rows = drawRows(block, sampler, rowIds, { rowCount: rowIds.length, columns: context }, attempt);
  const columns = modelColumns(table, fit);
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
  await writer.append({ rowCount: rowIds.length, columns: vectors });
  await writer.finish();
  const sets = columns.map(({ name }) => sql`${columnRef(name)} = ${columnRef(name, 'n')}`);
  await run(sql`update ${relationRef(raw)} as r set ${sql.join(sets)} from ${relationRef(redrawn)} as n
    where ${columnRef(ROW, 'r')} = ${columnRef(ROW, 'n')}`);
}

async function writeIds(workspace: Workspace, label: string, rowIds: Float64Array): Promise<RawBuilder<unknown>> {
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

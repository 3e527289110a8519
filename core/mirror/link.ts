// Assigns the linked parents of a drawn table and keeps their row numbers beside it.
import { sql } from 'kysely';
import type { Relation } from '../audit.ts';
import type { ColumnVector } from '../batch.ts';
import { isNull } from '../batch.ts';
import type { Workspace } from '../connector.ts';
import { SynthError } from '../errors.ts';
import { hashText } from '../random.ts';
import { type ColumnSchema, displayName } from '../schema.ts';
import { columnRef, relationRef } from '../sql.ts';
import { assignParents, assignWithin, ITSELF, NOBODY } from './assign.ts';
import { bucketLabels, vectorOf } from './buckets.ts';
import { drawWeights, scatter } from './degrees.ts';
import { bucketColumn, countColumn, linkColumn, OWNER, ROW, scratch } from './names.ts';
import type { ForeignKeyPlan } from './relations.ts';
import type { DrawnTable } from './sample.ts';
import type { LinkFit } from './table-fit.ts';
import { integers } from './vectors.ts';

/** One row per drawn row: its number and, per link, the number of the parent's row. */
export async function assignLinks(
  workspace: Workspace,
  drawn: DrawnTable,
  all: ReadonlyMap<string, DrawnTable>,
  seed: number,
): Promise<Relation> {
  const relation = scratch(workspace, 'links', drawn.table.label);
  const vectors = new Map<string, ColumnVector>([
    [ROW, integers(Float64Array.from({ length: drawn.rows }, (_, row) => row))],
  ]);
  for (const link of drawn.fit.links) {
    const key = drawn.table.foreignKeys.find(({ index }) => index === link.key) as ForeignKeyPlan;
    const parents = await parentsOf(workspace, drawn, link, key, all, seed);
    vectors.set(
      linkColumn(link.key),
      integers(parents, (row) => parents[row] === NOBODY),
    );
  }
  const schemas = [countColumn(ROW, false), ...drawn.fit.links.map(({ key }) => countColumn(linkColumn(key), true))];
  await workspace.execute(sql`drop table if exists ${relationRef(relation)}`.compile(workspace.db));
  await using writer = await workspace.write(relation, schemas);
  if (drawn.rows > 0) await writer.append({ rowCount: drawn.rows, columns: vectors });
  await writer.finish();
  return relation;
}

async function parentsOf(
  workspace: Workspace,
  drawn: DrawnTable,
  link: LinkFit,
  key: ForeignKeyPlan,
  all: ReadonlyMap<string, DrawnTable>,
  seed: number,
): Promise<Float64Array> {
  const parent = all.get(displayName(key.parent));
  if (parent === undefined)
    throw new SynthError('mirror.order', `${displayName(key.parent)} was not drawn.`, { kind: 'unexpected' });
  const stream = hashText(`${drawn.table.label}/${key.index}`, seed);
  const wanted = link.learnt ? await readWanted(workspace, drawn, key) : anyParent(drawn.rows, link, key, stream);
  const buckets = await readBuckets(workspace, parent, link);
  const weights = drawWeights(link.degrees, parent.rows, stream);
  if (!key.self) {
    const repeats = await readRepeats(workspace, drawn, key);
    const parents = assignParents({
      wanted,
      buckets,
      weights,
      seed: stream,
      ...(repeats && { distinctWithin: repeats }),
    });
    if (!key.nullable && parents.includes(NOBODY)) {
      throw new SynthError(
        'mirror.no-parent',
        `Rows of ${drawn.table.label} need a row of ${displayName(key.parent)}, whose mirror is empty.`,
        {
          hint: `Ask for more rows of ${displayName(key.parent)}.`,
        },
      );
    }
    return Float64Array.from(parents);
  }
  const parents = assignWithin({ wanted, buckets, weights, seed: stream });
  // Where the key may not be NULL, somebody at the top is its own parent.
  return Float64Array.from(parents, (at, row) => (at === NOBODY && !key.nullable ? row : at));
}

async function readWanted(workspace: Workspace, drawn: DrawnTable, key: ForeignKeyPlan): Promise<(string | null)[]> {
  const name = bucketColumn(key.index);
  const vector = await readColumn(workspace, drawn, {
    name,
    sqlType: 'VARCHAR',
    type: { kind: 'text' },
    nullable: true,
  });
  return Array.from({ length: drawn.rows }, (_, row) => {
    if (isNull(vector, row)) return key.nullable ? null : ITSELF;
    return vector.kind === 'category'
      ? (vector.labels[vector.codes[row] as number] ?? null)
      : String(vector.kind === 'text' ? vector.values[row] : '');
  });
}

/** A parent for all rows but the usual share. */
function anyParent(rows: number, link: LinkFit, key: ForeignKeyPlan, seed: number): (string | null)[] {
  const without = key.nullable ? Math.round(rows * link.nullShare) : 0;
  const wanted = new Array<string | null>(rows).fill('b');
  for (const row of scatter(rows, seed ^ 0x1b873593).subarray(0, without)) wanted[row] = null;
  return wanted;
}

async function readBuckets(workspace: Workspace, parent: DrawnTable, link: LinkFit): Promise<string[]> {
  const names = link.buckets.map(({ column }) => column);
  const columns = parent.fit.learnt.map(({ schema }) => schema).filter(({ name }) => names.includes(name));
  if (columns.length === 0 || parent.fit.model === undefined) return new Array<string>(parent.rows).fill('b');
  const query = sql`select ${sql.join(columns.map(({ name }) => columnRef(name)))} from ${relationRef(parent.raw)} order by ${columnRef(ROW)}`;
  return bucketLabels(link.buckets, await workspace.read(query.compile(workspace.db), columns));
}

/** The owner per row when owner and link together are the key: then an owner's links must differ. */
async function readRepeats(
  workspace: Workspace,
  drawn: DrawnTable,
  key: ForeignKeyPlan,
): Promise<Float64Array | undefined> {
  const owner = drawn.table.foreignKeys.find(({ index }) => index === drawn.fit.owner?.key);
  const { primaryKey } = drawn.table.schema;
  if (owner === undefined || primaryKey.length === 0) return undefined;
  if (!primaryKey.every((column) => owner.columns.includes(column) || key.columns.includes(column))) return undefined;
  if (!key.columns.some((column) => primaryKey.includes(column))) return undefined;
  const vector = await readColumn(workspace, drawn, countColumn(OWNER, true));
  return Float64Array.from({ length: drawn.rows }, (_, row) =>
    vector.kind !== 'integer' || isNull(vector, row) ? -1 : Number(vector.values[row]),
  );
}

async function readColumn(workspace: Workspace, drawn: DrawnTable, schema: ColumnSchema): Promise<ColumnVector> {
  const query = sql`select ${columnRef(schema.name)} from ${relationRef(drawn.raw)} order by ${columnRef(ROW)}`;
  return vectorOf(await workspace.read(query.compile(workspace.db), [schema]), schema.name);
}

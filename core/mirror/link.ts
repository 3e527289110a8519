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
import { assignParents, assignWithin, drawParents, ITSELF, NOBODY } from './assign.ts';
import { bucketLabels, vectorOf } from './buckets.ts';
import { drawWeights, scatter } from './degrees.ts';
import { bucketColumn, countColumn, labelColumn, linkColumn, OWNER, ROW, scratch } from './names.ts';
import type { ForeignKeyPlan } from './relations.ts';
import type { DrawnTable } from './sample.ts';
import type { LinkFit } from './table-fit.ts';
import { integers } from './vectors.ts';

/** The links of a drawn table. */
export interface Links {
  /** One row per drawn row: its number and, per link, the number of the parent's row. */
  readonly relation: Relation;
  /** Gives rows other parents, by numbers of foreign keys; not those of the same table, which might then stand in circles. */
  relink(rowIds: Float64Array, keys: readonly number[], attempt: number): Promise<void>;
}

export async function assignLinks(
  workspace: Workspace,
  drawn: DrawnTable,
  all: ReadonlyMap<string, DrawnTable>,
): Promise<Links> {
  const relation = scratch(workspace, 'links', drawn.table.label);
  const sides: LinkSide[] = [];
  const vectors = new Map<number, ColumnVector>();
  for (const link of drawn.fit.links) {
    const side = await linkSide(workspace, drawn, link, all);
    sides.push(side);
    vectors.set(link.key, links(await parentsOf(workspace, drawn, side)));
  }
  const rowIds = Float64Array.from({ length: drawn.rows }, (_, row) => row);
  await writeLinks(workspace, relation, rowIds, vectors);
  return {
    relation,
    async relink(rows, keys, attempt) {
      const changed = new Map<number, ColumnVector>();
      for (const side of sides) {
        const { link, key, seed: stream } = side;
        if (key.self || !keys.includes(key.index)) continue;
        const wanted = link.learnt
          ? await readWanted(workspace, drawn, key, rows)
          : await readParents(workspace, relation, key, rows);
        changed.set(
          key.index,
          links(Float64Array.from(drawParents(rows, { ...side, wanted, seed: hashText(`redraw ${attempt}`, stream) }))),
        );
      }
      if (changed.size === 0) return;
      const other = scratch(workspace, 'relinked', drawn.table.label);
      await writeLinks(workspace, other, rows, changed);
      const sets = [...changed.keys()].map(
        (key) => sql`${columnRef(linkColumn(key))} = ${columnRef(linkColumn(key), 'n')}`,
      );
      await workspace.execute(
        sql`update ${relationRef(relation)} as l set ${sql.join(sets)} from ${relationRef(other)} as n
          where ${columnRef(ROW, 'l')} = ${columnRef(ROW, 'n')}`.compile(workspace.db),
      );
    },
  };
}

/** What is known of the parents of one link. */
interface LinkSide {
  readonly link: LinkFit;
  readonly key: ForeignKeyPlan;
  /** Per parent. */
  readonly buckets: readonly string[];
  readonly weights: Float64Array;
  readonly seed: number;
}

async function linkSide(
  workspace: Workspace,
  drawn: DrawnTable,
  link: LinkFit,
  all: ReadonlyMap<string, DrawnTable>,
): Promise<LinkSide> {
  const key = drawn.table.foreignKeys.find(({ index }) => index === link.key) as ForeignKeyPlan;
  const parent = all.get(displayName(key.parent));
  if (parent === undefined)
    throw new SynthError('mirror.order', `${displayName(key.parent)} was not drawn.`, { kind: 'unexpected' });
  const stream = hashText(`${drawn.table.label}/${key.index}`, drawn.seed);
  const buckets = await readBuckets(workspace, parent, link);
  return { link, key, buckets, weights: drawWeights(link.degrees, parent.rows, stream), seed: stream };
}

function links(parents: Float64Array): ColumnVector {
  return integers(parents, (row) => parents[row] === NOBODY);
}

/** @param vectors by number of the foreign key */
async function writeLinks(
  workspace: Workspace,
  relation: Relation,
  rowIds: Float64Array,
  vectors: ReadonlyMap<number, ColumnVector>,
): Promise<void> {
  const schemas = [countColumn(ROW, false), ...[...vectors.keys()].map((key) => countColumn(linkColumn(key), true))];
  const columns = new Map([...vectors].map(([key, vector]) => [linkColumn(key), vector]));
  await workspace.execute(sql`drop table if exists ${relationRef(relation)}`.compile(workspace.db));
  await using writer = await workspace.write(relation, schemas);
  if (rowIds.length > 0) await writer.append({ rowCount: rowIds.length, columns: columns.set(ROW, integers(rowIds)) });
  await writer.finish();
}

/** Some parent for each row that has one. */
async function readParents(
  workspace: Workspace,
  relation: Relation,
  key: ForeignKeyPlan,
  rowIds: Float64Array,
): Promise<(string | null)[]> {
  const name = linkColumn(key.index);
  const vector = await readRows(workspace, relation, countColumn(name, true), rowIds);
  return Array.from(rowIds, (_, at) => (isNull(vector, at) ? null : 'b'));
}

async function parentsOf(workspace: Workspace, drawn: DrawnTable, side: LinkSide): Promise<Float64Array> {
  const { link, key, buckets, weights, seed: stream } = side;
  const wanted = link.learnt ? await readWanted(workspace, drawn, key) : anyParent(drawn.rows, link, key, stream);
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

/** The bucket that each of the rows wants its parent from; of all rows without `rowIds`. */
async function readWanted(
  workspace: Workspace,
  drawn: DrawnTable,
  key: ForeignKeyPlan,
  rowIds?: Float64Array,
): Promise<(string | null)[]> {
  const vector = await readRows(workspace, drawn.raw, labelColumn(bucketColumn(key.index), true), rowIds);
  return Array.from({ length: rowIds?.length ?? drawn.rows }, (_, row) => {
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
  const vector = await readRows(workspace, drawn.raw, countColumn(OWNER, true));
  return Float64Array.from({ length: drawn.rows }, (_, row) =>
    vector.kind !== 'integer' || isNull(vector, row) ? -1 : Number(vector.values[row]),
  );
}

/** One column in the order of row numbers. */
async function readRows(
  workspace: Workspace,
  relation: Relation,
  schema: ColumnSchema,
  rowIds?: Float64Array,
): Promise<ColumnVector> {
  const some =
    rowIds === undefined
      ? sql``
      : sql`where ${columnRef(ROW)} in (select unnest(cast(${`[${rowIds.join(',')}]`} as bigint[])))`;
  const query = sql`select ${columnRef(schema.name)} from ${relationRef(relation)} ${some} order by ${columnRef(ROW)}`;
  return vectorOf(await workspace.read(query.compile(workspace.db), [schema]), schema.name);
}

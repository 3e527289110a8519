// Child rows beside their parent's columns, for audits across a key.
import { type RawBuilder, sql } from 'kysely';
import type { AuditInput, Relation, RelationTarget } from '../core/audit.ts';
import type { ColumnSchema } from '../core/schema.ts';
import { columnList, columnRef, relationRef } from '../core/sql.ts';
import { SIZE, SUBJECT } from './clusters.ts';
import { columnNames, countRows, type Frame, numberOf } from './frame.ts';
import type { Sizes } from './noise.ts';
import { subjectParts, subjectShare } from './subjects.ts';

export interface JoinedSides {
  /** Its columns are the child's and, as `parent.column`, the parent's. */
  readonly input: AuditInput;
  /** Positions of a child's and a parent's column. */
  readonly pairs: readonly (readonly [number, number])[];
  /** Parents with children. */
  readonly n: Sizes;
}

/** Whole families, picked by a hash of their key where there are many rows. */
export async function joinParents(input: AuditInput, relation: RelationTarget, frame: Frame): Promise<JoinedSides> {
  const { db, target } = input;
  const present = await Promise.all(
    [relation.realParent, relation.syntheticParent].map((side) => columnNames(db, side)),
  );
  const parents = (relation.comparedParentColumns ?? []).filter(({ name }) =>
    present.every((names) => names.has(name)),
  );
  const children = frame.columns.map(({ schema }) => schema);
  const named = parents.map((schema): ColumnSchema => ({ ...schema, name: `${relation.parent}.${schema.name}` }));
  const side = async (child: Relation, parent: Relation): Promise<Relation> =>
    frame.temporary(joinQuery(relation, child, parent, children, parents, named, await countRows(db, child)));
  const real = await side(input.real, relation.realParent);
  const synthetic = await side(input.synthetic, relation.syntheticParent);
  const holdout = input.holdout === undefined ? undefined : await side(input.holdout, relation.realParent);
  const families = (joined: Relation): Promise<number> =>
    numberOf(db, sql`SELECT CAST(count(DISTINCT ${columnRef(SUBJECT)}) AS DOUBLE) AS n FROM ${relationRef(joined)}`);
  return {
    input: {
      db,
      real,
      synthetic,
      ...(holdout && { holdout }),
      target: { ...target, columns: [...children, ...named], relations: [] },
    },
    pairs: children.flatMap((_, i) => named.map((__, j): [number, number] => [i, children.length + j])),
    n: {
      real: await families(real),
      synthetic: await families(synthetic),
      holdout: holdout === undefined ? 0 : await families(holdout),
    },
  };
}

function joinQuery(
  relation: RelationTarget,
  child: Relation,
  parent: Relation,
  children: readonly ColumnSchema[],
  parents: readonly ColumnSchema[],
  named: readonly ColumnSchema[],
  rows: number,
): RawBuilder<unknown> {
  const keys = relation.columns;
  const subject = sql`hash(${columnList(keys, 'c')})`;
  const selected = [
    ...children.map(({ name }) => columnRef(name, 'c')),
    ...parents.map(({ name }, i) => sql`${columnRef(name, 'p')} AS ${columnRef(named[i]?.name ?? name)}`),
    sql`${subject} AS ${columnRef(SUBJECT)}`,
    sql`count(*) OVER (PARTITION BY ${subject}) AS ${columnRef(SIZE)}`,
  ];
  const matches = keys.map(
    (key, i) => sql`${columnRef(relation.parentColumns[i] ?? key, 'p')} = ${columnRef(key, 'c')}`,
  );
  return sql`SELECT ${sql.join(selected)} FROM ${relationRef(child)} AS c
    JOIN ${relationRef(parent)} AS p ON ${sql.join(matches, sql` AND `)}
    WHERE ${subject} % ${sql.lit(subjectParts)} < ${sql.lit(subjectShare(rows))}`;
}

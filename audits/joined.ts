// Child rows beside their parent's columns, for audits across a key.
import { type RawBuilder, sql } from 'kysely';
import type { AuditInput, Relation, RelationTarget } from '../core/audit.ts';
import type { ColumnSchema } from '../core/schema.ts';
import { columnList, columnRef, relationRef } from '../core/sql.ts';
import { SIZE, SUBJECT } from './clusters.ts';
import { derivedSides } from './derived.ts';
import { columnNames, type Frame } from './frame.ts';
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
  const present = await Promise.all(
    [relation.realParent, relation.syntheticParent].map((side) => columnNames(input.db, side)),
  );
  const parents = (relation.comparedParentColumns ?? []).filter(({ name }) =>
    present.every((names) => names.has(name)),
  );
  const children = frame.columns.map(({ schema }) => schema);
  const named = parents.map((schema): ColumnSchema => ({ ...schema, name: `${relation.parent}.${schema.name}` }));
  const { input: joined, n } = await derivedSides(input, frame, [...children, ...named], (side, child, rows) => {
    const parent = side === 'synthetic' ? relation.syntheticParent : relation.realParent;
    return joinQuery(relation, child, parent, children, parents, named, rows);
  });
  return {
    input: joined,
    pairs: children.flatMap((_, i) => named.map((__, j): [number, number] => [i, children.length + j])),
    n,
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

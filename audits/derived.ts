// Tables made from those of an input, side by side: children with their parents, rows with the next of their subject.
import { type RawBuilder, sql } from 'kysely';
import type { AuditInput, Relation } from '../core/audit.ts';
import type { ColumnSchema } from '../core/schema.ts';
import { columnRef, relationRef } from '../core/sql.ts';
import { SUBJECT } from './clusters.ts';
import { countRows, type Frame, numberOf, type Side } from './frame.ts';
import type { Sizes } from './noise.ts';

export interface DerivedSides {
  readonly input: AuditInput;
  /** Subjects of each side. */
  readonly n: Sizes;
}

/**
 * An input whose sides are temporary tables of the frame, with these columns and {@link SUBJECT}.
 * @param query makes a side from its table and how many rows that has
 */
export async function derivedSides(
  input: AuditInput,
  frame: Frame,
  columns: readonly ColumnSchema[],
  query: (side: Side, relation: Relation, rows: number) => RawBuilder<unknown>,
): Promise<DerivedSides> {
  const { db, target } = input;
  const side = async (name: Side, relation: Relation): Promise<Relation> =>
    frame.temporary(query(name, relation, await countRows(db, relation)));
  const real = await side('real', input.real);
  const synthetic = await side('synthetic', input.synthetic);
  const holdout = input.holdout === undefined ? undefined : await side('holdout', input.holdout);
  const subjects = (relation: Relation): Promise<number> =>
    numberOf(db, sql`SELECT CAST(count(DISTINCT ${columnRef(SUBJECT)}) AS DOUBLE) AS n FROM ${relationRef(relation)}`);
  return {
    input: { db, real, synthetic, ...(holdout && { holdout }), target: { ...target, columns, relations: [] } },
    n: {
      real: await subjects(real),
      synthetic: await subjects(synthetic),
      holdout: holdout === undefined ? 0 : await subjects(holdout),
    },
  };
}

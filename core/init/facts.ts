// What `synth init` must know of a table beside its schema: how many rows it has, and which of its text hardly repeats.
import { sql } from 'kysely';
import type { Relation } from '../audit.ts';
import type { Workspace } from '../connector.ts';
import type { TableSchema } from '../schema.ts';
import { columnRef, relationRef } from '../sql.ts';

/** Text that a build would refuse to learn, in figures that tell what could stand in its place. */
export interface FreeText {
  readonly column: string;
  /** Characters, rounded. */
  readonly meanLength: number;
  /** Share of values with a space between words. */
  readonly spaced: number;
}

export interface TableFacts {
  readonly rows: number;
  readonly freeText: readonly FreeText[];
}

/**
 * A build refuses text of which more than half the values differ and none is in 20 rows, counted in the training part. It
 * is looked for a little wider here: all rows repeat more than a part of them does.
 */
const leastValues = 50;
const leastDistinct = 0.4;
const mostFrequent = 30;

export async function tableFacts(workspace: Workspace, schema: TableSchema, relation: Relation): Promise<TableFacts> {
  const counted = await sql<{ n: number }>`select cast(count(*) as double) as n from ${relationRef(relation)}`.execute(
    workspace.db,
  );
  const freeText: FreeText[] = [];
  for (const { name, type } of schema.columns) {
    if (type.kind !== 'text') continue;
    workspace.signal.throwIfAborted();
    const ref = columnRef(name);
    const { rows } = await sql<{ present: number; levels: number; top: number; length: number; spaced: number }>`
      select cast(sum(n) as double) as present, cast(count(*) as double) as levels, cast(max(n) as double) as top,
        cast(avg(length(v)) as double) as length, cast(avg(case when v like '%_ _%' then 1 else 0 end) as double) as spaced
      from (select ${ref} as v, count(*) as n from ${relationRef(relation)} where ${ref} is not null group by ${ref})
        as levels`.execute(workspace.db);
    const { present = 0, levels = 0, top = 0, length = 0, spaced = 0 } = rows[0] ?? {};
    if (present < leastValues || levels < leastDistinct * present || top >= mostFrequent) continue;
    freeText.push({ column: name, meanLength: Math.max(1, Math.round(length)), spaced });
  }
  return { rows: counted.rows[0]?.n ?? 0, freeText };
}

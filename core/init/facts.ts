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

/** Text of which a mirror shows the frequent values only, in more rows than the source. */
export interface RareText {
  readonly column: string;
  /** Share of all rows whose value is too rare to be shown. */
  readonly share: number;
}

export interface TableFacts {
  readonly rows: number;
  readonly freeText: readonly FreeText[];
  readonly rareText: readonly RareText[];
}

/**
 * A build refuses text of which no value is in 20 rows, counted in the training part (four fifths). It is looked for a
 * little wider here: all rows repeat more than a part of them does.
 */
const mostFrequent = 30;

/** Rows of all behind a value that 20 rows of the training part share, and how many rows are learnt from at most. */
const leastRows = 25;
const mostFitRows = 250_000;
const trainShare = 0.8;

/** `fid.tvd` fails from a tenth of the rows on. */
const muchRare = 0.08;

export async function tableFacts(workspace: Workspace, schema: TableSchema, relation: Relation): Promise<TableFacts> {
  const counted = await sql<{ n: number }>`select cast(count(*) as double) as n from ${relationRef(relation)}`.execute(
    workspace.db,
  );
  const total = counted.rows[0]?.n ?? 0;
  const least = leastRows * Math.max(1, (trainShare * total) / mostFitRows);
  const freeText: FreeText[] = [];
  const rareText: RareText[] = [];
  for (const { name, type } of schema.columns) {
    if (type.kind !== 'text') continue;
    workspace.signal.throwIfAborted();
    const ref = columnRef(name);
    const { rows } = await sql<{ present: number; top: number; rare: number; length: number; spaced: number }>`
      select cast(sum(n) as double) as present, cast(max(n) as double) as top,
        cast(sum(n) filter (n < ${least}) as double) as rare,
        cast(avg(length(v)) as double) as length, cast(avg(case when v like '%_ _%' then 1 else 0 end) as double) as spaced
      from (select ${ref} as v, count(*) as n from ${relationRef(relation)} where ${ref} is not null group by ${ref})
        as levels`.execute(workspace.db);
    const { present, top, rare, length, spaced } = rows[0] ?? {};
    if (!present || !top) continue;
    if (top < mostFrequent)
      freeText.push({ column: name, meanLength: Math.max(1, Math.round(length ?? 1)), spaced: spaced ?? 0 });
    else if ((rare ?? 0) >= muchRare * total) rareText.push({ column: name, share: (rare ?? 0) / total });
  }
  return { rows: total, freeText, rareText };
}

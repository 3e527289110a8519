// The key of a file that declares none: a column that is named like one and whose values never repeat.
import { sql } from 'kysely';
import type { Relation } from '../audit.ts';
import type { Workspace } from '../connector.ts';
import type { TableSchema } from '../schema.ts';
import { columnRef, relationRef } from '../sql.ts';

const keyName = /(^|[_\s])(id|uuid|guid|key|pk)$|[a-z](Id|ID|Key)$/i;

/** Fewer rows than this prove nothing. */
const leastRows = 20;

/** The first such column; learnt as a number or a category, its values would be those of real rows. */
export async function guessKey(
  workspace: Workspace,
  schema: TableSchema,
  relation: Relation,
): Promise<string | undefined> {
  for (const { name, type } of schema.columns) {
    if (!keyName.test(name) || !['integer', 'text', 'uuid', 'wide'].includes(type.kind)) continue;
    const { rows } = await sql<{ total: number; present: number; distinct: number }>`select
      cast(count(*) as double) as total, cast(count(${columnRef(name)}) as double) as present,
      cast(count(distinct ${columnRef(name)}) as double) as distinct from ${relationRef(relation)}`.execute(
      workspace.db,
    );
    const { total = 0, present = 0, distinct = 0 } = rows[0] ?? {};
    if (total >= leastRows && present === total && distinct === total) return name;
  }
  return undefined;
}

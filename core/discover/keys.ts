// Undeclared keys: columns without NULL whose values are all different.
import { sql } from 'kysely';
import type { Workspace } from '../connector.ts';
import { listed, quoted } from '../constraints/rules.ts';
import type { ColumnType } from '../schema.ts';
import { columnList, relationRef } from '../sql.ts';
import type { Proposal } from './proposal.ts';
import { type ColumnView, numberOf, type TableView } from './sample.ts';

const keyName = /(^|_|\s)(id|uuid|guid|key|code|number|no|nr|sku|iata|icao)$|[a-z](Id|Key|Code)$/i;

/** Fewer rows than this prove nothing. */
const leastRows = 20;

export async function proposeKeys(workspace: Workspace, view: TableView): Promise<readonly Proposal[]> {
  const { schema, rows } = view;
  if (rows < leastRows) return [];
  const declared = [schema.primaryKey, ...schema.uniques].filter((columns) => columns.length > 0);
  const candidates = view.columns.filter(
    (column) =>
      canBeKey(column.type) &&
      column.present === view.sampledRows &&
      column.distinct === view.sampledRows &&
      !declared.some((columns) => columns.length === 1 && columns[0] === column.name),
  );
  const found: ColumnView[] = [];
  for (const column of candidates) if (await isUnique(workspace, view, [column.name])) found.push(column);
  const rank = ({ name, type }: ColumnView): number => (keyName.test(name) ? 0 : isTime(type) ? 2 : 1);
  found.sort((a, b) => rank(a) - rank(b));
  const proposals: Proposal[] = [];
  for (const column of found) {
    const named = keyName.test(column.name);
    const key = proposals.length === 0 && schema.primaryKey.length === 0;
    // Text that happens to be unique, such as a comment or a name, identifies nothing on purpose; and moments are only worth
    // keeping apart where nothing else tells rows apart, as in a series.
    if (!named && (column.type.kind === 'text' || (isTime(column.type) && !key))) continue;
    proposals.push({
      kind: key ? 'key' : 'unique',
      table: schema.name,
      columns: [column.name],
      text: key ? quoted(column.name) : `unique(${quoted(column.name)})`,
      confidence: named ? 0.95 : 0.6,
      why: 'No value is NULL and none occurs twice.',
    });
  }
  if (found.length > 0 || schema.primaryKey.length > 0) return proposals;
  const pair = await findPair(workspace, view);
  return pair === undefined
    ? proposals
    : [
        {
          kind: 'key',
          table: schema.name,
          columns: pair,
          text: listed(pair),
          confidence: 0.7,
          why: 'No combination of these columns has a NULL or occurs twice.',
        },
      ];
}

/** Two columns named like identifiers that are unique together; others are so by chance too often. */
async function findPair(workspace: Workspace, view: TableView): Promise<readonly string[] | undefined> {
  const parts = view.columns.filter(
    (column) => keyName.test(column.name) && canBeKey(column.type) && column.present === view.sampledRows,
  );
  for (const [i, first] of parts.entries()) {
    for (const second of parts.slice(i + 1)) {
      if (first.distinct * second.distinct < view.sampledRows) continue;
      const pair = [first.name, second.name];
      if (await isUnique(workspace, view, pair)) return pair;
    }
  }
  return undefined;
}

/** In all rows: a sample would miss most duplicates. */
export async function isUnique(workspace: Workspace, view: TableView, columns: readonly string[]): Promise<boolean> {
  const groups = await numberOf(
    workspace,
    sql`select cast(count(*) as double) as n from (select distinct ${columnList(columns)} from ${relationRef(view.whole)}
      where ${sql.join(
        columns.map((name) => sql`${sql.id(name)} is not null`),
        sql` and `,
      )}) as keys`,
  );
  return groups === view.rows;
}

function isTime({ kind }: ColumnType): boolean {
  return kind === 'date' || kind === 'timestamp';
}

function canBeKey(type: ColumnType): boolean {
  return (
    isTime(type) || type.kind === 'integer' || type.kind === 'text' || type.kind === 'uuid' || type.kind === 'wide'
  );
}

// What puts the rows of one parent in order, so that they are learnt as a sequence.

import { sql } from 'kysely';
import type { Workspace } from '../connector.ts';
import { listed, quoted } from '../constraints/rules.ts';
import { findOrder } from '../event-order.ts';
import { columnList, relationRef } from '../sql.ts';
import type { Proposal } from './proposal.ts';
import { numberOf, type TableView } from './sample.ts';

/** Fewer parents than this with rows say nothing; with more rows a parent it is a place or a kind, whose rows are no story. */
const leastParents = 20;
const mostRows = 200;

/**
 * At most one proposal for the table.
 * @param relations those proposed for all tables, beside the declared foreign keys
 * @param personal those proposed for the table: a birthday is no event
 */
export async function proposeOrder(
  workspace: Workspace,
  view: TableView,
  relations: readonly Proposal[],
  personal: readonly Proposal[],
): Promise<readonly Proposal[]> {
  const { schema, rows, whole } = view;
  const keys = [
    ...schema.foreignKeys.map(({ columns }) => columns),
    ...relations
      .filter(({ kind, table }) => kind === 'relation' && table === schema.name)
      .map(({ columns }) => columns),
  ];
  const others = new Set([
    ...schema.primaryKey,
    ...schema.uniques.flat(),
    ...keys.flat(),
    ...personal.flatMap(({ columns }) => columns),
  ]);
  const candidates = view.columns.filter(({ name }) => !others.has(name));
  for (const by of keys) {
    const parents = await numberOf(
      workspace,
      sql`select cast(count(distinct (${columnList(by)})) as double) as n from ${relationRef(whole)}`,
    );
    if (parents < leastParents || rows > mostRows * parents) continue;
    const order = await findOrder(workspace.db, whole, by, candidates);
    if (order === undefined) continue;
    return [
      {
        kind: 'order',
        table: schema.name,
        columns: [order],
        text: quoted(order),
        confidence: 0.7,
        why: `It puts the rows that share ${listed(by)} in order: they are learnt as a sequence.`,
      },
    ];
  }
  return [];
}

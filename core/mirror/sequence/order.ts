// Finds what puts the rows of one owner in order, and which of their columns never change.
import { type ColumnBatch, type ColumnVector, isNull } from '../../batch.ts';
import type { Workspace } from '../../connector.ts';
import { findOrder } from '../../event-order.ts';
import type { ColumnSchema } from '../../schema.ts';
import { vectorOf } from '../buckets.ts';
import { type LearntColumn, learntView } from '../learnt.ts';
import { elderContext, POSITION } from '../names.ts';
import { asList, type TablePlan } from '../plan.ts';
import type { ForeignKeyPlan } from '../relations.ts';

/** The config's order, else the counter that is part of the key beside the owner's, else what the data show. */
export async function resolveOrder(
  workspace: Workspace,
  table: TablePlan,
  key: ForeignKeyPlan,
  learnt: readonly LearntColumn[],
): Promise<readonly string[]> {
  if (table.config.order !== undefined) return asList(table.config.order);
  const { primaryKey, columns } = table.schema;
  const own = primaryKey.filter((column) => !key.columns.includes(column));
  const counter = columns.find(
    ({ name, type }) => own.includes(name) && ['integer', 'wide', 'date', 'timestamp'].includes(type.kind),
  );
  if (own.length === 1 && primaryKey.length > 1 && counter !== undefined) return [counter.name];
  const plain = learnt.filter(({ lookup }) => lookup === undefined).map(({ schema }) => schema);
  const found = await findOrder(workspace.db, learntView(workspace, table.name), key.columns, plain);
  return found === undefined ? [] : [found];
}

/** At most so many of the rows that follow another may differ from it in a column that counts as shared by siblings. */
const mostChanges = 0.001;

/** Columns in which rows are like their elder sibling. @param rows with the columns and their elder sibling's */
export function constantColumns(columns: readonly ColumnSchema[], rows: ColumnBatch, k: number): readonly string[] {
  const position = vectorOf(rows, POSITION);
  const later: number[] = [];
  for (let row = 0; row < rows.rowCount; row++) {
    if (position.kind === 'integer' && !isNull(position, row) && (position.values[row] as bigint) > 1n) later.push(row);
  }
  if (later.length < k) return [];
  return columns
    .filter(({ name }) => {
      const own = vectorOf(rows, name);
      const elder = vectorOf(rows, elderContext(name));
      const most = mostChanges * later.length;
      let changes = 0;
      for (const row of later) {
        if (entryOf(own, row) !== entryOf(elder, row) && ++changes > most) return false;
      }
      return true;
    })
    .map(({ name }) => name);
}

function entryOf(vector: ColumnVector, row: number): string | number | bigint | null | undefined {
  if (isNull(vector, row)) return null;
  return vector.kind === 'category' ? vector.labels[vector.codes[row] as number] : vector.values[row];
}

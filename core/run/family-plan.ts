// The tables of a config in the words of core/mirror, and those that a selection of them needs.
import type { RowTarget } from '../config/loaded.ts';
import type { ResolvedTable } from '../config/resolve.ts';
import type { TableConfig } from '../config/types.ts';
import type { FamilyPlan, FamilyTable, TablePlan } from '../mirror/plan.ts';
import { displayName } from '../schema.ts';

/** What the config says of a table, in the words of core/mirror. Keys and relations are part of the schema already. */
export function familyTable({ config, schema }: ResolvedTable): FamilyTable {
  const { rows, subject, columns, constraints, fitRows } = config;
  const wanted: TableConfig = {
    columns,
    constraints,
    fitRows,
    ...(subject.length === 0 ? {} : { subject }),
    ...(rows === undefined ? {} : { rows: rowsOf(rows) }),
  };
  return { schema, choice: config.generator, config: wanted };
}

function rowsOf(rows: RowTarget): NonNullable<TableConfig['rows']> {
  if (rows.kind === 'groups') return rows.groups;
  return rows.kind === 'count' ? rows.count : `${rows.factor}x`;
}

/**
 * The tables to make and all that their keys lead to. Parents that stay as they are are drawn again from their fits: the same
 * seed gives the same rows, and children need more of them than their mirror shows.
 */
export function withParents(plan: FamilyPlan, tables: ReadonlySet<string>): FamilyPlan {
  const needed = new Set(tables);
  const add = (table: TablePlan): void => {
    for (const key of table.foreignKeys) {
      const parent = displayName(key.parent);
      if (key.strategy === 'outside' || needed.has(parent)) continue;
      needed.add(parent);
      const found = plan.tables.find(({ label }) => label === parent);
      if (found !== undefined) add(found);
    }
  };
  for (const table of plan.tables) if (tables.has(table.label)) add(table);
  return { tables: plan.tables.filter(({ label }) => needed.has(label)) };
}

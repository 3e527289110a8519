// The tables of a config in the words of core/mirror, and those that a selection of them needs.
import { columnTypeOf } from '../../connectors/duckdb/index.ts';
import type { RowTarget } from '../config/loaded.ts';
import type { ResolvedTable } from '../config/resolve.ts';
import type { ColumnRule, TableConfig } from '../config/types.ts';
import type { AttachedSource, Workspace } from '../connector.ts';
import { expressionColumns, expressionType } from '../constraints/index.ts';
import { type FamilyPlan, type FamilyTable, planFamily, type TablePlan } from '../mirror/plan.ts';
import { type ColumnSchema, displayName } from '../schema.ts';

/** The plan of all tables of a config; the types of labels are asked of the source, of which no row is read. */
export async function planTables(
  workspace: Workspace,
  source: AttachedSource,
  tables: readonly ResolvedTable[],
): Promise<FamilyPlan> {
  const family: FamilyTable[] = [];
  for (const table of tables) family.push(await familyTable(workspace, source, table));
  return planFamily(family);
}

/** What the config says of a table, in the words of core/mirror. Keys and relations are part of the schema already. */
async function familyTable(
  workspace: Workspace,
  source: AttachedSource,
  { config, schema }: ResolvedTable,
): Promise<FamilyTable> {
  const { rows, subject, order, constraints, fitRows, balance, atLeast, labels } = config;
  const isColumn = (name: string): boolean => schema.columns.some((column) => column.name === name);
  const replaced = Object.entries(labels).filter(([name]) => isColumn(name));
  const columns = {
    ...config.columns,
    ...Object.fromEntries(
      replaced.map(([name, text]): [string, ColumnRule] => [name, { kind: 'expression', sql: text }]),
    ),
  };
  const wanted: TableConfig = {
    columns,
    constraints,
    fitRows,
    balance,
    labels,
    ...(atLeast === undefined ? {} : { atLeast }),
    ...(subject.length === 0 ? {} : { subject }),
    ...(order.length === 0 ? {} : { order }),
    ...(rows === undefined ? {} : { rows: rowsOf(rows) }),
  };
  const names = schema.columns.map(({ name }) => name).filter((name) => columns[name]?.kind !== 'omit');
  const added: ColumnSchema[] = [];
  for (const [name, text] of Object.entries(labels)) {
    await expressionColumns(workspace, text, names);
    const sqlType = await expressionType(workspace, text, source.relation(schema.name));
    if (isColumn(name)) continue;
    added.push({ name, sqlType, type: columnTypeOf(sqlType), nullable: true });
  }
  return { schema, choice: config.generator, config: wanted, ...(added.length > 0 && { labels: added }) };
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

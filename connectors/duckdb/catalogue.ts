// Table schemas from DuckDB's catalogue: columns, keys and foreign keys of one attached database.
import { sql } from 'kysely';
import type { Database } from '../../core/audit.ts';
import type { ColumnSchema, ForeignKey, TableName, TableSchema } from '../../core/schema.ts';
import { columnTypeOf } from './types.ts';

interface ColumnRow {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly nullable: boolean;
}

interface ConstraintRow {
  readonly schema: string;
  readonly table: string;
  readonly kind: 'PRIMARY KEY' | 'UNIQUE' | 'FOREIGN KEY';
  readonly columns: string[];
  readonly referenced_table: string | null;
  readonly referenced_columns: string[];
}

export interface CatalogueOptions {
  /** Views count as tables without keys; their columns may all be NULL. */
  readonly views?: boolean;
}

/** The tables of the attached database `catalog`, by schema and name, columns in their order. */
export async function readCatalogue(
  db: Database,
  catalog: string,
  options: CatalogueOptions = {},
): Promise<readonly TableSchema[]> {
  const views = options.views
    ? sql`union all select schema_name, view_name from duckdb_views() where database_name = ${catalog} and not internal`
    : sql``;
  const { rows: tables } = await sql<TableName>`
    select schema_name as "schema", table_name as "table" from duckdb_tables()
    where database_name = ${catalog} and not internal and not temporary ${views} order by 1, 2`.execute(db);
  const { rows: columns } = await sql<ColumnRow>`
    select schema_name as "schema", table_name as "table", column_name as "column", data_type as "type",
      is_nullable as "nullable"
    from duckdb_columns() where database_name = ${catalog} and not internal order by 1, 2, column_index`.execute(db);
  const { rows: constraints } = await sql<ConstraintRow>`
    select schema_name as "schema", table_name as "table", constraint_type as "kind",
      constraint_column_names as "columns", referenced_table, referenced_column_names as "referenced_columns"
    from duckdb_constraints()
    where database_name = ${catalog} and constraint_type in ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY')
    order by 1, 2, constraint_index`.execute(db);

  const columnsOf = groupByTable(columns);
  const constraintsOf = groupByTable(constraints);
  return tables.map((name) =>
    tableSchema(name, columnsOf.get(keyOf(name)) ?? [], constraintsOf.get(keyOf(name)) ?? []),
  );
}

function groupByTable<Row extends TableName>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return groups;
}

function keyOf(name: TableName): string {
  return JSON.stringify([name.schema, name.table]);
}

function tableSchema(
  { schema, table }: TableName,
  columns: readonly ColumnRow[],
  constraints: readonly ConstraintRow[],
): TableSchema {
  const of = (kind: ConstraintRow['kind']): ConstraintRow[] => constraints.filter((row) => row.kind === kind);
  return {
    name: { schema, table },
    columns: columns.map(
      ({ column, type, nullable }): ColumnSchema => ({
        name: column,
        sqlType: type,
        type: columnTypeOf(type),
        nullable,
      }),
    ),
    primaryKey: of('PRIMARY KEY')[0]?.columns ?? [],
    uniques: of('UNIQUE').map((row) => row.columns),
    foreignKeys: of('FOREIGN KEY').map(
      (row): ForeignKey => ({
        columns: row.columns,
        // DuckDB refuses foreign keys across schemas.
        references: { table: { schema, table: row.referenced_table ?? '' }, columns: row.referenced_columns },
      }),
    ),
  };
}

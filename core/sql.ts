// Small kysely helpers for SQL on relations that are only known at run time.
import {
  type AliasedRawBuilder,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresQueryCompiler,
  type RawBuilder,
  type SelectQueryBuilder,
  sql,
} from 'kysely';
import type { AnyTables, Database, Relation } from './audit.ts';

/** A row whose columns are only known at run time. */
export type AnyRow = Record<string, unknown>;

/** The quoted, qualified name of a relation, for use inside kysely's `sql` template. */
export function relationRef(relation: Relation): RawBuilder<AnyRow> {
  const { catalog, schema, table } = relation;
  // `"catalog"."table"` would also be read as `"schema"."table"`: with a catalog the schema is always written.
  const path = catalog === undefined ? [schema, table] : [catalog, schema ?? 'main', table];
  return sql.id(...path.filter((name) => name !== undefined)) as RawBuilder<AnyRow>;
}

/** A relation under an alias, for `db.selectFrom(aliased(relation, 'r'))` and joins. */
export function aliased<Alias extends string>(relation: Relation, alias: Alias): AliasedRawBuilder<AnyRow, Alias> {
  return relationRef(relation).as(alias);
}

/** `select … from relation as "alias"`, to go on with kysely's builder. */
export function selectFrom<Alias extends string>(
  db: Database,
  relation: Relation,
  alias: Alias,
): SelectQueryBuilder<AnyTables & Record<Alias, AnyRow>, Alias, Record<never, never>> {
  return db.selectFrom(aliased(relation, alias)) as unknown as SelectQueryBuilder<
    AnyTables & Record<Alias, AnyRow>,
    Alias,
    Record<never, never>
  >;
}

/** One column, under `alias` when one is given. kysely's own string references split at dots, which names may hold. */
export function columnRef(column: string, alias?: string): RawBuilder<unknown> {
  return sql.id(...(alias === undefined ? [column] : [alias, column]));
}

/** `"a", "b"`: columns as a comma-separated list, each under `alias` when one is given. */
export function columnList(columns: readonly string[], alias?: string): RawBuilder<unknown> {
  return sql.join(columns.map((column) => columnRef(column, alias)));
}

/** A number as a DOUBLE: DuckDB reads `1.5` as a DECIMAL, whose sums and products may overflow. */
export function doubleLiteral(value: number): RawBuilder<number> {
  return sql<number>`cast(${sql.lit(value)} as double)`;
}

const compiler = new Kysely<AnyTables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: () => {
      throw new TypeError('Text is compiled without a database.');
    },
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

/** An expression as text, compiled without a database: for SQL that is kept until a relation is known. No parameters. */
export function sqlText(expression: RawBuilder<unknown>): string {
  return expression.compile(compiler).sql;
}

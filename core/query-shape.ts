// What DuckDB's parser says of a query that a user wrote: the tables it reads, and which result columns group and which count.
import { sql } from 'kysely';
import type { Database } from './audit.ts';
import { SynthError } from './errors.ts';
import type { TableName } from './schema.ts';

/**
 * `key`: rows are told apart by it. `measure`: computed over the rows of a group. `additive`: a measure that grows with the
 * number of rows (a count, a sum).
 */
export type ColumnRole = 'key' | 'measure' | 'additive';

export interface QueryShape {
  /** In the order of the text, without the query's own WITH names. */
  readonly tables: readonly TableName[];
  /** One per result column; absent when the text does not tell (SELECT *, a WITH that groups). */
  readonly roles?: readonly ColumnRole[];
  /** The order of the rows says something: ORDER BY starts with a measure. */
  readonly ranked: boolean;
}

interface Node {
  readonly [key: string]: unknown;
}

interface Parsed {
  readonly error: boolean;
  readonly error_type?: string;
  readonly error_message?: string;
  readonly statements?: readonly { readonly node: Node }[];
}

/**
 * Undefined when the text is no plain SELECT (a PIVOT, a DESCRIBE): then only running it tells more.
 * @throws SynthError `query.wrong` for what is no SQL, `query.many` for more than one statement
 */
export async function queryShape(db: Database, text: string): Promise<QueryShape | undefined> {
  const { rows } = await sql<{ tree: string; aggregates: string }>`
    SELECT CAST(json_serialize_sql(CAST(${text} AS VARCHAR)) AS VARCHAR) AS tree, CAST(to_json((
      SELECT list(DISTINCT function_name ORDER BY function_name) FROM duckdb_functions() WHERE function_type = 'aggregate'
    )) AS VARCHAR) AS aggregates`.execute(db);
  const [row] = rows;
  if (row === undefined) return undefined;
  const parsed = JSON.parse(row.tree) as Parsed;
  if (parsed.error && parsed.error_type === 'parser') {
    throw new SynthError('query.wrong', `DuckDB cannot read this: ${String(parsed.error_message).split('\n')[0]}.`);
  }
  if ((parsed.statements?.length ?? 0) > 1) throw new SynthError('query.many', 'It holds more than one statement.');
  const top = parsed.statements?.[0]?.node;
  if (top === undefined) return undefined;
  const aggregates = new Set(['count_star', ...(JSON.parse(row.aggregates) as string[])]);
  const roles = rolesOf(top, aggregates);
  const named = new Set<string>();
  const tables: TableName[] = [];
  collect(top, named, tables);
  return {
    tables: tables.filter(({ schema, table }) => schema !== '' || !named.has(table)).map(withSchema),
    ...(roles === undefined ? {} : { roles }),
    ranked: isRanked(top, roles),
  };
}

function withSchema({ schema, table }: TableName): TableName {
  return { schema: schema === '' ? 'main' : schema, table };
}

function collect(node: unknown, named: Set<string>, tables: TableName[]): void {
  if (Array.isArray(node)) {
    for (const child of node) collect(child, named, tables);
  } else if (isNode(node)) {
    if (node.type === 'BASE_TABLE') {
      const found = { schema: String(node.schema_name ?? ''), table: String(node.table_name ?? '') };
      if (!tables.some(({ schema, table }) => schema === found.schema && table === found.table)) tables.push(found);
    }
    const entries = isNode(node.cte_map) && Array.isArray(node.cte_map.map) ? node.cte_map.map : [];
    for (const entry of entries) if (isNode(entry)) named.add(String(entry.key));
    for (const child of Object.values(node)) collect(child, named, tables);
  }
}

function rolesOf(top: Node, aggregates: ReadonlySet<string>): readonly ColumnRole[] | undefined {
  const list = top.select_list;
  if (top.type !== 'SELECT_NODE' || !Array.isArray(list)) return undefined;
  if (list.some((item) => isNode(item) && item.class === 'STAR')) return undefined;
  const roles = list.map((item): ColumnRole => {
    if (!contains(item, (node) => isAggregate(node, aggregates))) return 'key';
    return isAdditive(item) ? 'additive' : 'measure';
  });
  return roles.some((role) => role !== 'key') ? roles : undefined;
}

function isAggregate(node: Node, aggregates: ReadonlySet<string>): boolean {
  if (node.class === 'WINDOW') return true;
  return node.class === 'FUNCTION' && aggregates.has(String(node.function_name));
}

const sums: ReadonlySet<unknown> = new Set(['count', 'count_star', 'count_if', 'sum', 'fsum', 'sum_no_overflow']);

/** A count or a sum, rounded or cast at most. */
function isAdditive(node: unknown): boolean {
  if (!isNode(node)) return false;
  if (node.class === 'CAST') return isAdditive(node.child);
  if (node.class !== 'FUNCTION') return false;
  if (node.function_name === 'round' && Array.isArray(node.children)) return isAdditive(node.children[0]);
  return sums.has(node.function_name) && node.distinct !== true;
}

function isRanked(top: Node, roles: readonly ColumnRole[] | undefined): boolean {
  const modifiers = Array.isArray(top.modifiers) ? top.modifiers : [];
  const order = modifiers.find((modifier) => isNode(modifier) && modifier.type === 'ORDER_MODIFIER') as
    | Node
    | undefined;
  const first = Array.isArray(order?.orders) ? (order.orders[0] as Node).expression : undefined;
  if (!isNode(first) || roles === undefined) return false;
  const list = top.select_list as readonly Node[];
  if (first.class === 'CONSTANT') {
    const position = Number(isNode(first.value) ? first.value.value : Number.NaN);
    return (roles[position - 1] ?? 'key') !== 'key';
  }
  if (first.class !== 'COLUMN_REF') return contains(first, (node) => node.class === 'FUNCTION');
  const name = (first.column_names as readonly string[]).at(-1)?.toLowerCase();
  const index = list.findIndex(({ alias }) => String(alias ?? '').toLowerCase() === name);
  return (roles[index] ?? 'key') !== 'key';
}

function contains(node: unknown, test: (node: Node) => boolean): boolean {
  if (Array.isArray(node)) return node.some((child) => contains(child, test));
  if (!isNode(node)) return false;
  return test(node) || Object.values(node).some((child) => contains(child, test));
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

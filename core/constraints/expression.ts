// Reads SQL expressions that users write: which columns they name, and whether they can be computed from one row.
import { sql } from 'kysely';
import type { Relation } from '../audit.ts';
import type { Workspace } from '../connector.ts';
import { SynthError } from '../errors.ts';
import { relationRef } from '../sql.ts';
import { unknownColumn } from './columns.ts';

/** A node of DuckDB's parse tree, as json_serialize_sql writes it. */
export type Node = Readonly<Record<string, unknown>>;

/** Names that DuckDB parses as columns and computes as functions. */
const constants = new Set(['current_date', 'current_time', 'current_timestamp', 'localtime', 'localtimestamp', 'user']);

/**
 * The columns that an expression names, in order of appearance, as `columns` spells them. The expression is parsed by
 * DuckDB and not run.
 * @throws SynthError `constraint.syntax`, `constraint.not-one-row`, `constraint.unknown-column`
 */
export async function expressionColumns(
  workspace: Workspace,
  expression: string,
  columns: readonly string[],
): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const path of await columnPaths(workspace, expression)) {
    const name = columnOf(path, columns, expression);
    if (name !== undefined) found.add(name);
  }
  return [...found];
}

/**
 * The columns that an expression names as it spells them, `a.b` in two parts.
 * @throws SynthError `constraint.syntax`, `constraint.not-one-row`
 */
export async function columnPaths(workspace: Workspace, expression: string): Promise<readonly (readonly string[])[]> {
  const root = await parseExpression(workspace, expression);
  const found: (readonly string[])[] = [];
  const functions = new Set<string>();
  const visit = (value: unknown, bound: ReadonlySet<string>): void => {
    if (Array.isArray(value)) {
      for (const item of value) visit(item, bound);
    } else if (isNode(value)) {
      if (value.class === 'SUBQUERY' || value.class === 'WINDOW') throw notOneRow(expression);
      if (value.class === 'FUNCTION' && value.is_operator !== true) functions.add(String(value.function_name));
      if (value.class === 'COLUMN_REF') {
        const path = value.column_names as readonly string[];
        if (![...bound].some((parameter) => same(parameter, path[0] ?? ''))) found.push(path);
        return;
      }
      const inner = value.class === 'LAMBDA' ? new Set([...bound, ...parameterNames(value.lhs)]) : bound;
      for (const child of Object.values(value)) visit(child, inner);
    }
  };
  visit(root, new Set());
  if (functions.size > 0 && (await hasAggregate(workspace, [...functions]))) throw notOneRow(expression);
  return found;
}

async function hasAggregate(workspace: Workspace, names: readonly string[]): Promise<boolean> {
  const { rows } = await sql<{ name: string }>`
    select function_name as name from duckdb_functions() where function_name in (${sql.join(names.map((name) => sql.lit(name.toLowerCase())))})
    group by 1 having bool_and(function_type = 'aggregate')`.execute(workspace.db);
  return rows.length > 0;
}

/**
 * Checks that the expression is boolean and that DuckDB can bind it to the relation. Reads no row.
 * @throws SynthError `constraint.syntax` with DuckDB's reason, `constraint.not-boolean`
 */
export async function checkBooleanExpression(
  workspace: Workspace,
  expression: string,
  relation: Relation,
): Promise<void> {
  const type = await expressionType(workspace, expression, relation);
  if (type !== 'BOOLEAN') {
    throw new SynthError('constraint.not-boolean', `The rule ${expression} gives ${type} instead of true or false.`, {
      hint: 'Write a comparison, such as a <= b.',
    });
  }
}

/** The root of DuckDB's parse tree. @throws SynthError `constraint.syntax` */
export async function parseExpression(workspace: Workspace, expression: string): Promise<Node> {
  // The line break ends a comment that the expression may end with.
  const statement = `select (${expression}\n)`;
  const { rows } = await sql<{
    tree: string;
  }>`select cast(json_serialize_sql(cast(${statement} as varchar)) as varchar) as tree`.execute(workspace.db);
  const tree = JSON.parse(rows[0]?.tree ?? '{}') as { error?: boolean; error_message?: string; statements?: Node[] };
  if (tree.error !== false) throw syntaxError(expression, tree.error_message);
  const node = tree.statements?.length === 1 ? tree.statements[0]?.node : undefined;
  const list = isNode(node) ? node.select_list : undefined;
  const from = isNode(node) && isNode(node.from_table) ? node.from_table.type : undefined;
  // `a) from x where (b` is a query, not an expression.
  if (!Array.isArray(list) || list.length !== 1 || from !== 'EMPTY' || (node as Node).where_clause !== null) {
    throw syntaxError(expression, 'it is more than one expression');
  }
  return list[0] as Node;
}

function same(name: string, other: string): boolean {
  return name.toLowerCase() === other.toLowerCase();
}

function columnOf(path: readonly string[], columns: readonly string[], expression: string): string | undefined {
  const name = columns.find((column) => same(column, path[0] ?? ''));
  if (name !== undefined) return name;
  if (isConstant(path)) return undefined;
  throw unknownColumn(expression, path.join('.'), columns);
}

/** A name that DuckDB computes although it is written like a column. */
export function isConstant(path: readonly string[]): boolean {
  return path.length === 1 && constants.has((path[0] ?? '').toLowerCase());
}

function parameterNames(lhs: unknown): readonly string[] {
  if (Array.isArray(lhs)) return lhs.flatMap(parameterNames);
  if (!isNode(lhs)) return [];
  if (lhs.class === 'COLUMN_REF') return lhs.column_names as readonly string[];
  return Object.values(lhs).flatMap(parameterNames);
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function notOneRow(expression: string): SynthError {
  return new SynthError('constraint.not-one-row', `The rule ${expression} looks at more than one row.`, {
    hint: 'Rules may use the columns of one row only: no subqueries, no aggregates, no window functions.',
  });
}

/** The type of a value that is computed from one row. @throws SynthError `constraint.syntax` with DuckDB's reason */
export async function expressionType(workspace: Workspace, expression: string, relation: Relation): Promise<string> {
  try {
    const { rows } = await sql<{
      column_type: string;
    }>`describe select (${sql.raw(expression)}\n) as value from ${relationRef(relation)}`.execute(workspace.db);
    return rows[0]?.column_type ?? 'VARCHAR';
  } catch (cause) {
    workspace.signal.throwIfAborted();
    throw syntaxError(expression, bindingReason(cause), cause);
  }
}

/** DuckDB's reason when it is about the text of the expression; other errors may quote data. */
function bindingReason(cause: unknown): string | undefined {
  const text = cause instanceof Error ? cause.message : '';
  return /(?:Binder|Catalog|Parser) Error: ([^\n]*)/.exec(text)?.[1];
}

function syntaxError(expression: string, reason?: string, cause?: unknown): SynthError {
  return new SynthError(
    'constraint.syntax',
    `DuckDB does not understand the expression ${expression}${reason === undefined ? '' : ` (${reason})`}.`,
    {
      hint: 'Correct it in the config: it is SQL over the columns of one row, with odd names in double quotes.',
      ...(cause === undefined ? {} : { cause }),
    },
  );
}

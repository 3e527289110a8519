// What the parts of an expression, joined by AND, say of single columns and of pairs of them.
import type { Workspace } from '../connector.ts';
import { isNode, type Node, parseExpression } from './expression.ts';

/** What one part of an expression demands of one column. Constants are text that DuckDB can cast to the column's type. */
export type Bound = { readonly column: string } & (
  | { readonly kind: 'values'; readonly values: readonly Constant[] }
  /** Both ends are counted in, whether or not the expression does. */
  | { readonly kind: 'range'; readonly low?: Constant; readonly high?: Constant }
  | { readonly kind: 'null' | 'present' }
);

export interface Constant {
  readonly text: string;
  /** The expression has it as text, or as a date or time. */
  readonly isText: boolean;
}

/** `low < high`, or `low <= high`. */
export interface ColumnOrder {
  readonly low: string;
  readonly high: string;
  readonly strict: boolean;
}

export interface Bounds {
  readonly columns: readonly Bound[];
  readonly orders: readonly ColumnOrder[];
}

/** Parts that say anything else are left out. */
export async function readBounds(workspace: Workspace, expression: string): Promise<Bounds> {
  const columns: Bound[] = [];
  const orders: ColumnOrder[] = [];
  const visit = (node: unknown): void => {
    if (!isNode(node)) return;
    if (node.type === 'CONJUNCTION_AND') for (const child of node.children as readonly unknown[]) visit(child);
    const bound = boundOf(node);
    if (bound !== undefined) columns.push(bound);
    const order = orderOf(node);
    if (order !== undefined) orders.push(...order);
  };
  visit(await parseExpression(workspace, expression));
  return { columns, orders };
}

function boundOf(node: Node): Bound | undefined {
  const children = Array.isArray(node.children) ? (node.children as readonly unknown[]) : [];
  switch (node.type) {
    case 'OPERATOR_IS_NULL':
    case 'OPERATOR_IS_NOT_NULL': {
      const column = columnOf(children[0]);
      if (column === undefined) return undefined;
      return { column, kind: node.type === 'OPERATOR_IS_NULL' ? 'null' : 'present' };
    }
    case 'COMPARE_IN': {
      const column = columnOf(children[0]);
      const values = children.slice(1).map(constantOf);
      if (column === undefined || !values.every((value) => value !== undefined)) return undefined;
      return { column, kind: 'values', values };
    }
    case 'COMPARE_BETWEEN': {
      const column = columnOf(node.input);
      const [low, high] = [constantOf(node.lower), constantOf(node.upper)];
      if (column === undefined || low === undefined || high === undefined) return undefined;
      return { column, kind: 'range', low, high };
    }
    default:
      return comparisonOf(node);
  }
}

function comparisonOf({ type, left, right }: Node): Bound | undefined {
  const isFlipped = columnOf(left) === undefined;
  const column = columnOf(isFlipped ? right : left);
  const constant = constantOf(isFlipped ? left : right);
  if (column === undefined || constant === undefined) return undefined;
  if (type === 'COMPARE_EQUAL') return { column, kind: 'values', values: [constant] };
  if (typeof type !== 'string' || !/^COMPARE_(GREATER|LESS)THAN(OREQUALTO)?$/.test(type)) return undefined;
  const isLow = type.startsWith('COMPARE_GREATER') !== isFlipped;
  return { column, kind: 'range', ...(isLow ? { low: constant } : { high: constant }) };
}

function orderOf({ type, left, right }: Node): readonly ColumnOrder[] | undefined {
  const [a, b] = [columnOf(left), columnOf(right)];
  if (a === undefined || b === undefined) return undefined;
  switch (type) {
    case 'COMPARE_LESSTHAN':
    case 'COMPARE_LESSTHANOREQUALTO':
      return [{ low: a, high: b, strict: type === 'COMPARE_LESSTHAN' }];
    case 'COMPARE_GREATERTHAN':
    case 'COMPARE_GREATERTHANOREQUALTO':
      return [{ low: b, high: a, strict: type === 'COMPARE_GREATERTHAN' }];
    case 'COMPARE_EQUAL':
      return [
        { low: a, high: b, strict: false },
        { low: b, high: a, strict: false },
      ];
    default:
      return undefined;
  }
}

/** A column of the table itself. */
function columnOf(node: unknown): string | undefined {
  const path = isNode(node) && node.class === 'COLUMN_REF' ? (node.column_names as readonly string[]) : [];
  return path.length === 1 ? path[0] : undefined;
}

function constantOf(node: unknown): Constant | undefined {
  if (!isNode(node)) return undefined;
  if (node.class === 'CAST') {
    const type = isNode(node.cast_type) ? String(node.cast_type.id) : '';
    const child = /^(BOOLEAN|DATE|TIME|TIMESTAMP.*)$/.test(type) ? constantOf(node.child) : undefined;
    // `true` is written as a cast.
    return child && { ...child, isText: type !== 'BOOLEAN' };
  }
  const { value } = node;
  if (node.class !== 'CONSTANT' || !isNode(value) || value.is_null === true || !isNode(value.type)) return undefined;
  const found = value.value;
  if (typeof found === 'string') return { text: found, isText: true };
  if (typeof found === 'boolean') return { text: String(found), isText: false };
  if (typeof found !== 'number') return undefined;
  // A decimal comes as a whole number and the place of its point.
  const { type_info: info } = value.type;
  const scale = isNode(info) ? Number(info.scale ?? 0) : 0;
  return { text: scale === 0 ? String(found) : (found / 10 ** scale).toFixed(scale), isText: false };
}

/**
 * Whether orders of columns go round in a circle, as a < b and b <= a do. Of `others`, those count whose columns both occur in
 * `orders`: these have values then, so that an order which lets NULL pass holds for them too.
 */
export function goesRound(orders: readonly ColumnOrder[], others: readonly ColumnOrder[]): boolean {
  const name = (column: string): string => column.toLowerCase();
  const known = new Set(orders.flatMap(({ low, high }) => [name(low), name(high)]));
  const counted = others.filter(({ low, high }) => known.has(name(low)) && known.has(name(high)));
  const all = [...orders, ...counted];
  const reaches = (from: string, to: string, seen: ReadonlySet<string> = new Set()): boolean =>
    from === to ||
    all.some(
      ({ low, high }) => name(low) === from && !seen.has(from) && reaches(name(high), to, new Set([...seen, from])),
    );
  return all.some(({ low, high, strict }) => strict && reaches(name(high), name(low)));
}

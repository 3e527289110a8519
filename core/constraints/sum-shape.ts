// Recognises rules in SQL that say what sum() says: one column equals several added up.
import type { Workspace } from '../connector.ts';
import { isNode, type Node, parseExpression } from './expression.ts';

/** `sum('total', ['a', 'b'])` for `total = a + b`, whichever side the total is on; undefined for anything else. */
export async function asSumRule(workspace: Workspace, expression: string): Promise<string | undefined> {
  const { type, left, right } = await parseExpression(workspace, expression);
  if (type !== 'COMPARE_EQUAL') return undefined;
  const [total, parts] =
    columnOf(left) === undefined ? [columnOf(right), partsOf(left)] : [columnOf(left), partsOf(right)];
  if (total === undefined || parts === undefined || parts.length < 2) return undefined;
  const quoted = (name: string): string => `'${name.replaceAll("'", "\\'")}'`;
  return `sum(${quoted(total)}, [${parts.map(quoted).join(', ')}])`;
}

function partsOf(node: unknown): readonly string[] | undefined {
  const column = columnOf(node);
  if (column !== undefined) return [column];
  if (!isNode(node) || node.class !== 'FUNCTION' || node.function_name !== '+') return undefined;
  const terms = (Array.isArray(node.children) ? (node.children as readonly Node[]) : []).map(partsOf);
  return terms.every((term) => term !== undefined) ? terms.flat() : undefined;
}

function columnOf(node: unknown): string | undefined {
  const path = isNode(node) && node.class === 'COLUMN_REF' ? (node.column_names as readonly string[]) : [];
  return path.length === 1 ? path[0] : undefined;
}

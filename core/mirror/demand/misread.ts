// What is wrong with a condition that cannot be read, and how it would be written.
import { nearestName, SynthError } from '../../errors.ts';
import type { TablePlan } from '../plan.ts';

const example = "Write SQL over the columns of one row, as: origin = 'JFK' and delay > 120.";

export function emptyCondition({ label }: TablePlan): SynthError {
  return new SynthError('condition.syntax', `A condition on rows of ${label} is empty.`, { hint: example });
}

/** @param part of the path, what is to be a column */
export function noColumn(
  where: string,
  path: readonly string[],
  label: string,
  part: string,
  known: readonly string[],
): SynthError {
  const near = nearestName(part, known);
  // Text without quotes, or in those of names, is a name to SQL.
  const text = path.length === 1 ? ` Text goes in single quotes, as '${part}'.` : '';
  return new SynthError(
    'condition.unknown-column',
    `The condition ${where} names "${path.join('.')}", but ${label} has no such column.`,
    { hint: near === undefined ? `Its columns: ${known.join(', ')}.${text}` : `Did you mean "${near}"?` },
  );
}

/** For `a.b` where `a` is neither a column nor a parent. */
export function noParent(where: string, path: readonly string[], { label, foreignKeys }: TablePlan): SynthError {
  const parents = [...new Set(foreignKeys.map(({ parent }) => parent.table))];
  const near = nearestName(path[0] ?? '', parents);
  const hint =
    near !== undefined
      ? `Did you mean "${[near, ...path.slice(1)].join('.')}"?`
      : parents.length > 0
        ? `Name columns of ${label} by themselves, and those of its parents as ${parents[0]}.column.`
        : `Name columns of ${label} by themselves: it has no parent.`;
  return new SynthError(
    'condition.unknown-column',
    `The condition ${where} names "${path.join('.')}", but ${label} has no parent "${path[0] ?? ''}".`,
    { hint },
  );
}

export function unreadable(where: string, cause: unknown, { columns }: TablePlan): SynthError {
  if (cause instanceof SynthError && cause.code === 'constraint.not-one-row') {
    return new SynthError('condition.syntax', `The condition ${where} looks at more than one row.`, {
      hint: "Use the columns of one row: no subqueries, no aggregates, no window functions; a parent's column is parent.column.",
    });
  }
  const text = cause instanceof Error ? cause.message : '';
  // DuckDB's reason when it is about the text of the condition; other errors may quote data.
  const reason = /(?:Binder|Catalog|Parser) Error: ([^\n]*)/.exec(text)?.[1] ?? /\(([^)]*)\)\.$/.exec(text)?.[1];
  const bare = columns
    .map(({ schema }) => schema.name)
    .find((name) => !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) && unquoted(where).includes(name.toLowerCase()));
  return new SynthError(
    'condition.syntax',
    `DuckDB does not understand the condition ${where}${reason === undefined ? '' : ` (${reason})`}.`,
    { hint: bare === undefined ? example : `Names such as this go in double quotes: "${bare}".`, cause },
  );
}

/** The condition without what is quoted. */
function unquoted(where: string): string {
  return where.replaceAll(/"[^"]*"|'[^']*'/g, ' ').toLowerCase();
}

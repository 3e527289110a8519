// Prints the answer to a query: as a table for people, as JSON for programs.
import type { Session } from './session.ts';
import { formatTable } from './table.ts';

export interface PrintableAnswer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  readonly more: boolean;
}

/** Rows of a table that people read; with --json all are given. */
export const readableRows = 100;

/** @param further how to get the other rows */
export function printAnswer(
  session: Session,
  answer: PrintableAnswer,
  further = '--limit sets how many, --json gives all',
): void {
  const { columns, rows } = answer;
  if (columns[0] === 'explain_key') {
    for (const [, plan] of rows) session.print(String(plan).trimEnd());
    return;
  }
  session.print(formatTable(columns, rows, process.stdout.isTTY ? { width: process.stdout.columns } : {}));
  if (answer.more) session.note(`(the first ${rows.length} rows; ${further})`);
  else if (rows.length === 0) session.note('(no rows)');
}

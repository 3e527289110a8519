// Runs one statement that a user wrote, and only if it reads: its answer comes with column names in their order.
import { type DuckDBConnection, type DuckDBPreparedStatement, type DuckDBValue, StatementType } from '@duckdb/node-api';
import { SynthError } from '../../core/errors.ts';
import { plainValue } from './values.ts';

export interface Answer {
  /** As the statement names them; names may repeat. */
  readonly columns: readonly string[];
  /** Plain JavaScript values (see plainValue), one entry per column. */
  readonly rows: readonly (readonly unknown[])[];
  /** True when rows were left out because of `limit`. */
  readonly more: boolean;
}

/**
 * The answer to `sql`, at most `limit` rows of it. Throws `query.*` errors that are the user's to mend, among them
 * `query.writes` for every statement that is not a query.
 */
export async function runReadOnly(connection: DuckDBConnection, sql: string, limit?: number): Promise<Answer> {
  const statement = await prepareQuery(connection, sql);
  try {
    const result = await statement.stream();
    const rows: unknown[][] = [];
    let more = false;
    for await (const chunk of result.yieldRows()) {
      for (const row of chunk as DuckDBValue[][]) {
        if (limit !== undefined && rows.length >= limit) more = true;
        else rows.push(row.map(plainValue));
      }
      if (more) break;
    }
    return { columns: result.columnNames(), rows, more };
  } catch (error) {
    throw readableError(error);
  } finally {
    statement.destroySync();
  }
}

/** Told before DuckDB looks at the rest, which may have mistakes of its own; what counts is the statement's type below. */
const writing =
  /^\s*(insert|update|delete|merge|truncate|create|alter|drop|copy|export|import|attach|detach|install|load|set|reset|use|call|vacuum|checkpoint|begin|commit|rollback)\b/i;

async function prepareQuery(connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> {
  const verb = writing.exec(sql)?.[1];
  if (verb !== undefined) throw refused(verb.toUpperCase());
  const statement = await prepareOne(connection, sql);
  if (statement.statementType === StatementType.SELECT) return statement;
  if (statement.statementType === StatementType.EXPLAIN) {
    // EXPLAIN ANALYZE runs what it explains: that must be a query too.
    const explained = /^\s*explain\b(?:\s*\([^)]*\)|\s+analyze\b)*([\s\S]*)$/i.exec(sql)?.[1];
    if (explained !== undefined) {
      const inner = await prepareOne(connection, explained);
      const reads = inner.statementType === StatementType.SELECT;
      inner.destroySync();
      if (reads) return statement;
    }
  }
  const kind = StatementType[statement.statementType];
  statement.destroySync();
  throw refused(kind);
}

async function prepareOne(connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> {
  let statement: DuckDBPreparedStatement;
  try {
    const statements = await connection.extractStatements(sql);
    if (statements.count > 1) {
      throw new SynthError('query.many', 'The text holds more than one statement.', {
        hint: 'Run them one by one; a PIVOT counts as one only with its values listed: on column in (…).',
      });
    }
    statement = await statements.prepare(0);
  } catch (error) {
    throw readableError(error);
  }
  if (statement.parameterCount > 0) {
    statement.destroySync();
    throw new SynthError('query.parameters', 'The statement has parameters, which cannot be given here.', {
      hint: 'Write the values into the statement; the shell replaces $1 inside double quotes, so quote it singly.',
    });
  }
  return statement;
}

function refused(kind: string | undefined): SynthError {
  return new SynthError('query.writes', `Only queries are run here, and this is ${kind ?? 'another statement'}.`, {
    hint: 'Write SELECT, DESCRIBE, SHOW, SUMMARIZE or EXPLAIN; to change data, copy it into a file of your own first.',
  });
}

/** Errors about the text of a statement speak of names only; all others may quote data and are left to the caller. */
function readableError(error: unknown): unknown {
  if (error instanceof SynthError || !(error instanceof Error)) return error;
  if (error.message === 'Error in native callback') {
    return new SynthError('query.empty', 'There is no statement in the text.', { hint: "Try 'show tables'." });
  }
  if (/attached in read-only mode/.test(error.message)) return refused(/of type "?(\w+)/.exec(error.message)?.[1]);
  const kind = /(?:Conversion|Out of Range|Invalid Input) Error/.exec(error.message)?.[0];
  if (kind !== undefined) {
    return new SynthError('query.value', `A value does not allow what the statement does with it (${kind}).`, {
      hint: 'Look up types with DESCRIBE, and write TRY_CAST where values may not fit.',
    });
  }
  const match = /(?:Parser|Binder|Catalog) Error: ([\s\S]*)$/.exec(error.message);
  if (match === null) return error;
  const [what, ...others] = (match[1] as string).split('\n').filter((line) => line.trim() !== '');
  const pointer = others.findIndex((line) => line.startsWith('LINE '));
  const near = others.slice(0, pointer < 0 ? undefined : pointer).join(' ');
  return new SynthError('query.wrong', `DuckDB cannot run this: ${what}`, {
    hint: near === '' ? "Look up tables with 'show all tables' and columns with 'describe <table>'." : near,
  });
}

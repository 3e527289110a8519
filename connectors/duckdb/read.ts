// Reads the result of a query as one batch: a cast per column in SQL, then raw memory into typed arrays.
import type { DuckDBConnection } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { type RawBuilder, sql } from 'kysely';
import type { Database, Relation } from '../../core/audit.ts';
import type { ColumnBatch } from '../../core/batch.ts';
import type { CompiledSql } from '../../core/connector.ts';
import { SynthError } from '../../core/errors.ts';
import { HashCodes } from '../../core/hash-codes.ts';
import type { ColumnSchema } from '../../core/schema.ts';
import { columnList, columnRef, relationRef } from '../../core/sql.ts';
import { hashOf, readLabels } from './dictionary.ts';
import { codeSink, dateSink, hashSink, integerSink, intervalSink, numberSink, type Sink } from './sinks.ts';
import { bindParameters } from './values.ts';

/** How a column is read: the SQL that brings it into a form of fixed width, and what collects that form. */
interface Reader {
  readonly expression: RawBuilder<unknown>;
  readonly sink: Sink;
  /** For columns of strings: reads the labels of the codes given while the rows were read. */
  readonly readLabels?: (rows: RawBuilder<unknown>) => Promise<void>;
}

export interface ReadContext {
  /** The reader's own connection. */
  readonly connection: DuckDBConnection;
  readonly db: Database;
  /** A table name that is free for the time of the read. */
  readonly copy: Relation;
}

/**
 * The rows of `query` in its order, with `columns` by name. Labels of enums are in the declared order, `false` before
 * `true`, and other labels in the order of first appearance. Throws `column.unsupported` for a column that has no place in
 * a batch.
 */
export async function readBatch(
  context: ReadContext,
  query: CompiledSql,
  columns: readonly ColumnSchema[],
): Promise<ColumnBatch> {
  if (columns.length === 0) throw new SynthError('read.no-columns', 'No column was asked for.', { kind: 'unexpected' });
  const readers = columns.map((column) => readerOf(column, context));
  if (readers.every(({ readLabels }) => readLabels === undefined)) {
    return collect(context, sql`(${sql.raw(query.sql)})`, query.parameters, columns, readers);
  }
  // The rows are looked at once per column of strings more: a copy spares the caller's query.
  const copy = relationRef(context.copy);
  const names = columnList(columns.map(({ name }) => name));
  const create = sql`create table ${copy} as select ${names} from (${sql.raw(query.sql)}) as "rows"`;
  const { values, types } = bindParameters(query.parameters);
  try {
    await context.connection.run(create.compile(context.db).sql, values, types);
    return await collect(context, copy, [], columns, readers);
  } finally {
    // An interrupt ends the run, and its database with it.
    await context.connection.run(sql`drop table if exists ${copy}`.compile(context.db).sql).catch(() => undefined);
  }
}

async function collect(
  { connection, db }: ReadContext,
  from: RawBuilder<unknown>,
  parameters: readonly unknown[],
  columns: readonly ColumnSchema[],
  readers: readonly Reader[],
): Promise<ColumnBatch> {
  const query = sql`select ${sql.join(readers.map(({ expression }) => expression))} from ${from} as "rows"`;
  const { values, types } = bindParameters(parameters);
  const result = await connection.stream(query.compile(db).sql, values, types);
  let rowCount = 0;
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    for (const [i, { sink }] of readers.entries()) {
      sink.append(duckdb.data_chunk_get_vector(chunk.chunk, i), chunk.rowCount);
    }
    rowCount += chunk.rowCount;
  }
  for (const { readLabels } of readers) await readLabels?.(from);
  return { rowCount, columns: new Map(columns.map(({ name }, i) => [name, (readers[i] as Reader).sink.finish()])) };
}

function stringReader(column: RawBuilder<unknown>, { connection, db }: ReadContext): Reader {
  const codes = new HashCodes();
  let labels: readonly string[] = [];
  return {
    expression: hashOf(column),
    sink: hashSink(codes, () => labels),
    readLabels: async (rows) => {
      labels = await readLabels(connection, db, rows, column, codes);
    },
  };
}

function readerOf(column: ColumnSchema, context: ReadContext): Reader {
  const ref = columnRef(column.name);
  const { type } = column;
  switch (type.kind) {
    case 'boolean':
      return { expression: sql`cast(${ref} as uinteger)`, sink: codeSink(['false', 'true']) };
    case 'enum':
      return { expression: sql`cast(enum_code(${ref}) as uinteger)`, sink: codeSink(type.labels) };
    case 'text':
    case 'uuid':
      return stringReader(ref, context);
    case 'integer':
      return { expression: sql`cast(${ref} as bigint)`, sink: integerSink() };
    case 'wide':
    case 'float':
      return { expression: sql`cast(${ref} as double)`, sink: numberSink() };
    case 'decimal':
      return { expression: sql`cast(${ref} as ${sql.raw(`decimal(18, ${type.scale})`)})`, sink: integerSink() };
    case 'date':
      return { expression: sql`cast(${ref} as date)`, sink: dateSink() };
    case 'time':
      return { expression: sql`cast(${ref} as time)`, sink: integerSink() };
    case 'timestamp':
      return { expression: sql`cast(${ref} as ${sql.raw(timestampName(type))})`, sink: integerSink() };
    case 'interval':
      return { expression: sql`cast(${ref} as interval)`, sink: intervalSink() };
    case 'unsupported':
      throw new SynthError(
        'column.unsupported',
        `Column "${column.name}" has the type ${column.sqlType}, which cannot be learnt.`,
        {
          hint: 'Leave it out with omit(), fill it with nulls(), or make it with a fake or expression rule.',
        },
      );
  }
}

/** DuckDB's name of a timestamp type. */
export function timestampName(type: { readonly unit: 's' | 'ms' | 'us' | 'ns'; readonly zoned: boolean }): string {
  if (type.zoned) return 'timestamptz';
  return { s: 'timestamp_s', ms: 'timestamp_ms', us: 'timestamp', ns: 'timestamp_ns' }[type.unit];
}

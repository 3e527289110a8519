// Reads the result of a query as one batch: a cast per column in SQL, then raw memory into typed arrays.
import type { DuckDBConnection } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../../core/audit.ts';
import type { ColumnBatch } from '../../core/batch.ts';
import type { CompiledSql } from '../../core/connector.ts';
import { SynthError } from '../../core/errors.ts';
import type { ColumnSchema } from '../../core/schema.ts';
import { columnRef } from '../../core/sql.ts';
import { codeSink, dateSink, integerSink, intervalSink, numberSink, type Sink, textSink } from './sinks.ts';
import { bindParameters } from './values.ts';

/** How a column is read: the SQL that brings it into a form of fixed width, and what collects that form. */
interface Reader {
  readonly expression: RawBuilder<unknown>;
  readonly sink: Sink;
}

/**
 * The rows of `query` in its order, with `columns` by name. Labels of enums are in the declared order, `false` before
 * `true`, and other labels in the order of first appearance. Throws `column.unsupported` for a column that has no place in
 * a batch.
 */
export async function readBatch(
  connection: DuckDBConnection,
  db: Database,
  query: CompiledSql,
  columns: readonly ColumnSchema[],
): Promise<ColumnBatch> {
  if (columns.length === 0) throw new SynthError('read.no-columns', 'No column was asked for.', { kind: 'unexpected' });
  const readers = columns.map(readerOf);
  const wrapped = sql`select ${sql.join(readers.map(({ expression }) => expression))} from (${sql.raw(query.sql)}) as "rows"`;
  const { values, types } = bindParameters(query.parameters);
  const result = await connection.stream(wrapped.compile(db).sql, values, types);
  let rowCount = 0;
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    for (const [i, { sink }] of readers.entries())
      sink.append(duckdb.data_chunk_get_vector(chunk.chunk, i), chunk.rowCount);
    rowCount += chunk.rowCount;
  }
  return { rowCount, columns: new Map(columns.map(({ name }, i) => [name, (readers[i] as Reader).sink.finish()])) };
}

function readerOf(column: ColumnSchema): Reader {
  const ref = columnRef(column.name);
  const { type } = column;
  switch (type.kind) {
    case 'boolean':
      return { expression: sql`cast(${ref} as uinteger)`, sink: codeSink(['false', 'true']) };
    case 'enum':
      return { expression: sql`cast(enum_code(${ref}) as uinteger)`, sink: codeSink(type.labels) };
    case 'text':
    case 'uuid':
      return { expression: sql`cast(${ref} as varchar)`, sink: textSink() };
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

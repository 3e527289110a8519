// Answers queries for whole columns (core/column-query.ts): raw memory into typed arrays, never a value at a time.
import type { DuckDBConnection } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import type { ColumnForm, ColumnQuery, WholeColumn } from '../../core/column-query.ts';
import { HashCodes } from '../../core/hash-codes.ts';
import { hashSink, numberSink } from './sinks.ts';
import { bindParameters } from './values.ts';

interface Collector {
  append(vector: duckdb.Vector, rows: number): void;
  finish(): WholeColumn;
}

/** One array a column of `forms`, which must be what the query's columns hold. */
export async function readWholeColumns(
  connection: DuckDBConnection,
  query: ColumnQuery,
): Promise<readonly WholeColumn[]> {
  const collectors = query.forms.map((form) => collectorOf(form, query.expected));
  const { values, types } = bindParameters(query.parameters);
  const result = await connection.stream(query.sql, values, types);
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    for (const [i, collector] of collectors.entries()) {
      collector.append(duckdb.data_chunk_get_vector(chunk.chunk, i), chunk.rowCount);
    }
  }
  return collectors.map((collector) => collector.finish());
}

function collectorOf(form: ColumnForm, expected: number): Collector {
  if (form === 'number') {
    const sink = numberSink(expected);
    return {
      append: sink.append,
      finish: () => {
        const vector = sink.finish();
        if (vector.kind !== 'number') throw new TypeError('A sink of doubles gives numbers.');
        return vector;
      },
    };
  }
  const codes = new HashCodes();
  const sink = hashSink(codes, () => [], expected);
  return {
    append: sink.append,
    finish: () => {
      const vector = sink.finish();
      if (vector.kind !== 'category') throw new TypeError('A sink of hashes gives categories.');
      const { valid } = vector;
      return { kind: 'code', codes: vector.codes, keys: codes.keys(), ...(valid === undefined ? {} : { valid }) };
    },
  };
}

// kysely on one DuckDB connection: PostgreSQL's spelling of queries, our own driver.
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import { isColumnQuery } from '../../core/column-query.ts';
import { readWholeColumns } from './columns.ts';
import { bindParameters, plainValue } from './values.ts';

/** `guard` runs each query: it maps errors and refuses when the run was cancelled. */
export type Guard = <Result>(query: () => Promise<Result>) => Promise<Result>;

export function duckdbDialect(connection: DuckDBConnection, guard: Guard): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => driver(connection, guard),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

function driver(duckdb: DuckDBConnection, guard: Guard): Driver {
  const connection: DatabaseConnection = {
    executeQuery: <Row>(query: CompiledQuery) => guard(() => run<Row>(duckdb, query)),
    // biome-ignore lint/correctness/useYield: the interface wants a generator, and there is nothing to yield.
    async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
      throw new Error('Streaming goes through Workspace.read.');
    },
  };
  // One connection, and DuckDB would end a result that another query overtakes: callers take turns.
  const turn = createTurns();
  const plain = (text: string) => async (): Promise<void> => {
    await connection.executeQuery(CompiledQuery.raw(text));
  };
  return {
    init: async () => {},
    acquireConnection: async () => {
      await turn.take();
      return connection;
    },
    beginTransaction: plain('begin transaction'),
    commitTransaction: plain('commit'),
    rollbackTransaction: plain('rollback'),
    releaseConnection: async () => turn.give(),
    destroy: async () => {},
  };
}

async function run<Row>(duckdb: DuckDBConnection, query: CompiledQuery): Promise<QueryResult<Row>> {
  if (isColumnQuery(query)) return { rows: (await readWholeColumns(duckdb, query)) as unknown as Row[] };
  const { values, types } = bindParameters(query.parameters);
  const result = await (values.length === 0 ? duckdb.run(query.sql) : duckdb.run(query.sql, values, types));
  const names = result.columnNames();
  const columns: DuckDBValue[][] = await result.getColumns();
  const rowCount = columns[0]?.length ?? 0;
  const rows = Array.from({ length: rowCount }, (_, row) => {
    const object: Record<string, unknown> = {};
    for (let column = 0; column < names.length; column++) {
      object[names[column] as string] = plainValue(columns[column]?.[row] ?? null);
    }
    return object as Row;
  });
  return { rows, numAffectedRows: BigInt(result.rowsChanged) };
}

function createTurns(): { take(): Promise<void>; give(): void } {
  const waiting: (() => void)[] = [];
  let taken = false;
  return {
    take: async () => {
      if (taken) await new Promise<void>((resolve) => waiting.push(resolve));
      taken = true;
    },
    give: () => {
      const next = waiting.shift();
      if (next === undefined) taken = false;
      else next();
    },
  };
}

// Which tables the user's queries read: with which of them they are run again, and under which their results stand.

import type { Database } from '../audit.ts';
import type { LoadedConfig, LoadedQuery } from '../config/loaded.ts';
import { parseTableName } from '../config/loaded.ts';
import { type Problem, suggestion, throwProblems } from '../config/problems.ts';
import { SynthError } from '../errors.ts';
import { type QueryShape, queryShape } from '../query-shape.ts';
import { displayName, type TableName } from '../schema.ts';

export interface PlannedQuery extends LoadedQuery {
  readonly shape?: QueryShape;
  /** Mirrored tables that it reads, in the order of its text; all of them when that cannot be told. */
  readonly reads: readonly string[];
  /** Under which its results stand. */
  readonly table: string;
}

/** @throws SynthError `config.unknown-table` or `config.invalid-value`, for queries that cannot run on the mirrors */
export async function planQueries(config: LoadedConfig, db: Database): Promise<readonly PlannedQuery[]> {
  const known = config.tables.map(({ table }) => displayName(table));
  const problems: Problem[] = [];
  const planned: PlannedQuery[] = [];
  for (const query of config.queries) {
    const shape = await shapeOf(query, db, problems);
    const reads = shape === undefined ? known : shape.tables.filter((table) => !isCatalogue(table)).map(displayName);
    for (const name of reads) {
      if (known.includes(name)) continue;
      const message = `The query reads "${name}", which is not a table of this config.${suggestion(name, known)}`;
      problems.push({ code: 'config.unknown-table', where: query.where, message });
    }
    const table = query.table === undefined ? (reads[0] ?? known[0] ?? '') : displayName(parseTableName(query.table));
    planned.push({ ...query, reads, table, ...(shape === undefined ? {} : { shape }) });
  }
  throwProblems(problems, 'synth.config.ts');
  return planned;
}

async function shapeOf(query: LoadedQuery, db: Database, problems: Problem[]): Promise<QueryShape | undefined> {
  try {
    return await queryShape(db, query.sql);
  } catch (error) {
    if (!(error instanceof SynthError && error.code.startsWith('query.'))) throw error;
    problems.push({ code: 'config.invalid-value', where: query.where, message: `${query.name}: ${error.message}` });
    return undefined;
  }
}

function isCatalogue({ schema, table }: TableName): boolean {
  return ['information_schema', 'pg_catalog'].includes(schema) || /^(duckdb_|pragma_)/.test(table);
}

/** What a table's audits depend on. */
export function queriesByTable(queries: readonly PlannedQuery[]): ReadonlyMap<string, readonly LoadedQuery[]> {
  const byTable = new Map<string, LoadedQuery[]>();
  for (const { shape: _, where: __, reads, ...query } of queries) {
    for (const table of reads) byTable.set(table, [...(byTable.get(table) ?? []), { ...query, where: '' }]);
  }
  return byTable;
}

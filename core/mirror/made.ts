// Columns that rules make outside SQL (fakes, patterns), drawn on all threads from row numbers and the columns that they follow.
import { sql } from 'kysely';
import type { Relation } from '../audit.ts';
import type { ColumnBatch, ColumnVector } from '../batch.ts';
import { takeRows } from '../batch.ts';
import type { ColumnRule } from '../config/types.ts';
import type { Workspace } from '../connector.ts';
import { SynthError } from '../errors.ts';
import type { WorkerPool } from '../pool.ts';
import type { ColumnSchema } from '../schema.ts';
import { columnRef, relationRef } from '../sql.ts';
import { blockRows } from './blocks.ts';
import { countColumn, ROW, scratch } from './names.ts';
import { columnSchema } from './plan.ts';
import type { DrawnTable } from './sample.ts';

/** What the injected maker gets: one column of one block. It returns a ColumnVector. */
export interface MakeColumnCall {
  readonly rule: Extract<ColumnRule, { kind: 'fake' | 'pattern' }>;
  readonly draw: {
    readonly seed: number;
    readonly table: string;
    readonly column: ColumnSchema;
    readonly rowIds: Float64Array;
    readonly per?: ColumnVector;
    readonly unique?: boolean;
  };
}

/** An exported function of a module: `(call: MakeColumnCall) => ColumnVector`. Layers below know no faker. */
export interface ColumnMaker {
  readonly module: string;
  readonly name: string;
}

export interface MadeColumn {
  readonly schema: ColumnSchema;
  readonly rule: MakeColumnCall['rule'];
}

export function madeColumns(drawn: DrawnTable): readonly MadeColumn[] {
  return drawn.table.columns.flatMap(({ schema, role }) =>
    role.kind === 'rule' && (role.rule.kind === 'fake' || role.rule.kind === 'pattern')
      ? [{ schema, rule: role.rule }]
      : [],
  );
}

/** @param rows the finished rows without made columns, to read `per` columns from */
export async function makeColumns(
  workspace: Workspace,
  pool: WorkerPool,
  maker: ColumnMaker | undefined,
  drawn: DrawnTable,
  rows: (columns: readonly string[]) => Promise<Relation>,
): Promise<Relation> {
  const columns = madeColumns(drawn);
  if (maker === undefined)
    throw new SynthError('mirror.no-maker', 'Column rules need a maker.', { kind: 'unexpected' });
  const perNames = [
    ...new Set(columns.flatMap(({ rule }) => (rule.kind === 'fake' && rule.per !== undefined ? [rule.per] : []))),
  ];
  const per = perNames.length === 0 ? undefined : await readPer(workspace, drawn, await rows(perNames), perNames);
  const relation = scratch(workspace, 'made', drawn.table.label);
  await workspace.execute(sql`drop table if exists ${relationRef(relation)}`.compile(workspace.db));
  await using writer = await workspace.write(relation, [
    countColumn(ROW, false),
    ...columns.map(({ schema }) => ({ ...schema, nullable: true })),
  ]);
  for (let from = 0; from < drawn.rows; from += blockRows * pool.threads) {
    const blocks = Array.from({ length: pool.threads }, (_, i) => from + i * blockRows).filter(
      (first) => first < drawn.rows,
    );
    const made = await Promise.all(blocks.map((first) => makeBlock(pool, maker, drawn, columns, first, per)));
    for (const batch of made) await writer.append(batch);
  }
  await writer.finish();
  return relation;
}

async function makeBlock(
  pool: WorkerPool,
  maker: ColumnMaker,
  drawn: DrawnTable,
  columns: readonly MadeColumn[],
  first: number,
  per: ColumnBatch | undefined,
): Promise<ColumnBatch> {
  const rowCount = Math.min(blockRows, drawn.rows - first);
  const rowIds = Float64Array.from({ length: rowCount }, (_, row) => first + row);
  const vectors = new Map<string, ColumnVector>([
    [ROW, { kind: 'integer', values: BigInt64Array.from(rowIds, (row) => BigInt(row)) }],
  ]);
  for (const { schema, rule } of columns) {
    const follows = rule.kind === 'fake' && rule.per !== undefined ? per?.columns.get(rule.per) : undefined;
    const payload: MakeColumnCall = {
      rule,
      draw: {
        seed: drawn.seed,
        table: drawn.table.label,
        column: schema,
        rowIds,
        unique: isUnique(drawn, schema.name),
        ...(follows && { per: takeRows(follows, Uint32Array.from(rowIds)) }),
      },
    };
    vectors.set(schema.name, await pool.run<ColumnVector>({ ...maker, payload }));
  }
  return { rowCount, columns: vectors };
}

function isUnique(drawn: DrawnTable, column: string): boolean {
  const { primaryKey, uniques } = drawn.table.schema;
  return [primaryKey, ...uniques].some((columns) => columns.length === 1 && columns[0] === column);
}

async function readPer(
  workspace: Workspace,
  drawn: DrawnTable,
  rows: Relation,
  names: readonly string[],
): Promise<ColumnBatch> {
  const columns = names.map((name) => columnSchema(drawn.table, name));
  const query = sql`select ${sql.join(names.map((name) => columnRef(name)))} from ${relationRef(rows)} order by ${columnRef(ROW)}`;
  return workspace.read(query.compile(workspace.db), columns);
}

// Writes batches: raw columns into a table of the scratch database by memory copy, then one INSERT with the exact types.
import type { DuckDBConnection } from '@duckdb/node-api';
import { type RawBuilder, sql } from 'kysely';
import type { Database, Relation } from '../../core/audit.ts';
import type { ColumnVector } from '../../core/batch.ts';
import type { BatchWriter } from '../../core/connector.ts';
import { SynthError } from '../../core/errors.ts';
import type { ColumnSchema } from '../../core/schema.ts';
import { columnRef, relationRef } from '../../core/sql.ts';
import { createTableAppender, type TableAppender } from './appender.ts';
import type { Guard } from './dialect.ts';
import { createSource, type Source } from './sources.ts';

export interface WriteTarget {
  /** The writer's own; `close` ends it. */
  readonly connection: DuckDBConnection;
  readonly close: () => void;
  readonly guard: Guard;
  readonly signal: AbortSignal;
  readonly db: Database;
  readonly target: Relation;
  readonly columns: readonly ColumnSchema[];
  /** A name that is free in the scratch database; tables named after it hold the raw rows. */
  readonly raw: Relation;
}

/** Creates the table and returns its writer. Rows keep the order in which they were appended. */
export async function createWriter(options: WriteTarget): Promise<BatchWriter> {
  const { db, target, columns, raw } = options;
  if (target.schema !== undefined) {
    const schema = target.catalog === undefined ? [target.schema] : [target.catalog, target.schema];
    await sql`create schema if not exists ${sql.id(...schema)}`.execute(db);
  }
  await sql`create table ${relationRef(target)} (${sql.join(columns.map(definition))})`.execute(db);

  let sources: readonly Source[] | undefined;
  let appender: TableAppender | undefined;
  let state: 'open' | 'finished' | 'disposed' = 'open';
  const dictionaries = columns.map((_, i): Relation => ({ ...raw, table: `${raw.table}_labels_${i}` }));

  const start = async (vectors: readonly ColumnVector[]): Promise<TableAppender> => {
    sources = columns.map((column, i) => createSource(column, vectors[i] as ColumnVector));
    const definitions = sources.map((source, i) => sql`${sql.id(`c${i}`)} ${sql.raw(source.sqlType)}`);
    await sql`create table ${relationRef(raw)} (${sql.join(definitions)})`.execute(db);
    return createTableAppender(options.connection, raw, sources);
  };
  const drop = async (relation: Relation): Promise<void> => {
    await sql`drop table if exists ${relationRef(relation)}`.execute(db);
  };
  const dropRaw = async (): Promise<void> => {
    options.close();
    for (const relation of [raw, ...dictionaries]) await drop(relation);
  };

  return {
    async append(batch) {
      if (state !== 'open')
        throw new SynthError('write.ended', 'This table was finished already.', { kind: 'unexpected' });
      const vectors = columns.map(({ name }) => {
        const vector = batch.columns.get(name);
        if (vector !== undefined) return vector;
        throw new SynthError('write.no-column', `A batch for "${target.table}" lacks the column "${name}".`, {
          kind: 'unexpected',
        });
      });
      await options.guard(async () => {
        appender ??= await start(vectors);
        appender.append(vectors, batch.rowCount);
      });
    },
    async finish() {
      if (state !== 'open')
        throw new SynthError('write.ended', 'This table was finished already.', { kind: 'unexpected' });
      await options.guard(async () => appender?.close());
      if (sources !== undefined) {
        const values: RawBuilder<unknown>[] = [];
        for (const [i, column] of columns.entries()) {
          const source = sources[i] as Source;
          let value: RawBuilder<unknown> = columnRef(`c${i}`);
          if (source.labels !== undefined) {
            const dictionary = dictionaries[i] as Relation;
            await storeLabels(options, dictionary, source.labels());
            // A list of labels, not a join: DuckDB may swap the sides of a join, and with them the order of the rows.
            value = sql`(select list("label" order by "code") from ${relationRef(dictionary)})[cast(${value} as bigint) + 1]`;
          }
          values.push(castTo(column, value));
        }
        await sql`insert into ${relationRef(target)} select ${sql.join(values)} from ${relationRef(raw)}`.execute(db);
      }
      state = 'finished';
      await dropRaw();
    },
    async [Symbol.asyncDispose]() {
      if (state !== 'open') return;
      state = 'disposed';
      // After an interrupt nothing runs any more; the database goes with the run.
      if (options.signal.aborted) return options.close();
      await dropRaw();
      await drop(target);
    },
  };
}

/** Doubles at the end of a wide type round beyond it: they mean its greatest value. */
function castTo({ sqlType, type }: ColumnSchema, value: RawBuilder<unknown>): RawBuilder<unknown> {
  const cast = sql`cast(${value} as ${sql.raw(sqlType)})`;
  const greatest = type.kind === 'wide' ? greatestOf(sqlType) : undefined;
  if (greatest === undefined) return cast;
  const limit = sql`cast(${sql.lit(greatest)} as ${sql.raw(sqlType)})`;
  const negative = /^(HUGEINT|DECIMAL)/.test(sqlType)
    ? sql`when ${value} <= -cast(${limit} as double) then -${limit}`
    : sql``;
  return sql`case when ${value} >= cast(${limit} as double) then ${limit} ${negative} else ${cast} end`;
}

/** The greatest value of a type whose numbers travel as doubles. */
function greatestOf(sqlType: string): string | undefined {
  const bits = { UBIGINT: 64n, HUGEINT: 127n, UHUGEINT: 128n }[sqlType];
  if (bits !== undefined) return String(2n ** bits - 1n);
  const [, precision, scale] = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(sqlType) ?? [];
  if (precision === undefined || scale === undefined) return undefined;
  return `${'9'.repeat(Number(precision) - Number(scale))}.${'9'.repeat(Number(scale))}`;
}

function definition(column: ColumnSchema): RawBuilder<unknown> {
  return sql`${columnRef(column.name)} ${sql.raw(column.sqlType)} ${sql.raw(column.nullable ? '' : 'not null')}`;
}

async function storeLabels(options: WriteTarget, relation: Relation, labels: readonly string[]): Promise<void> {
  const { connection, db } = options;
  await sql`create table ${relationRef(relation)} ("code" bigint, "label" varchar)`.execute(db);
  const codes = BigInt64Array.from(labels, (_, i) => BigInt(i));
  const vectors: ColumnVector[] = [
    { kind: 'integer', values: codes },
    { kind: 'text', values: labels },
  ];
  const schemas: ColumnSchema[] = [
    { name: 'code', sqlType: 'BIGINT', type: { kind: 'integer', bits: 64, signed: true }, nullable: false },
    { name: 'label', sqlType: 'VARCHAR', type: { kind: 'text' }, nullable: false },
  ];
  const sources = schemas.map((column, i) => createSource(column, vectors[i] as ColumnVector));
  const appender = await createTableAppender(connection, relation, sources);
  appender.append(vectors, labels.length);
  appender.close();
}

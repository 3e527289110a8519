// Where the user's queries find their tables: the mirrors, the source, and random halves of the source.
import { sql } from 'kysely';
import type { AnswerTable } from '../../audits/utility/answers.ts';
import type { DuckdbWorkspace } from '../../connectors/duckdb/index.ts';
import type { Relation } from '../audit.ts';
import { parseTableName } from '../config/loaded.ts';
import type { AttachedSource } from '../connector.ts';
import { SynthError } from '../errors.ts';
import { SPLIT_HASH } from '../split/split.ts';
import { columnRef, relationRef } from '../sql.ts';
import type { MirroredTable } from './family.ts';
import type { PlannedQuery } from './plan-queries.ts';
import type { QuerySides } from './queries.ts';

export interface QuerySidesOptions {
  readonly workspace: DuckdbWorkspace;
  readonly source: AttachedSource;
  /** Tables of this run, by name. */
  readonly mirrored: ReadonlyMap<string, MirroredTable>;
  /** Rows of all mirrors, by name. */
  readonly rows: ReadonlyMap<string, number>;
}

/** More than that is no answer that a person reads. */
const MOST_ROWS = 100_000;
const half = ['synth_half_a', 'synth_half_b'] as const;

export async function querySides(options: QuerySidesOptions): Promise<QuerySides> {
  const { workspace, source, mirrored, rows } = options;
  const { db, signal } = workspace;
  const [current] = (await sql<{ name: string }>`select current_database() as name`.execute(db)).rows;
  const { catalog = 'memory' } = source.relation({ schema: 'main', table: '' });
  const ask =
    (database: string) =>
    async (text: string): Promise<AnswerTable> => {
      const answer = await workspace.query(text, database, MOST_ROWS);
      if (!answer.more) return answer;
      throw new SynthError('query.long', `The answer has more than ${MOST_ROWS.toLocaleString('en')} rows.`, {
        hint: 'Group it, or add a LIMIT.',
      });
    };
  let attached = false;
  return {
    signal,
    mirrors: ask(current?.name ?? 'memory'),
    source: ask(catalog),
    async halves({ reads }, replicate) {
      if (reads.length === 0 || reads.some((name) => !mirrored.has(name))) return undefined;
      for (const name of attached ? [] : half) await sql`attach ':memory:' as ${sql.id(name)}`.execute(db);
      attached = true;
      for (const name of reads) await halveTable(workspace, name, mirrored.get(name) as MirroredTable, replicate);
      return [ask(half[0]), ask(half[1])];
    },
    sizes: (query) => sizesOf(query, mirrored, rows),
  };
}

/** Subjects fall on one side or the other by a bit of their hash, children with their parents; public tables are on both. */
async function halveTable(
  { db }: DuckdbWorkspace,
  name: string,
  { split, table }: MirroredTable,
  replicate: number,
): Promise<void> {
  const { schema, table: tableName } = parseTableName(name);
  for (const [side, catalog] of half.entries()) {
    const view: Relation = { catalog, schema, table: tableName };
    await sql`create schema if not exists ${sql.id(catalog, schema)}`.execute(db);
    // The holdout goes by the remainder of 100; these bits are far above it.
    const own = sql`(${columnRef(SPLIT_HASH)} >> ${sql.lit(24 + replicate)}) & 1 = ${sql.lit(side)}`;
    await sql`create or replace view ${relationRef(view)} as select * exclude (${columnRef(SPLIT_HASH)})
      from ${relationRef(split.all)} where ${table.reference ? sql`true` : own}`.execute(db);
  }
}

function sizesOf(
  { reads }: PlannedQuery,
  mirrored: ReadonlyMap<string, MirroredTable>,
  rows: ReadonlyMap<string, number>,
): ReturnType<QuerySides['sizes']> {
  const sizes = reads.flatMap((name) => {
    const found = mirrored.get(name);
    if (found?.table.reference === true) return [];
    const synthetic = found?.rows ?? rows.get(name) ?? 0;
    const real = found === undefined ? synthetic : found.split.trainRows + found.split.holdoutRows;
    return [{ real, synthetic }];
  });
  const least = (side: 'real' | 'synthetic'): number => Math.min(...sizes.map((size) => size[side]));
  const factors = sizes.map(({ real, synthetic }) => synthetic / real);
  const [factor = 1] = factors;
  // Mirrors of another size: counts and sums are compared per row, when all tables changed alike.
  const alike = Number.isFinite(factor) && factor > 0 && factors.every((other) => Math.abs(other / factor - 1) < 0.02);
  const n =
    sizes.length === 0
      ? { real: 0, synthetic: 0, holdout: 0 }
      : { real: least('real'), synthetic: least('synthetic'), holdout: 0 };
  return { n, scale: alike ? factor : 1 };
}

// The tables of one audit as plain values, from which all statistics are GROUP BYs: read once into temporary tables, or, when
// they are too large for memory, views of where they are.
import { type RawBuilder, sql } from 'kysely';
import type { AuditInput, Database, Relation } from '../core/audit.ts';
import type { ColumnSchema } from '../core/schema.ts';
import { type AnyRow, columnRef, relationRef } from '../core/sql.ts';

export type Side = 'real' | 'synthetic' | 'holdout';

export interface Sides {
  readonly real: Relation;
  readonly synthetic: Relation;
  readonly holdout?: Relation;
}

/** One compared column. `value` is its name in the frame: a DOUBLE (times in µs) or, for categories, a VARCHAR. */
export interface FrameColumn {
  readonly name: string;
  readonly schema: ColumnSchema;
  readonly kind: 'number' | 'category';
  readonly value: string;
}

export interface Frame {
  readonly columns: readonly FrameColumn[];
  readonly hasHoldout: boolean;
  readonly n: { readonly real: number; readonly synthetic: number; readonly holdout: number };
  /** Columns of another type that hold values which cannot be read as the real one's, and how many: not compared. */
  readonly unreadable: ReadonlyMap<string, number>;
  /** Names of columns that the sides have beside those, as they are. */
  readonly carried: readonly string[];
  /** Temporary tables with one column per frame column, made at the first call; no holdout when the input has none. */
  sides(): Promise<Sides>;
  /** What several audits need is computed once; `key` names it. */
  memo<Value>(key: string, make: () => Promise<Value>): Promise<Value>;
  /** A new temporary table, dropped with the frame. */
  temporary(query: RawBuilder<unknown>): Promise<Relation>;
}

/** Sides with more values than this are views: what they would take in memory, a mirror's file has already. */
const cellsInMemory = 20_000_000;

const frames = new WeakMap<AuditInput, { frame: Promise<Frame>; tables: Made[] }>();

/** What a frame has made and drops again. */
interface Made {
  readonly relation: Relation;
  readonly kind: 'TABLE' | 'VIEW';
}

let created = 0;

/** The frame of an input, made at its first use; `carried` columns go along with its rows. */
export function frameOf(
  input: AuditInput,
  carried: readonly string[] = [],
  cells: number = cellsInMemory,
): Promise<Frame> {
  const known = frames.get(input);
  if (known !== undefined) return known.frame;
  const tables: Made[] = [];
  const frame = build(input, tables, carried, cells);
  frames.set(input, { frame, tables });
  return frame;
}

/** Drops the temporary tables of an input's frame. */
export async function releaseFrame(input: AuditInput): Promise<void> {
  const known = frames.get(input);
  frames.delete(input);
  // Views last: what is made of them goes before them.
  for (const { relation, kind } of [...(known?.tables ?? [])].reverse()) {
    await sql`DROP ${sql.raw(kind)} IF EXISTS ${relationRef(relation)}`.execute(input.db);
  }
}

async function build(input: AuditInput, tables: Made[], carried: readonly string[], cells: number): Promise<Frame> {
  const { db, target, holdout } = input;
  const memory = new Map<string, Promise<unknown>>();
  const make = async (kind: Made['kind'], query: RawBuilder<unknown>): Promise<Relation> => {
    const relation = { catalog: 'temp', schema: 'main', table: `synth_audit_${++created}` };
    tables.push({ relation, kind });
    await sql`CREATE TEMP ${sql.raw(kind)} ${sql.id(relation.table)} AS ${query}`.execute(db);
    return relation;
  };
  const temporary = (query: RawBuilder<unknown>): Promise<Relation> => make('TABLE', query);
  const relations = [input.real, input.synthetic, ...(holdout === undefined ? [] : [holdout])];
  const present = await Promise.all(relations.map((relation) => columnTypes(db, relation)));
  // A column that one side lacks is val.schema's business; the others can still be compared.
  const shared = target.columns.filter(
    (column) => column.type.kind !== 'unsupported' && present.every((types) => types.has(column.name)),
  );
  const unreadable = new Map<string, number>();
  for (const [i, relation] of relations.entries()) {
    for (const [name, count] of await unreadableIn(db, relation, present[i] ?? new Map(), shared)) {
      unreadable.set(name, (unreadable.get(name) ?? 0) + count);
    }
  }
  const columns = shared
    .filter(({ name }) => !unreadable.has(name))
    .map((schema, i): FrameColumn => ({ name: schema.name, schema, kind: kindOf(schema), value: `v${i}` }));
  const side = async (relation: Relation): Promise<Relation> => {
    const isLarge = (await countRows(db, relation)) * columns.length > cells;
    const values = [
      ...columns.map((column) => sql`${plainValue(column.schema)} AS ${sql.id(column.value)}`),
      ...carried.map((name) => columnRef(name)),
    ];
    const query = sql`SELECT ${sql.join(values.length > 0 ? values : [sql`1 AS v`])} FROM ${relationRef(relation)}`;
    return make(isLarge ? 'VIEW' : 'TABLE', query);
  };
  const memo = <Value>(key: string, make: () => Promise<Value>): Promise<Value> => {
    const known = memory.get(key) ?? make();
    memory.set(key, known);
    return known as Promise<Value>;
  };
  return {
    columns,
    hasHoldout: holdout !== undefined,
    sides: () =>
      memo('sides', async () => ({
        real: await side(input.real),
        synthetic: await side(input.synthetic),
        ...(holdout === undefined ? {} : { holdout: await side(holdout) }),
      })),
    n: {
      real: await countRows(db, input.real),
      synthetic: await countRows(db, input.synthetic),
      holdout: holdout === undefined ? 0 : await countRows(db, holdout),
    },
    unreadable,
    carried,
    temporary,
    memo,
  };
}

/**
 * How many values of columns of another type cannot be cast. Read as NULL, they would tell of missing values where there
 * are none.
 */
async function unreadableIn(
  db: Database,
  relation: Relation,
  types: ReadonlyMap<string, string>,
  columns: readonly ColumnSchema[],
): Promise<readonly (readonly [name: string, count: number])[]> {
  const other = columns.filter(({ name, sqlType }) => !sameType(types.get(name) ?? '', sqlType));
  if (other.length === 0) return [];
  const counts = other.map((column, i) => {
    const lost = sql`count(${columnRef(column.name)}) - count(${plainValue(column)})`;
    return sql`CAST(${lost} AS DOUBLE) AS ${sql.id(`n${i}`)}`;
  });
  const query = sql<Record<string, number>>`SELECT ${sql.join(counts)} FROM ${relationRef(relation)}`;
  const row = (await query.execute(db)).rows[0] ?? {};
  return other.map(({ name }, i) => [name, Number(row[`n${i}`] ?? 0)] as const).filter(([, count]) => count > 0);
}

export function sameType(a: string, b: string): boolean {
  return a.toUpperCase() === b.toUpperCase();
}

export function kindOf({ type }: ColumnSchema): 'number' | 'category' {
  switch (type.kind) {
    case 'boolean':
    case 'enum':
    case 'text':
    case 'uuid':
    case 'unsupported':
      return 'category';
    default:
      return 'number';
  }
}

/** The column as DOUBLE or VARCHAR. TRY_CAST, since a mirror made elsewhere may spell its types differently. */
export function plainValue({ name, type }: ColumnSchema): RawBuilder<unknown> {
  const column = columnRef(name);
  switch (type.kind) {
    case 'date':
      return micros(sql`TRY_CAST(${column} AS TIMESTAMP)`);
    case 'timestamp':
      return micros(type.zoned ? sql`TRY_CAST(${column} AS TIMESTAMPTZ)` : sql`TRY_CAST(${column} AS TIMESTAMP)`);
    case 'time':
      return sql`CAST(epoch_us(TRY_CAST(${column} AS TIME)) AS DOUBLE)`;
    case 'interval':
      return sql`CAST(epoch_us(TRY_CAST(${column} AS INTERVAL)) AS DOUBLE)`;
    case 'boolean':
      return sql`CAST(TRY_CAST(${column} AS BOOLEAN) AS VARCHAR)`;
    case 'uuid':
      return sql`CAST(TRY_CAST(${column} AS UUID) AS VARCHAR)`;
    case 'enum':
    case 'text':
    case 'unsupported':
      return sql`CAST(${column} AS VARCHAR)`;
    default:
      return sql`TRY_CAST(${column} AS DOUBLE)`;
  }
}

/** epoch_us of an infinite time is NULL in DuckDB: keep it apart from a missing one. */
function micros(time: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`CASE WHEN isfinite(${time}) THEN CAST(epoch_us(${time}) AS DOUBLE)
    WHEN ${time} > TIMESTAMP '2000-01-01' THEN CAST('inf' AS DOUBLE) WHEN ${time} IS NOT NULL THEN CAST('-inf' AS DOUBLE) END`;
}

/** Names of the columns that a relation has. */
export async function columnNames(db: Database, relation: Relation): Promise<ReadonlySet<string>> {
  return new Set((await columnTypes(db, relation)).keys());
}

/** Names and types of the columns that a relation has, in its order. */
export async function columnTypes(db: Database, relation: Relation): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ column_name: string; column_type: string }>`
    DESCRIBE SELECT * FROM ${relationRef(relation)}`.execute(db);
  return new Map(rows.map((row) => [row.column_name, row.column_type]));
}

export async function countRows(db: Database, relation: Relation): Promise<number> {
  return numberOf(db, sql`SELECT CAST(count(*) AS DOUBLE) AS n FROM ${relationRef(relation)}`);
}

/** The single number of a query with one row and one column `n`; 0 for NULL. */
export async function numberOf(db: Database, query: RawBuilder<unknown>): Promise<number> {
  const { rows } = await (query as RawBuilder<AnyRow>).execute(db);
  return Number(rows[0]?.n ?? 0);
}

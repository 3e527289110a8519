// Both sides of a table as SDMetrics' report pairs columns: numbers in ten bins of their own side, categories as they are.
import { type RawBuilder, sql } from 'kysely';
import type { AuditInput, Database, Relation } from '../../core/audit.ts';
import type { ColumnSchema } from '../../core/schema.ts';
import { relationRef } from '../../core/sql.ts';
import { binOf } from '../codes.ts';
import type { Frame, FrameColumn } from '../frame.ts';
import { levelsOf } from '../rows.ts';
import { sampleOf } from '../sample.ts';

export interface Coded {
  /**
   * Both sides below each other. `side`: 0 real, 1 mirror. A category is its level, −1 when missing; a number is its bin, and
   * under its name with an x before it where it lies in the range of its side, 0 to 1.
   */
  readonly table: Relation;
  /** Columns whose numbers have a range on both sides: infinities have none. */
  readonly ranged: ReadonlySet<string>;
  /** Of these the ones with two or more values on both sides. */
  readonly varied: ReadonlySet<string>;
}

export interface Extent {
  readonly low: number;
  readonly high: number;
}

/** Equal widths into which the range of a number's side is cut. */
export const bins = 10;

/** At most some 50,000 rows a side. */
export async function codedOf(input: AuditInput, frame: Frame): Promise<Coded> {
  const numbers = frame.columns.filter(({ kind }) => kind === 'number');
  const sides = [await sampleOf(frame, 'real'), await sampleOf(frame, 'synthetic')] as const;
  const extents = [await extentsOf(input.db, sides[0], numbers), await extentsOf(input.db, sides[1], numbers)] as const;
  const ends = numbers.map(({ value }) => [value, extents.map((side) => side.get(value))] as const);
  const ranged = ends.filter(([, both]) => both.every((extent) => extent === undefined || hasRange(extent)));
  const varied = ranged.filter(([, both]) => both.every((extent) => extent !== undefined && extent.low < extent.high));
  const isRanged = new Set(ranged.map(([name]) => name));
  const levels = new Map<string, RawBuilder<unknown>>();
  for (const column of frame.columns.filter(({ kind }) => kind === 'category')) {
    levels.set(column.value, (await levelsOf(input, frame, column)).table);
  }
  const joins = [...levels].map(
    ([name, table]) =>
      sql`LEFT JOIN ${table} AS ${sql.id(`l${name}`)} ON ${sql.id(`l${name}`, 'v')} = ${sql.id('s', name)}`,
  );
  const select = (side: 0 | 1): RawBuilder<unknown> => {
    const coded = frame.columns.flatMap(({ value, kind, schema }) => {
      if (kind === 'category')
        return [sql`CAST(coalesce(${sql.id(`l${value}`, 'code')}, -1) AS INTEGER) AS ${sql.id(value)}`];
      if (!isRanged.has(value)) return [];
      const extent = extents[side].get(value);
      const v = sql.id('s', value);
      return [
        sql`${ownBin(v, extent, unitOf(schema))} AS ${sql.id(value)}`,
        sql`${placeOf(v, extent)} AS ${sql.id(`x${value}`)}`,
      ];
    });
    return sql`SELECT ${sql.join([sql`CAST(${sql.lit(side)} AS UTINYINT) AS side`, ...coded])}
      FROM ${relationRef(sides[side])} AS s ${sql.join(joins, sql` `)}`;
  };
  return {
    table: await frame.temporary(sql`${select(0)} UNION ALL ${select(1)}`),
    ranged: isRanged,
    varied: new Set(varied.map(([name]) => name)),
  };
}

export function hasRange({ low, high }: Extent): boolean {
  return Number.isFinite(high - low);
}

/** What times, which are µs, are multiplied with: in nanoseconds edges fall where those of the report do. */
export function unitOf({ type }: ColumnSchema): number {
  return ['date', 'timestamp', 'time'].includes(type.kind) ? 1000 : 1;
}

/** Least and greatest value of each column that has one. */
async function extentsOf(
  db: Database,
  side: Relation,
  columns: readonly FrameColumn[],
): Promise<ReadonlyMap<string, Extent>> {
  if (columns.length === 0) return new Map();
  const ends = columns.map(({ value }) => {
    const v = sql.id(value);
    return sql`min(${v}) FILTER (NOT isnan(${v})) AS ${sql.id(`low${value}`)},
      max(${v}) FILTER (NOT isnan(${v})) AS ${sql.id(`high${value}`)}`;
  });
  const query = sql<Record<string, number | null>>`SELECT ${sql.join(ends)} FROM ${relationRef(side)}`;
  const row = (await query.execute(db)).rows[0] ?? {};
  const extents = new Map<string, Extent>();
  for (const { value } of columns) {
    const [low, high] = [row[`low${value}`], row[`high${value}`]];
    if (typeof low === 'number' && typeof high === 'number') extents.set(value, { low, high });
  }
  return extents;
}

/** How many of the eleven edges are not above the value: the greatest value has a bin of its own, with the missing ones. */
function ownBin(v: RawBuilder<unknown>, extent: Extent | undefined, unit: number): RawBuilder<unknown> {
  const last = sql`CAST(${sql.lit(bins + 1)} AS UTINYINT)`;
  if (extent === undefined) return last;
  const edges = edgesOf(extent.low * unit, extent.high * unit);
  const scaled = unit === 1 ? v : sql`${v} * ${sql.lit(unit)}`;
  // NaN is above all edges.
  return sql`CASE WHEN ${v} IS NULL THEN ${last} ELSE ${binOf(scaled, edges.slice(1), 'above')} END`;
}

/** As numpy.histogram_bin_edges makes them, to the last bit. */
export function edgesOf(low: number, high: number): readonly number[] {
  const [from, to] = low === high ? [low - 0.5, high + 0.5] : [low, high];
  const step = (to - from) / bins;
  return Array.from({ length: bins + 1 }, (_, i) => (i === bins ? to : i * step + from));
}

function placeOf(v: RawBuilder<unknown>, extent: Extent | undefined): RawBuilder<unknown> {
  if (extent === undefined || extent.low === extent.high) return sql`CAST(NULL AS DOUBLE)`;
  const { low, high } = extent;
  return sql`CASE WHEN isnan(${v}) THEN NULL
    ELSE (${v} - CAST(${low} AS DOUBLE)) / CAST(${high - low} AS DOUBLE) END`;
}

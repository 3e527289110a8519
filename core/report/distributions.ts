// Measures how each column is distributed on both sides, in SQL, as counts in common cells of at least k real rows.
import { type RawBuilder, sql } from 'kysely';
import type { Database, Relation } from '../audit.ts';
import type { ColumnSchema } from '../schema.ts';
import { columnRef, relationRef } from '../sql.ts';
import { planBins } from './bins.ts';
import type { CellCounts, ColumnDistribution, Level, NumberUnit } from './model.ts';
import {
  type BinCounts,
  categoryDistribution,
  hiddenColumn,
  MEDIAN,
  MISSING,
  NOT_FINITE,
  type NumberColumn,
  numberDistribution,
} from './pooling.ts';

export interface DistributionOptions {
  /** Least number of real rows behind anything shown. */
  readonly k: number;
  /** How many values of a category are shown by name. Default 12. */
  readonly levels?: number;
}

// Share of rows beyond each end of the bins: they are counted in the end bins.
const TAIL = 0.005;

interface Side {
  readonly relation: Relation;
  readonly rows: number;
  /** Values that are not NULL, per column. */
  readonly present: readonly number[];
}

/**
 * The distributions of `columns`, which both relations have, in their order.
 * Five kinds of queries at most, whatever the number of columns; a result never depends on the number of threads.
 */
export async function measureDistributions(
  db: Database,
  real: Relation,
  synthetic: Relation,
  columns: readonly ColumnSchema[],
  options: DistributionOptions,
): Promise<ColumnDistribution[]> {
  const shown = columns.filter(({ type }) => type.kind !== 'unsupported');
  if (shown.length === 0) return columns.map(hiddenColumn);
  const sides = [await countPresent(db, real, shown), await countPresent(db, synthetic, shown)] as const;
  const enough = shown.filter((_, index) => (sides[0].present[index] ?? 0) >= options.k);
  const ranges = await measureRanges(db, sides[0], enough, options.k);
  const numbers = await countBins(db, sides, ranges);
  const categories = enough.filter(({ type }) => numberUnit(type) === undefined);
  const levels = await countLevels(db, sides, categories, options.k, options.levels ?? 12);

  const measured = new Map<string, ColumnDistribution>();
  for (const range of ranges) {
    const { name } = range.column;
    measured.set(name, numberDistribution(range, numbers.get(name) ?? new Map(), options.k));
  }
  for (const { name } of categories) {
    const missing = { real: missingOf(sides[0], shown, name), synthetic: missingOf(sides[1], shown, name) };
    const totals = { real: sides[0].rows, synthetic: sides[1].rows };
    measured.set(name, categoryDistribution(name, levels.get(name) ?? [], missing, totals, options.k));
  }
  return columns.map((column) => measured.get(column.name) ?? hiddenColumn(column));
}

/** The unit of a column that is binned; undefined for categories. */
export function numberUnit(type: ColumnSchema['type']): NumberUnit | undefined {
  switch (type.kind) {
    case 'integer':
    case 'wide':
    case 'decimal':
    case 'float':
      return 'number';
    case 'date':
    case 'time':
    case 'timestamp':
      return type.kind;
    case 'interval':
      return 'duration';
    case 'boolean':
    case 'text':
    case 'enum':
    case 'uuid':
    case 'unsupported':
      return undefined;
    default:
      return type satisfies never;
  }
}

/** The column as a double in its unit; NULL where it cannot be one. */
function asDouble({ name, type }: ColumnSchema): RawBuilder<number | null> {
  const column = columnRef(name);
  switch (type.kind) {
    case 'date':
      return sql`epoch(try_cast(${column} as timestamp))`;
    case 'timestamp':
      return type.zoned ? sql`epoch(try_cast(${column} as timestamptz))` : sql`epoch(try_cast(${column} as timestamp))`;
    case 'time':
      return sql`epoch(try_cast(${column} as time))`;
    case 'interval':
      return sql`epoch(try_cast(${column} as interval))`;
    default:
      return sql`try_cast(${column} as double)`;
  }
}

async function countPresent(db: Database, relation: Relation, columns: readonly ColumnSchema[]): Promise<Side> {
  const counts = columns.map(({ name }, index) => sql`count(${columnRef(name)}) as ${sql.id(`c${index}`)}`);
  const { rows } = await sql<Record<string, unknown>>`
    select count(*) as "rows", ${sql.join(counts)} from ${relationRef(relation)}`.execute(db);
  const row = rows[0] ?? {};
  return {
    relation,
    rows: Number(row.rows ?? 0),
    present: columns.map((_, index) => Number(row[`c${index}`] ?? 0)),
  };
}

/** Where the bins of the number columns are, from quantiles of the real side; columns without a finite value fall out. */
async function measureRanges(
  db: Database,
  real: Side,
  columns: readonly ColumnSchema[],
  k: number,
): Promise<readonly NumberColumn[]> {
  const numeric = columns.flatMap((column) => {
    const unit = numberUnit(column.type);
    return unit === undefined ? [] : [{ column, unit }];
  });
  if (numeric.length === 0) return [];
  const tail = Math.min(0.5, Math.max(TAIL, k / real.rows));
  const quantiles = numeric.flatMap(({ column }, index) => {
    const value = asDouble(column);
    // Three times the same aggregate: DuckDB computes it once.
    const points = sql`[${sql.lit(tail)}, 0.5, ${sql.lit(1 - tail)}]`;
    const quantile = sql`quantile_disc(${value}, ${points}) filter (where isfinite(${value}))`;
    return ['low', 'median', 'high'].map(
      (name, point) => sql`(${quantile})[${sql.lit(point + 1)}] as ${sql.id(`${name}${index}`)}`,
    );
  });
  const { rows } = await sql<Record<string, unknown>>`
    select ${sql.join(quantiles)} from ${relationRef(real.relation)}`.execute(db);
  const row = rows[0] ?? {};
  return numeric.flatMap(({ column, unit }, index) => {
    const low = row[`low${index}`];
    const high = row[`high${index}`];
    const median = row[`median${index}`];
    if (typeof low !== 'number' || typeof high !== 'number' || typeof median !== 'number') return [];
    const whole = column.type.kind === 'integer' || ('scale' in column.type && column.type.scale === 0);
    return [{ column, unit, plan: planBins(low, high, unit, whole), median }];
  });
}

async function countBins(
  db: Database,
  sides: readonly [Side, Side],
  columns: readonly NumberColumn[],
): Promise<ReadonlyMap<string, BinCounts>> {
  const branches = columns.flatMap(({ column, plan, median }, index) =>
    sides.map(({ relation }, side) => {
      const bin = sql`case
        when missing then ${sql.lit(MISSING)}
        when value is null or not isfinite(value) then ${sql.lit(NOT_FINITE)}
        when value = ${sql.val(median)} then ${sql.lit(MEDIAN)}
        else greatest(0, least(${sql.lit(plan.count - 1)},
          floor(value / ${sql.val(plan.step)} + 1e-9) - ${sql.val(plan.first)}))::integer end`;
      return sql`select ${sql.lit(index)} as "column", ${sql.lit(side)} as side, bin, count(*) as n from (
        select ${bin} as bin from (
          select ${asDouble(column)} as value, ${columnRef(column.name)} is null as missing from ${relationRef(relation)}
        )) group by bin`;
    }),
  );
  const counts = new Map<string, Map<number, CellCounts>>();
  if (branches.length === 0) return counts;
  const { rows } = await sql<Record<string, unknown>>`${sql.join(branches, sql` union all `)}`.execute(db);
  for (const row of rows) {
    const name = columns[Number(row.column)]?.column.name ?? '';
    const bins = counts.get(name) ?? new Map<number, CellCounts>();
    const bin = bins.get(Number(row.bin)) ?? { real: 0, synthetic: 0 };
    const n = Number(row.n);
    bins.set(Number(row.bin), row.side === 0 ? { ...bin, real: n } : { ...bin, synthetic: n });
    counts.set(name, bins);
  }
  return counts;
}

async function countLevels(
  db: Database,
  sides: readonly [Side, Side],
  columns: readonly ColumnSchema[],
  k: number,
  limit: number,
): Promise<ReadonlyMap<string, readonly Level[]>> {
  const levels = new Map<string, Level[]>();
  if (columns.length === 0) return levels;
  const branches = columns.map(({ name }, index) => {
    const [real, synthetic] = sides.map(
      ({ relation }) => sql`select cast(${columnRef(name)} as varchar) as label, count(*) as n
        from ${relationRef(relation)} where ${columnRef(name)} is not null group by label`,
    );
    return sql`(select ${sql.lit(index)} as "column", label, r.n as "real", coalesce(s.n, 0) as synthetic
      from (${real}) as r left join (${synthetic}) as s using (label)
      where r.n >= ${sql.lit(Math.max(1, k))} order by r.n desc, label limit ${sql.lit(limit)})`;
  });
  const { rows } = await sql<Record<string, unknown>>`
    select * from (${sql.join(branches, sql` union all `)}) order by "column", "real" desc, label`.execute(db);
  for (const row of rows) {
    const name = columns[Number(row.column)]?.name ?? '';
    const level = { label: String(row.label), real: Number(row.real), synthetic: Number(row.synthetic) };
    levels.set(name, [...(levels.get(name) ?? []), level]);
  }
  return levels;
}

function missingOf(side: Side, columns: readonly ColumnSchema[], name: string): number {
  const index = columns.findIndex((column) => column.name === name);
  return side.rows - (side.present[index] ?? 0);
}

// Which groups of people fairness is asked for, and how many of their rows have which label on each side.
import { type RawBuilder, sql } from 'kysely';
import type { AuditInput, Relation } from '../../core/audit.ts';
import { nearestName, SynthError } from '../../core/errors.ts';
import { relationRef } from '../../core/sql.ts';
import { binOf } from '../codes.ts';
import type { Frame, FrameColumn } from '../frame.ts';
import type { Sizes } from '../noise.ts';
import { sampleOf } from '../sample.ts';
import { groupNames } from './group-names.ts';

/** Rows of a group on the real side at least: fewer say nothing of a rate. */
export const leastGroup = 100;

/**
 * Columns whose values are groups: those given, or those whose names say so. The target is none.
 * @throws SynthError `audit.options` for a column that the table does not compare
 */
export function groupColumns(
  { columns }: Frame,
  id: string,
  given: readonly string[] | undefined,
  target?: string,
): readonly FrameColumn[] {
  const all = columns.map(({ name }) => name);
  for (const name of given ?? []) {
    if (all.includes(name)) continue;
    const nearest = nearestName(name, all);
    throw new SynthError('audit.options', `Audit '${id}': the table has no column '${name}' to compare.`, {
      hint: nearest === undefined ? `Choose among: ${all.join(', ')}.` : `Did you mean '${nearest}'?`,
    });
  }
  const wanted = new Set(given ?? groupNames(all));
  return columns.filter(({ name }) => name !== target && wanted.has(name));
}

/** What a measurement without groups says. */
export const noGroups = 'No column is named like a group of people; give them as options.groups.';

/** Rows of a group: all, and those with one label. */
export interface GroupRows {
  readonly rows: Sizes;
  readonly labelled: Sizes;
}

/** Groups by number, labels by number: no value of the data leaves the engine. */
export interface GroupCounts {
  /** Rows with a group, and with a label where labels are counted. */
  readonly rows: Sizes;
  /** Per label, per group with at least {@link leastGroup} real rows. */
  readonly labels: readonly (readonly GroupRows[])[];
}

type Cell = Sizes & { readonly g: number; readonly y: number };

/** @param label the target; without it one label that all rows have */
export async function countGroups(
  input: AuditInput,
  frame: Frame,
  group: FrameColumn,
  label?: FrameColumn,
): Promise<GroupCounts> {
  const g = await groupOf(input, frame, group);
  const y = label === undefined ? sql`1` : await labelOf(input, frame, label);
  const { real, synthetic, holdout } = await frame.sides();
  const side = (relation: Relation, number: number): RawBuilder<unknown> =>
    sql`SELECT ${g} AS g, ${y} AS y, ${sql.lit(number)} AS side, count(*) AS c FROM ${relationRef(relation)} GROUP BY ALL`;
  const union = [side(real, 0), side(synthetic, 1), ...(holdout === undefined ? [] : [side(holdout, 2)])];
  const { rows: cells } = await sql<Cell>`
    SELECT CAST(dense_rank() OVER (ORDER BY g) AS DOUBLE) AS g, CAST(dense_rank() OVER (ORDER BY y) AS DOUBLE) AS y,
      CAST(coalesce(sum(c) FILTER (side = 0), 0) AS DOUBLE) AS real,
      CAST(coalesce(sum(c) FILTER (side = 1), 0) AS DOUBLE) AS synthetic,
      CAST(coalesce(sum(c) FILTER (side = 2), 0) AS DOUBLE) AS holdout
    FROM (${sql.join(union, sql` UNION ALL `)}) AS sides WHERE g IS NOT NULL AND y IS NOT NULL
    GROUP BY sides.g, sides.y ORDER BY 1, 2`.execute(input.db);
  const sum = (some: readonly Cell[]): Sizes => ({
    real: some.reduce((total, cell) => total + cell.real, 0),
    synthetic: some.reduce((total, cell) => total + cell.synthetic, 0),
    holdout: some.reduce((total, cell) => total + cell.holdout, 0),
  });
  const groups = [...new Set(cells.map((cell) => cell.g))]
    .map((number) => cells.filter((cell) => cell.g === number))
    .filter((some) => sum(some).real >= leastGroup);
  const numbered = [...new Set(cells.map((cell) => cell.y))]
    .map((number) => ({ number, real: sum(cells.filter((cell) => cell.y === number)).real }))
    .sort((a, b) => a.real - b.real);
  // Of two labels one says all: the rarer. Of many, the ten most frequent.
  const wanted = numbered.length === 2 ? numbered.slice(0, 1) : numbered.slice(-10);
  return {
    rows: sum(cells),
    labels: wanted.map(({ number }) =>
      groups.map((some) => ({ rows: sum(some), labelled: sum(some.filter((cell) => cell.y === number)) })),
    ),
  };
}

/** Categories are groups as they are; numbers are cut at the real quartiles. */
async function groupOf(input: AuditInput, frame: Frame, { kind, value }: FrameColumn): Promise<RawBuilder<unknown>> {
  const v = sql.id(value);
  if (kind === 'category') return v;
  const edges = await quantilesOf(input, frame, value, [0.25, 0.5, 0.75]);
  return sql`CASE WHEN ${v} IS NOT NULL THEN ${binOf(v, edges)} END`;
}

/** Categories are labels as they are, 0 and 1 too; other numbers are above the real median or not. */
async function labelOf(input: AuditInput, frame: Frame, { kind, value }: FrameColumn): Promise<RawBuilder<unknown>> {
  const v = sql.id(value);
  if (kind === 'category') return v;
  const edges = await quantilesOf(input, frame, value, [0, 0.5]);
  return sql`CASE WHEN ${v} IS NOT NULL THEN ${v} > CAST(${edges.at(-1) ?? 0} AS DOUBLE) END`;
}

async function quantilesOf(
  { db }: AuditInput,
  frame: Frame,
  value: string,
  shares: readonly number[],
): Promise<readonly number[]> {
  const v = sql.id(value);
  const points = sql.join(shares.map((share) => sql.lit(share)));
  const { rows } = await sql<{ edge: number }>`
    SELECT DISTINCT unnest(quantile_disc(${v}, [${points}])) AS edge
    FROM ${relationRef(await sampleOf(frame, 'real'))} WHERE isfinite(${v}) ORDER BY edge`.execute(db);
  return rows.map(({ edge }) => edge);
}

// Sketches a table, and counts another one in the cells of a sketch.
import { type RawBuilder, sql } from 'kysely';
import type { Database, Relation } from '../../core/audit.ts';
import type { ColumnSchema } from '../../core/schema.ts';
import type { CategorySketch, ColumnSketch, NumberSketch, TableSketch } from '../../core/sketch.ts';
import { relationRef } from '../../core/sql.ts';
import { binOf } from '../codes.ts';
import { columnNames, countRows, kindOf, plainValue } from '../frame.ts';

/** Cells of a number at most, those of the ends included. */
const numberCells = 40;
const mostLevels = 200;

/** @param k least rows behind anything in the sketch */
export async function sketchTable(
  db: Database,
  relation: Relation,
  columns: readonly ColumnSchema[],
  k: number,
): Promise<TableSketch> {
  const rows = await countRows(db, relation);
  const sketches: ColumnSketch[] = [];
  for (const column of columns) {
    if (column.type.kind === 'unsupported') continue;
    const sketch = kindOf(column) === 'number' ? sketchNumber : sketchCategory;
    const found = await sketch(db, relation, column, k, rows);
    if (found !== undefined) sketches.push(found);
  }
  return { k, rows, columns: sketches };
}

/** A table in the cells of another one's sketch, exactly: not to be stored. Columns that it lacks are left out. */
export async function countInSketch(
  db: Database,
  relation: Relation,
  columns: readonly ColumnSchema[],
  sketch: TableSketch,
): Promise<TableSketch> {
  const present = await columnNames(db, relation);
  const counted: ColumnSketch[] = [];
  for (const known of sketch.columns) {
    const column = columns.find(({ name }) => name === known.column && present.has(name));
    if (column === undefined || kindOf(column) !== known.kind) continue;
    counted.push(
      known.kind === 'number'
        ? await countNumber(db, relation, column, known.edges)
        : await countCategory(db, relation, column, known),
    );
  }
  return { k: 1, rows: await countRows(db, relation), columns: counted };
}

async function sketchNumber(
  db: Database,
  relation: Relation,
  column: ColumnSchema,
  k: number,
): Promise<NumberSketch | undefined> {
  const edges = await edgesOf(db, relation, column, k);
  if (edges.length === 0) return undefined;
  const { rows, missing, ...rest } = await countNumber(db, relation, column, edges);
  return { ...rest, rows: rows.map((n) => atLeast(n, k)), missing: atLeast(missing, k) };
}

/** Empty when fewer than 2 k values are finite: there is no k-th from both ends. */
async function edgesOf(db: Database, relation: Relation, column: ColumnSchema, k: number): Promise<readonly number[]> {
  const v = plainValue(column);
  const finite = sql`SELECT v FROM (SELECT ${v} AS v FROM ${relationRef(relation)}) AS plain WHERE isfinite(v)`;
  const [counted] = (await sql<{ n: number }>`SELECT CAST(count(*) AS DOUBLE) AS n FROM (${finite}) AS f`.execute(db))
    .rows;
  const n = counted?.n ?? 0;
  if (n < 2 * k) return [];
  const inner = Math.max(1, Math.min(numberCells - 2, Math.floor(n / k) - 1));
  const shares = Array.from({ length: inner - 1 }, (_, i) => (i + 1) / inner);
  // Discrete quantiles at k/n and 1 − k/n: k rows lie at or below the one and, unless values repeat, above the other.
  const points = [Math.min(0.5, k / n), ...shares, Math.max(0.5, 1 - k / n)].map((share) => sql.lit(share));
  const { rows } = await sql<{ edge: number }>`
    SELECT unnest(quantile_disc(v, [${sql.join(points)}])) AS edge FROM (${finite}) AS f`.execute(db);
  const raw = rows.map(({ edge }) => edge).sort((a, b) => a - b);
  return [...new Set(rounded(raw))].sort((a, b) => a - b);
}

/** To a hundredth of the distance between the quartiles or finer, so that an edge is no one's value; whole numbers stay. */
function rounded(edges: readonly number[]): readonly number[] {
  const at = (share: number): number => edges[Math.floor(share * (edges.length - 1))] as number;
  const width = at(0.75) - at(0.25) || (edges.at(-1) as number) - (edges[0] as number);
  if (!(width > 0) || !Number.isFinite(width)) return edges;
  const grid = 10 ** Math.floor(Math.log10(width / 100));
  const last = edges.length - 1;
  // The ends inwards: at least k rows stay beyond each.
  const round = (edge: number, i: number): number => {
    const steps = edge / grid;
    const whole = i === 0 ? Math.ceil(steps) : i === last ? Math.floor(steps) : Math.round(steps);
    return Number((whole * grid).toPrecision(15));
  };
  return edges.map(round);
}

async function countNumber(
  db: Database,
  relation: Relation,
  column: ColumnSchema,
  edges: readonly number[],
): Promise<NumberSketch> {
  const { rows: found } = await sql<{ cell: number | null; n: number }>`
    SELECT CASE WHEN v IS NULL THEN NULL ELSE ${binOf(sql.id('v'), edges)} END AS cell, CAST(count(*) AS DOUBLE) AS n
    FROM (SELECT ${plainValue(column)} AS v FROM ${relationRef(relation)}) AS plain GROUP BY cell`.execute(db);
  const [moments] = (
    await sql<{ mean: number | null; deviation: number | null }>`
      SELECT avg(v) AS mean, stddev_pop(v) AS deviation
      FROM (SELECT ${plainValue(column)} AS v FROM ${relationRef(relation)}) AS plain WHERE isfinite(v)`.execute(db)
  ).rows;
  const count = (cell: number | null): number => found.find((row) => row.cell === cell)?.n ?? 0;
  return {
    kind: 'number',
    column: column.name,
    edges,
    rows: Array.from({ length: edges.length + 1 }, (_, i) => count(i + 1)),
    missing: count(null),
    mean: moments?.mean ?? null,
    deviation: moments?.deviation ?? null,
  };
}

async function sketchCategory(
  db: Database,
  relation: Relation,
  column: ColumnSchema,
  k: number,
  rows: number,
): Promise<CategorySketch> {
  const found = await levelsOf(db, relation, column, sql`HAVING count(*) >= ${sql.lit(k)}`);
  const missing = found.find(({ label }) => label === null)?.n ?? 0;
  const levels = found.flatMap(({ label, n }) => (label === null ? [] : [{ label, rows: n }])).slice(0, mostLevels);
  const other = rows - missing - levels.reduce((sum, level) => sum + level.rows, 0);
  return { kind: 'category', column: column.name, levels, other: atLeast(other, k), missing };
}

async function countCategory(
  db: Database,
  relation: Relation,
  column: ColumnSchema,
  known: CategorySketch,
): Promise<CategorySketch> {
  const found = await levelsOf(db, relation, column, sql``);
  const rows = new Map(found.map(({ label, n }) => [label, n]));
  const levels = known.levels.map(({ label }) => ({ label, rows: rows.get(label) ?? 0 }));
  const missing = rows.get(null) ?? 0;
  const total = found.reduce((sum, { n }) => sum + n, 0);
  const other = total - missing - levels.reduce((sum, level) => sum + level.rows, 0);
  return { kind: 'category', column: column.name, levels, other, missing };
}

/** Values with their rows, most frequent first. */
async function levelsOf(
  db: Database,
  relation: Relation,
  column: ColumnSchema,
  having: RawBuilder<unknown>,
): Promise<readonly { readonly label: string | null; readonly n: number }[]> {
  const { rows } = await sql<{ label: string | null; n: number }>`
    SELECT label, CAST(count(*) AS DOUBLE) AS n
    FROM (SELECT ${plainValue(column)} AS label FROM ${relationRef(relation)}) AS plain
    GROUP BY label ${having} ORDER BY n DESC, label LIMIT 100000`.execute(db);
  return rows;
}

function atLeast(n: number, k: number): number {
  return n < k ? 0 : n;
}

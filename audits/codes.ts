// Each table coded once into small integers on the REAL table's edges, so that pairs are cheap GROUP BYs of bytes.
import { type RawBuilder, sql } from 'kysely';
import type { Database, Relation } from '../core/audit.ts';
import { relationRef } from '../core/sql.ts';
import type { Frame, Side } from './frame.ts';
import { sampleOf } from './sample.ts';

/** Categories with a code of their own; the others share one. */
export const topCategories = 15;
export const deciles: readonly number[] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** Temporary tables whose columns, named as the frame's, hold codes: 0 is NULL. */
export type Codes = Partial<Record<Side, Relation>> & { readonly real: Relation; readonly synthetic: Relation };

export function codesOf(db: Database, frame: Frame): Promise<Codes> {
  return frame.memo('codes', async () => {
    const edges = await decileEdges(db, frame);
    const maps = await categoryMaps(frame);
    const coded = (relation: Relation): Promise<Relation> => frame.temporary(codeQuery(frame, relation, edges, maps));
    const { real, synthetic, holdout } = await frame.sides();
    return {
      real: await coded(real),
      synthetic: await coded(synthetic),
      ...(holdout === undefined ? {} : { holdout: await coded(holdout) }),
    };
  });
}

/** Distinct deciles of the finite values of the real sample, per numeric column: at most nine. */
async function decileEdges(db: Database, frame: Frame): Promise<ReadonlyMap<string, readonly number[]>> {
  const numeric = frame.columns.filter(({ kind }) => kind === 'number');
  const edges = new Map<string, readonly number[]>();
  const sample = await sampleOf(frame, 'real');
  for (const { value } of numeric) {
    const v = sql.id(value);
    const points = sql.join(deciles.map((share) => sql.lit(share)));
    const { rows } = await sql<{ edge: number }>`
      SELECT DISTINCT unnest(quantile_disc(${v}, [${points}])) AS edge
      FROM ${relationRef(sample)} WHERE isfinite(${v}) ORDER BY edge`.execute(db);
    edges.set(
      value,
      rows.map(({ edge }) => edge),
    );
  }
  return edges;
}

/** A temporary table `v → code` of the most frequent real categories, per categorical column; ties go by value. */
async function categoryMaps(frame: Frame): Promise<ReadonlyMap<string, Relation>> {
  const maps = new Map<string, Relation>();
  const { real } = await frame.sides();
  for (const { kind, value } of frame.columns) {
    if (kind !== 'category') continue;
    const v = sql.id(value);
    const map = await frame.temporary(
      sql`SELECT v, row_number() OVER (ORDER BY m DESC, v) + 1 AS code FROM (
        SELECT ${v} AS v, count(*) AS m FROM ${relationRef(real)} WHERE ${v} IS NOT NULL
        GROUP BY ${v} ORDER BY m DESC, v LIMIT ${sql.lit(topCategories)}) AS top`,
    );
    maps.set(value, map);
  }
  return maps;
}

function codeQuery(
  frame: Frame,
  relation: Relation,
  edges: ReadonlyMap<string, readonly number[]>,
  maps: ReadonlyMap<string, Relation>,
): RawBuilder<unknown> {
  const codes = frame.columns.map(({ value }): RawBuilder<unknown> => {
    const v = sql.id(value);
    const map = maps.get(value);
    const code =
      map === undefined
        ? binOf(v, edges.get(value) ?? [])
        : // A position in a list: joins would carry all other columns through them, at twice the cost.
          sql`CAST(coalesce(list_position((SELECT list(v ORDER BY code) FROM ${relationRef(map)}), ${v}) + 1, 1) AS UTINYINT)`;
    return sql`CASE WHEN ${v} IS NULL THEN CAST(0 AS UTINYINT) ELSE ${code} END AS ${v}`;
  });
  codes.push(...frame.carried.map((name) => sql.id(name)));
  return sql`SELECT ${sql.join(codes.length > 0 ? codes : [sql`1 AS v`])} FROM ${relationRef(relation)}`;
}

/**
 * 1 + the number of edges below the value, as a balanced tree of CASEs: four comparisons a row instead of nine. NaN is
 * above all edges.
 * @param atEdge `above`: an edge that equals the value counts, too
 */
export function binOf(
  v: RawBuilder<unknown>,
  edges: readonly number[],
  atEdge: 'below' | 'above' = 'below',
  below = 0,
): RawBuilder<unknown> {
  if (edges.length === 0) return sql`CAST(${sql.lit(below + 1)} AS UTINYINT)`;
  const middle = edges.length >> 1;
  const lower = binOf(v, edges.slice(0, middle), atEdge, below);
  const upper = binOf(v, edges.slice(middle + 1), atEdge, below + middle + 1);
  const isLower = atEdge === 'below' ? sql`<=` : sql`<`;
  return sql`CASE WHEN ${v} ${isLower} CAST(${edges[middle] as number} AS DOUBLE) THEN ${lower} ELSE ${upper} END`;
}

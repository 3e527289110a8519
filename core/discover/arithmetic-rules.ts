// Totals that are the sum of two columns, and columns that are never greater than another.
import { type RawBuilder, sql } from 'kysely';
import type { Workspace } from '../connector.ts';
import { gapType } from '../constraints/gap.ts';
import { describeConstraint, quoted } from '../constraints/rules.ts';
import { columnRef, relationRef } from '../sql.ts';
import { rowsText } from './dependencies.ts';
import { type Proposal, percent } from './proposal.ts';
import type { ColumnView, TableView } from './sample.ts';

const leastRows = 100;
const leastShare = 0.999;
/** Rows in which each part of a sum is not 0. */
const leastNonZero = 20;
/** Bounds the triples and pairs that are tried. */
const mostColumns = 14;
/** Rows of the first look at sums, which throws out nearly all triples. */
const glanceRows = 2000;

interface Sum {
  readonly total: string;
  readonly parts: readonly [string, string];
}

export async function proposeArithmetic(workspace: Workspace, view: TableView): Promise<readonly Proposal[]> {
  const sums = await findSums(workspace, view);
  const orderings = await findOrderings(workspace, view);
  const inSum = (low: string, high: string): boolean =>
    sums.some(({ total, parts }) => total === high && parts.includes(low));
  return [
    ...sums.map(
      ({ total, parts, share }): Proposal => ({
        kind: 'sum',
        table: view.schema.name,
        columns: [total, ...parts],
        text: describeConstraint({ kind: 'sum', total, parts }),
        confidence: share === 1 ? 0.95 : 0.8,
        why: `It holds in ${percent(share)} of ${rowsText(view)} that have all three.`,
      }),
    ),
    ...orderings
      .filter(({ low, high }) => !inSum(low, high))
      .map(
        ({ low, high, share, byChance }): Proposal => ({
          kind: 'ordering',
          table: view.schema.name,
          columns: [low, high],
          text: quoted(`${sqlName(low)} <= ${sqlName(high)}`),
          confidence: byChance < 0.7 ? 0.9 : 0.6,
          why: `It holds in ${percent(share)} of ${rowsText(view)} that have both, and would in ${percent(byChance)} by chance.`,
        }),
      ),
  ];
}

async function findSums(workspace: Workspace, view: TableView): Promise<readonly (Sum & { readonly share: number })[]> {
  const numbers = view.columns
    .filter(({ type, present }) => present >= leastRows && ['integer', 'decimal', 'float', 'wide'].includes(type.kind))
    .filter(({ distinct }) => distinct > 2)
    .slice(0, mostColumns);
  const triples = numbers.flatMap((total) =>
    numbers.flatMap((a, i) =>
      numbers.slice(i + 1).flatMap((b) => (a === total || b === total ? [] : [{ total, a, b }])),
    ),
  );
  const glance = sql`(select * from ${relationRef(view.sample)} limit ${sql.lit(glanceRows)})`;
  const likely = (await sumShares(workspace, glance, triples, true)).filter(({ share }) => share >= 0.99);
  const held = await sumShares(workspace, relationRef(view.sample), likely, false);
  return held
    .filter(({ share }) => share >= leastShare)
    .map(({ total, a, b, share }) => ({ total: total.name, parts: [a.name, b.name], share }));
}

interface Triple {
  readonly total: ColumnView;
  readonly a: ColumnView;
  readonly b: ColumnView;
}

/** The share of rows with all three in which total = a + b; low when it fails where a part is not 0, or a part always is. */
async function sumShares(
  workspace: Workspace,
  from: RawBuilder<unknown>,
  triples: readonly Triple[],
  glancing: boolean,
): Promise<readonly (Triple & { readonly share: number })[]> {
  if (triples.length === 0) return [];
  const double = (column: ColumnView): RawBuilder<unknown> => sql`cast(${columnRef(column.name)} as double)`;
  const measures = triples.map(({ total, a, b }, i) => {
    const [t, x, y] = [double(total), double(a), double(b)];
    const known = sql`${t} is not null and ${x} is not null and ${y} is not null`;
    const holds = sql`abs(${t} - (${x} + ${y})) <= 1e-6 * greatest(1e-3, abs(${t}))`;
    // Where a part is 0 any copy of the other is a sum: it must also hold in the rows where each is not.
    const where = (condition: RawBuilder<unknown>): RawBuilder<unknown> =>
      sql`count(*) filter (where ${known} and ${condition})`;
    const shareOf = (condition: RawBuilder<unknown>): RawBuilder<unknown> =>
      sql`case when ${where(condition)} < ${sql.lit(leastNonZero)} then 0
        else cast(${where(sql`${condition} and ${holds}`)} as double) / ${where(condition)} end`;
    const all = sql`cast(${where(holds)} as double) / greatest(1, ${where(sql`true`)})`;
    return sql`${glancing ? all : sql`least(${all}, 0.01 + ${shareOf(sql`${x} <> 0`)}, 0.01 + ${shareOf(sql`${y} <> 0`)})`}
      as ${columnRef(`share_${i}`)}`;
  });
  const { rows } = await sql<Record<string, number>>`select ${sql.join(measures)} from ${from} as r`.execute(
    workspace.db,
  );
  return triples.map((triple, i) => ({ ...triple, share: Number(rows[0]?.[`share_${i}`] ?? 0) }));
}

interface FoundOrdering {
  readonly low: string;
  readonly high: string;
  readonly share: number;
  readonly byChance: number;
}

async function findOrderings(workspace: Workspace, view: TableView): Promise<readonly FoundOrdering[]> {
  const columns = view.columns
    .filter(({ present, distinct }) => present >= leastRows && distinct > 2)
    .slice(0, 3 * mostColumns);
  const pairs = columns
    .flatMap((low) => columns.map((high) => ({ low, high })))
    .filter(({ low, high }) => low !== high && gapType(low, high) !== undefined)
    .slice(0, mostColumns * mostColumns);
  if (pairs.length === 0) return [];
  // Neighbours by hash are strangers to each other: how often a row's low is below another's high is chance.
  const involved = [...new Set(pairs.map(({ high }) => high.name))];
  const strangers = involved.map(
    (name, i) =>
      sql`lag(${columnRef(name)}) over (order by hash(${sql.join(involved.map((other) => columnRef(other)))})) as ${columnRef(`stranger_${i}`)}`,
  );
  const measures = pairs.map(({ low, high }, i) => {
    const [a, b] = [columnRef(low.name), columnRef(high.name)];
    const stranger = columnRef(`stranger_${involved.indexOf(high.name)}`);
    return sql`cast(count(*) filter (where ${a} <= ${b}) as double) as ${columnRef(`kept_${i}`)},
      cast(count(*) filter (where ${a} = ${b}) as double) as ${columnRef(`equal_${i}`)},
      cast(count(*) filter (where ${a} is not null and ${b} is not null) as double) as ${columnRef(`known_${i}`)},
      cast(count(*) filter (where ${a} <= ${stranger}) as double) / greatest(1,
        count(*) filter (where ${a} is not null and ${stranger} is not null)) as ${columnRef(`chance_${i}`)}`;
  });
  const { rows } = await sql<Record<string, number>>`select ${sql.join(measures)}
    from (select *, ${sql.join(strangers)} from ${relationRef(view.sample)}) as r`.execute(workspace.db);
  const measured = (name: string, i: number): number => Number(rows[0]?.[`${name}_${i}`] ?? 0);
  const found = pairs.flatMap(({ low, high }, i): FoundOrdering[] => {
    const known = measured('known', i);
    const share = known < leastRows ? 0 : measured('kept', i) / known;
    const byChance = measured('chance', i);
    // Columns that are equal in nearly all rows are copies, and not an order.
    if (share < leastShare || byChance > 0.97 || measured('equal', i) > 0.98 * known) return [];
    return [{ low: low.name, high: high.name, share, byChance }];
  });
  const between = (low: string, high: string): boolean =>
    found.some((x) => x.low === low && found.some((y) => y.low === x.high && y.high === high));
  // a <= c is said already by a <= b and b <= c.
  return found.filter(({ low, high }) => !between(low, high));
}

/** A column's name inside a SQL expression of the config. */
function sqlName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !reserved.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** DuckDB's reserved words (duckdb_keywords()) that are names of columns now and then. */
const reserved = new Set(
  'all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create default deferrable desc describe distinct do else end except false fetch for foreign from group having in initially intersect into lambda lateral leading limit not null offset on only or order pivot placing primary qualify references returning select show some summarize symmetric table then to trailing true union unique unpivot using variadic when where window with'.split(
    ' ',
  ),
);

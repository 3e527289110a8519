// fid.card: how many children each parent has, parents without any included.
import { type RawBuilder, sql } from 'kysely';
import type { Audit, AuditInput, Bounds, Measurement, Relation, RelationTarget } from '../../core/audit.ts';
import { columnList, columnRef, relationRef } from '../../core/sql.ts';
import { columnNames, countRows } from '../frame.ts';
import { bounds } from '../options.ts';
import { kolmogorovNull, kolmogorovP, ksOfHistograms } from '../statistics/kolmogorov.ts';

export const cardinalityAudit: Audit<Bounds> = {
  id: 'fid.card',
  title: 'Parents have as many children as in the real tables.',
  advice: 'Learn from more parents (fitRows), and ask for as many rows as the source has.',
  unit: 'KS distance',
  tier: 'run',
  family: 'fidelity',
  scope: 'relation',
  needs: ['aggregates'],
  direction: 'above',
  minRows: 500,
  options: bounds(0.05, 0.1),
  applies: ({ reference, relations }) => !reference && relations.length > 0,
  /** KS distance of the children per parent; `n` counts parents. Real children are those of train and holdout. */
  async run(input: AuditInput): Promise<readonly Measurement[]> {
    const measurements: Measurement[] = [];
    for (const relation of input.target.relations) measurements.push(await measure(input, relation));
    return measurements;
  },
};

async function measure(input: AuditInput, relation: RelationTarget): Promise<Measurement> {
  const { db, real, synthetic, holdout } = input;
  const children = holdout === undefined ? [real] : [real, holdout];
  const n = {
    real: await countRows(db, relation.realParent),
    synthetic: await countRows(db, relation.syntheticParent),
    holdout: 0,
  };
  let realChildren = 0;
  for (const part of children) realChildren += await countRows(db, part);
  const perReal = realChildren / n.real;
  const perSynthetic = (await countRows(db, synthetic)) / n.synthetic;
  // A mirror may be made with fewer rows, like a random part of the real ones, or with more, a multiple for each parent.
  const factor = perSynthetic / perReal;
  const kept = factor < 1 / 1.02 ? factor : 1;
  const a = await histogram(input, relation, relation.realParent, children, kept);
  const b = await histogram(input, relation, relation.syntheticParent, [synthetic], 1);
  const value = ksOfHistograms(factor > 1.02 ? multiplied(a, factor) : a, b);
  const common = { columns: relation.columns, n };
  if (value === undefined) return { ...common, value: null, reason: 'One side has no parents.' };
  const p = kolmogorovP(value, n.real, n.synthetic);
  return {
    ...common,
    value,
    null: kolmogorovNull(n.real, n.synthetic),
    p,
    reason: `Rows per row of ${relation.parent}`,
  };
}

/** `children → parents with so many`. */
async function histogram(
  input: AuditInput,
  relation: RelationTarget,
  parent: Relation,
  children: readonly Relation[],
  kept: number,
): Promise<ReadonlyMap<number, number>> {
  const keys = relation.columns;
  const parts: RawBuilder<unknown>[] = [];
  for (const child of children) parts.push(await childKeys(input, child, keys, kept));
  const matches = keys.map((key, i) => {
    return sql`${columnRef(relation.parentColumns[i] ?? key, 'p')} = ${columnRef(key, 'c')}`;
  });
  const { rows } = await sql<{ children: number; parents: number }>`
    SELECT CAST(coalesce(c.m, 0) AS DOUBLE) AS children, CAST(count(*) AS DOUBLE) AS parents
    FROM ${relationRef(parent)} AS p LEFT JOIN (
      SELECT ${columnList(keys)}, count(*) AS m FROM (${sql.join(parts, sql` UNION ALL `)}) AS rows_of_children
      GROUP BY ${columnList(keys)}) AS c ON ${sql.join(matches, sql` AND `)}
    GROUP BY 1`.execute(input.db);
  return new Map(rows.map(({ children: count, parents }) => [count, parents]));
}

/** Every parent has `factor` times its children; fractions become one child more for that share of the parents. */
function multiplied(histogram: ReadonlyMap<number, number>, factor: number): ReadonlyMap<number, number> {
  const grown = new Map<number, number>();
  const add = (children: number, parents: number): void => {
    grown.set(children, (grown.get(children) ?? 0) + parents);
  };
  for (const [children, parents] of histogram) {
    const whole = Math.floor(children * factor);
    const rest = children * factor - whole;
    add(whole, parents * (1 - rest));
    add(whole + 1, parents * rest);
  }
  return grown;
}

async function childKeys(
  { db }: AuditInput,
  child: Relation,
  keys: readonly string[],
  kept: number,
): Promise<RawBuilder<unknown>> {
  const query = sql`SELECT ${columnList(keys)} FROM ${relationRef(child)}`;
  if (kept >= 1) return query;
  const names = [...(await columnNames(db, child))].sort();
  return sql`${query} WHERE hash(${columnList(names)}) % ${sql.lit(2 ** 30)} < ${sql.lit(Math.floor(kept * 2 ** 30))}`;
}

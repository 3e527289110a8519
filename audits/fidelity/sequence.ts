// fid.seq: what follows what within a subject, how many different values it has, and how long it is from event to event.
import { type RawBuilder, sql } from 'kysely';
import type { Audit, AuditInput, Bounds, Measurement, Relation } from '../../core/audit.ts';
import { columnList, columnRef, relationRef } from '../../core/sql.ts';
import { excessDistances } from '../excess.ts';
import { countRows, type Frame, frameOf, releaseFrame } from '../frame.ts';
import { noiseFloor } from '../noise.ts';
import { bounds } from '../options.ts';
import { orderOf, stepsOf } from '../sequences.ts';
import { kolmogorovNull, kolmogorovP, ksOfHistograms } from '../statistics/kolmogorov.ts';

export const sequenceAudit: Audit<Bounds> = {
  id: 'fid.seq',
  title: 'Events of one subject follow each other as in the real table.',
  unit: 'distance above noise',
  tier: 'run',
  family: 'fidelity',
  scope: 'relation',
  needs: ['aggregates'],
  direction: 'above',
  // Generators remember only so much of a subject: what is missing is told, and the config says whether it stops a publish.
  severity: 'warn',
  minRows: 500,
  options: bounds(0.05, 0.1),
  applies: ({ reference, sequence, columns }) => !reference && sequence !== undefined && columns.length > 0,
  /** `n` counts subjects with two rows or more. */
  async run(input: AuditInput): Promise<readonly Measurement[]> {
    const { sequence } = input.target;
    if (sequence === undefined) return [];
    const times = await lengthened(input, sequence.by);
    if (times < leastLength || times > 1 / leastLength) {
      const n = { real: 0, synthetic: 0, holdout: 0 };
      const reason = 'The mirror was asked for other numbers of rows per parent than the real table has';
      return [{ columns: [], value: null, reason: `${reason}, so that its sequences are others.`, n }];
    }
    const frame = await frameOf(input);
    const order = await orderOf(input, sequence);
    const steps = order.length === 0 ? [] : await measureSteps(input, sequence.by, order, frame);
    return [...steps, ...(await measureVariety(input, sequence.by, frame))];
  },
};

const leastLength = 0.8;

/** Rows per parent of the mirror over those of the real tables; 1 where the parents are not known. */
async function lengthened(
  { db, real, synthetic, holdout, target }: AuditInput,
  by: readonly string[],
): Promise<number> {
  const relation = target.relations.find(({ columns }) => columns.join() === by.join());
  if (relation === undefined) return 1;
  const children = (await countRows(db, real)) + (holdout === undefined ? 0 : await countRows(db, holdout));
  const perReal = children / (await countRows(db, relation.realParent));
  const perSynthetic = (await countRows(db, synthetic)) / (await countRows(db, relation.syntheticParent));
  return perReal > 0 && perSynthetic > 0 ? perSynthetic / perReal : 1;
}

async function measureSteps(
  input: AuditInput,
  by: readonly string[],
  order: readonly string[],
  frame: Frame,
): Promise<readonly Measurement[]> {
  const steps = await stepsOf(input, by, order, frame);
  try {
    const groups = [...steps.pairs, ...(steps.gap === undefined ? [] : [[steps.gap]])];
    const measured = await excessDistances(steps.input, groups, steps.n);
    return measured.map((measurement, i): Measurement => {
      const isGap = i === steps.pairs.length;
      return {
        ...measurement,
        columns: isGap ? order.slice(0, 1) : measurement.columns.slice(0, 1),
        name: isGap ? 'gap to the next row' : 'next row',
      };
    });
  } finally {
    await releaseFrame(steps.input);
  }
}

/** KS distance over subjects of the number of different values less one over the number of rows less one. */
async function measureVariety(input: AuditInput, by: readonly string[], frame: Frame): Promise<readonly Measurement[]> {
  const { db, real, synthetic, holdout } = input;
  const names = frame.columns.map(({ name }) => name);
  const histograms = async (relation: Relation): Promise<readonly ReadonlyMap<number, number>[]> => {
    const shares = await frame.temporary(varietyQuery(relation, by, names));
    const selects = names.map(
      (name, i) => sql`SELECT ${sql.lit(i)} AS item, ${columnRef(name)} AS share, CAST(count(*) AS DOUBLE) AS m
        FROM ${relationRef(shares)} GROUP BY ${columnRef(name)}`,
    );
    const found = names.map(() => new Map<number, number>());
    const union = sql<{ item: number; share: number; m: number }>`${sql.join(selects, sql` UNION ALL `)}`;
    for (const { item, share, m } of (await union.execute(db)).rows) found[Number(item)]?.set(share, m);
    return found;
  };
  const a = await histograms(real);
  const b = await histograms(synthetic);
  const held = holdout === undefined ? [] : await histograms(holdout);
  return names.map((name, i): Measurement => {
    const size = (histogram: ReadonlyMap<number, number> | undefined): number =>
      [...(histogram?.values() ?? [])].reduce((sum, m) => sum + m, 0);
    const n = { real: size(a[i]), synthetic: size(b[i]), holdout: size(held[i]) };
    const common = { columns: [name], name: 'different values', n };
    const value = ksOfHistograms(a[i] ?? new Map(), b[i] ?? new Map());
    if (value === undefined) return { ...common, value: null, reason: 'No subject has two rows on one side.' };
    const observed = ksOfHistograms(a[i] ?? new Map(), held[i] ?? new Map());
    const floor = noiseFloor(kolmogorovNull(n.real, n.synthetic), observed, n);
    return { ...common, value, null: floor, p: kolmogorovP(value, n.real, n.synthetic) };
  });
}

function varietyQuery(relation: Relation, by: readonly string[], names: readonly string[]): RawBuilder<unknown> {
  const shares = names.map((name) => {
    const column = columnRef(name);
    // NULL is a value like others.
    return sql`round((count(DISTINCT ${column}) + CAST(bool_or(${column} IS NULL) AS INTEGER) - 1) / (count(*) - 1)::DOUBLE, 6)
      AS ${column}`;
  });
  return sql`SELECT ${sql.join(shares)} FROM ${relationRef(relation)}
    WHERE ${sql.join(
      by.map((name) => sql`${columnRef(name)} IS NOT NULL`),
      sql` AND `,
    )} GROUP BY ${columnList(by)} HAVING count(*) > 1`;
}

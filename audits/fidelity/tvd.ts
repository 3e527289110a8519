// fid.tvd: total variation distance of each categorical column; NULL is a category.
import { type RawBuilder, sql } from 'kysely';
import type { Audit, AuditInput, Bounds, Measurement, Relation } from '../../core/audit.ts';
import { relationRef } from '../../core/sql.ts';
import { type Frame, type FrameColumn, frameOf } from '../frame.ts';
import { noiseFloor } from '../noise.ts';
import { bounds } from '../options.ts';
import { totalVariation } from '../statistics/tvd.ts';

export const tvdAudit: Audit<Bounds> = {
  id: 'fid.tvd',
  title: 'Each category is as frequent as in the real table.',
  unit: 'share of rows',
  tier: 'run',
  family: 'fidelity',
  scope: 'column',
  needs: ['aggregates'],
  direction: 'above',
  minRows: 1000,
  options: bounds(0.05, 0.1),
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  async run(input: AuditInput): Promise<readonly Measurement[]> {
    const frame = await frameOf(input);
    const measurements: Measurement[] = [];
    for (const column of frame.columns) {
      if (column.kind !== 'category') continue;
      const cells = await countTriples(input, frame, column);
      const against = totalVariation(cells.map(({ r, s, m }) => ({ a: r, b: s, times: m })));
      const observed = totalVariation(cells.map(({ r, h, m }) => ({ a: r, b: h, times: m })));
      const columns = [column.name];
      if (against === undefined)
        measurements.push({ columns, value: null, reason: 'One side has no rows.', n: frame.n });
      else {
        const floor = noiseFloor(against.null, observed?.value, frame.n);
        measurements.push({ columns, value: against.value, null: floor, n: frame.n });
      }
    }
    return measurements;
  },
};

interface Triple {
  readonly r: number;
  readonly s: number;
  readonly h: number;
  readonly m: number;
}

/** How many categories (`m`) have `r` real, `s` mirror and `h` holdout rows: small even for a million categories. */
async function countTriples(input: AuditInput, frame: Frame, column: FrameColumn): Promise<readonly Triple[]> {
  const v = sql.id(column.value);
  const { real, synthetic, holdout } = frame.sides;
  const side = (relation: Relation, number: RawBuilder<unknown>): RawBuilder<unknown> =>
    sql`SELECT ${v} AS v, ${number} AS side, count(*) AS c FROM ${relationRef(relation)} GROUP BY ${v}`;
  const union = [side(real, sql`0`), side(synthetic, sql`1`)];
  if (holdout !== undefined) union.push(side(holdout, sql`2`));
  const { rows } = await sql<Triple>`
    SELECT CAST(r AS DOUBLE) AS r, CAST(s AS DOUBLE) AS s, CAST(h AS DOUBLE) AS h, CAST(count(*) AS DOUBLE) AS m
    FROM (SELECT v, coalesce(sum(c) FILTER (side = 0), 0) AS r, coalesce(sum(c) FILTER (side = 1), 0) AS s,
        coalesce(sum(c) FILTER (side = 2), 0) AS h
      FROM (${sql.join(union, sql` UNION ALL `)}) AS sides GROUP BY v) AS categories
    GROUP BY r, s, h`.execute(input.db);
  return rows;
}

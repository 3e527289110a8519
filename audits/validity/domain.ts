// val.domain: categories of the mirror are categories of the real table.
import { sql } from 'kysely';
import type { Audit, AuditInput, Measurement } from '../../core/audit.ts';
import { relationRef } from '../../core/sql.ts';
import { type CategoryCount, sumOf } from '../categories.ts';
import { scoreCategories } from '../columns.ts';
import { type Frame, type FrameColumn, frameOf, numberOf } from '../frame.ts';
import { outlineSql } from '../lookalikes.ts';
import { noOptions } from '../options.ts';

/** Free text has no list of allowed values: it is checked when this share of its rows has a value that k rows share. */
const closedShare = 0.95;

export const domainAudit: Audit<Record<string, never>> = {
  id: 'val.domain',
  title: 'Categories are the ones that the real table has.',
  advice: 'Learn the table again, or say what stands in the column: omit(), fake() or pattern().',
  unit: 'rows',
  tier: 'run',
  family: 'validity',
  scope: 'column',
  needs: ['aggregates'],
  direction: 'zero',
  minRows: 1,
  options: noOptions,
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  /**
   * Rows of the mirror whose category is not real. In a text column, values that fewer than k real rows share have to be
   * replaced by something: as many rows (plus three standard deviations) may hold a placeholder.
   */
  async run(input: AuditInput): Promise<readonly Measurement[]> {
    const found = await scoreCategories(input, (counts, column, { n }) => score(input, counts, column, n));
    const frame = await frameOf(input);
    const told: Measurement[] = [];
    for (const measurement of found) {
      const column = frame.columns.find(({ name }) => name === measurement.columns[0]);
      const alike = measurement.value === 0 || column === undefined ? 0 : await lookAlikes(input, frame, column);
      const written = alike === 1 ? 'row has a category that looks' : 'rows have a category that looks';
      const reason = `${alike.toLocaleString('en')} ${written} like a real one and is written with other characters`;
      told.push(alike === 0 ? measurement : { ...measurement, reason });
    }
    return told;
  },
};

function score(
  { target: { publicColumns, k } }: AuditInput,
  counts: readonly CategoryCount[],
  { name, schema }: FrameColumn,
  n: Frame['n'],
): Omit<Measurement, 'columns'> | undefined {
  if (publicColumns.includes(name)) return undefined;
  const values = counts.filter(({ missing }) => !missing);
  const filled = sumOf(values, ({ real, holdout }) => real + holdout);
  const rare = sumOf(values, ({ real, holdout }) => (real + holdout < k ? real + holdout : 0));
  const unknown = sumOf(values, ({ real, holdout, synthetic }) => (real + holdout === 0 ? synthetic : 0));
  const text = schema.type.kind === 'text' || schema.type.kind === 'uuid';
  if (text && rare > (1 - closedShare) * filled) return undefined;
  const expected = text && filled > 0 ? (rare / filled) * n.synthetic : 0;
  const allowed = Math.ceil(expected + 3 * Math.sqrt(expected));
  return { value: Math.max(0, unknown - allowed), n };
}

/** Mirror rows with an unknown category that differs from a real one only in what a reader overlooks. */
async function lookAlikes({ db }: AuditInput, frame: Frame, { value }: FrameColumn): Promise<number> {
  const { real, synthetic, holdout } = await frame.sides();
  const v = sql.id(value);
  const held = holdout === undefined ? sql`` : sql` UNION SELECT ${v} FROM ${relationRef(holdout)}`;
  return numberOf(
    db,
    sql`WITH known AS MATERIALIZED (SELECT DISTINCT ${v} AS v FROM ${relationRef(real)}${held})
      SELECT CAST(count(*) AS DOUBLE) AS n FROM ${relationRef(synthetic)}
      WHERE ${v} NOT IN (SELECT v FROM known WHERE v IS NOT NULL)
        AND ${outlineSql(v)} IN (SELECT ${outlineSql(sql`v`)} FROM known WHERE v IS NOT NULL)`,
  );
}

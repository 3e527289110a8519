// prv.kmap: mirror rows whose quasi-identifiers, taken together, are those of fewer than k real people.
import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import type { Audit, AuditInput, Bounds, Measurement, Relation } from '../../core/audit.ts';
import { relationRef } from '../../core/sql.ts';
import { columnNames, countRows, numberOf, plainValue } from '../frame.ts';
import { boundsShape } from '../options.ts';
import { Z99 } from '../statistics/normal.ts';
import { difference } from '../statistics/proportion.ts';
import { subjectOf } from '../subjects.ts';
import { checkedColumns } from './chosen.ts';
import { quasiIdentifiers } from './quasi-identifiers.ts';

interface KmapOptions extends Bounds {
  /** The quasi-identifiers; by default the columns whose names look like it. */
  readonly columns?: readonly string[] | undefined;
  /** Real people that a combination needs; the generator's k when left out. */
  readonly k?: number | undefined;
}

export const kmapAudit: Audit<KmapOptions> = {
  id: 'prv.kmap',
  title: 'What others may know of a person points to no small group of real people.',
  advice: 'Coarsen the columns that others may know of a person (audits.options), or leave one out.',
  unit: 'share of rows above chance',
  tier: 'nightly',
  family: 'privacy',
  scope: 'table',
  needs: ['aggregates', 'holdout'],
  direction: 'above',
  minRows: 1000,
  options: z.strictObject({
    ...boundsShape(0.01, 0.05),
    columns: z.array(z.string()).min(1).optional(),
    k: z.number().int().min(2).optional(),
  }),
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  /**
   * `value`: the share of mirror rows whose combination of quasi-identifiers 1 to k − 1 people of train have, less the same
   * share of holdout rows, which meet such a combination by chance alone. k-map as in L. Sweeney (2002) and K. El Emam and
   * F. Dankar (2008), with the real table as the population. Interval: Newcombe's. Its null is normal with the pooled share.
   */
  async run(input: AuditInput, options: KmapOptions): Promise<readonly Measurement[]> {
    const { db, real, synthetic, holdout, target } = input;
    const k = options.k ?? target.k;
    const names = chosen(input, options);
    const n = {
      real: await countRows(db, real),
      synthetic: await countRows(db, synthetic),
      holdout: holdout === undefined ? 0 : await countRows(db, holdout),
    };
    const nothing = { columns: names, value: null, n, blocks: false as const };
    if (names.length === 0) {
      return [{ ...nothing, reason: 'No column is named like a quasi-identifier; give them as options.columns.' }];
    }
    if (k < 2) return [{ ...nothing, reason: 'k is 1: no group is too small.' }];
    const sides = [real, synthetic, ...(holdout === undefined ? [] : [holdout])];
    for (const side of sides) {
      const present = await columnNames(db, side);
      if (!names.every((name) => present.has(name))) {
        return [{ ...nothing, reason: 'One side lacks a quasi-identifier.' }];
      }
    }
    if (holdout === undefined || n.holdout < 500) {
      return [{ ...nothing, reason: `At least 500 holdout rows are needed to compare with, there are ${n.holdout}.` }];
    }
    const columns = target.columns.filter(({ name }) => names.includes(name)).map(plainValue);
    const combination = sql`hash(${sql.join(columns)})`;
    const subject = await subjectOf(input, real);
    const people = subject === undefined ? sql`count(*)` : sql`count(DISTINCT ${subject})`;
    const small = sql`SELECT ${combination} AS h FROM ${relationRef(real)} GROUP BY h HAVING ${people} < ${sql.lit(k)}`;
    const hits = (side: Relation): Promise<number> => numberOf(db, countIn(side, combination, small));
    const mirror = await hits(synthetic);
    const control = await hits(holdout);
    // Rows of one person are alike: the holdout has as many independent ones as people.
    const owner = await subjectOf(input, holdout);
    const peopleHeld =
      owner === undefined
        ? n.holdout
        : await numberOf(db, sql`SELECT CAST(count(DISTINCT ${owner}) AS DOUBLE) AS n FROM ${relationRef(holdout)}`);
    const held = Math.max(1, Math.min(peopleHeld, n.holdout));
    const share = control / n.holdout;
    const pooled = (mirror + control) / (n.synthetic + n.holdout);
    const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / n.synthetic + 1 / held));
    const ci = { ...difference(mirror, n.synthetic, share * held, held), method: 'newcombe' };
    return [{ columns: names, value: mirror / n.synthetic - share, null: { q50: 0, q99: Z99 * deviation }, ci, n }];
  },
};

function chosen(input: AuditInput, { columns }: KmapOptions): readonly string[] {
  if (columns !== undefined) return checkedColumns(input, kmapAudit.id, columns);
  const { target } = input;
  return quasiIdentifiers(target.columns).filter((name) => !target.publicColumns.includes(name));
}

function countIn(side: Relation, combination: RawBuilder<unknown>, small: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`SELECT CAST(count(*) AS DOUBLE) AS n FROM ${relationRef(side)} WHERE ${combination} IN (${small})`;
}

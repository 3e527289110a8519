// gov.holdout: the rows that a mirror is judged by are not among those that were learnt.
import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import type { Audit, AuditInput, Bounds, Measurement, Relation } from '../../core/audit.ts';
import type { ColumnSchema } from '../../core/schema.ts';
import { columnRef, relationRef } from '../../core/sql.ts';
import { columnNames, countRows, plainValue } from '../frame.ts';
import { boundsShape } from '../options.ts';
import { fisherCritical, fisherGreater } from '../statistics/fisher.ts';

interface HoldoutOptions extends Bounds {
  /** Level of Fisher's test, where rows have no key. */
  readonly alpha: number;
}

export const holdoutAudit: Audit<HoldoutOptions> = {
  id: 'gov.holdout',
  title: 'The real rows that a mirror is judged by were not learnt.',
  advice: 'The holdout has rows that were learnt: give one that was kept apart, or say whose row it is (subject:).',
  unit: 'share of holdout rows',
  tier: 'run',
  family: 'governance',
  scope: 'table',
  needs: ['rows', 'holdout'],
  direction: 'above',
  minRows: 0,
  options: z.strictObject({
    ...boundsShape(null, 0),
    alpha: z.number().gt(0).lt(1).default(0.01),
  }),
  applies: ({ reference }) => !reference,
  async run(input: AuditInput, options: HoldoutOptions): Promise<readonly Measurement[]> {
    const { db, holdout, target } = input;
    if (holdout === undefined) return [];
    const n = {
      real: await countRows(db, input.real),
      synthetic: await countRows(db, input.synthetic),
      holdout: await countRows(db, holdout),
    };
    if (n.real === 0 || n.holdout === 0) return [];
    const [train, held] = [await columnNames(db, input.real), await columnNames(db, holdout)];
    const both = (names: readonly string[]): boolean => names.every((name) => train.has(name) && held.has(name));
    const named = [target.subject ?? [], target.table.primaryKey].find((key) => key.length > 0 && both(key));
    if (named !== undefined) {
      const shared = await sharedKeys(input, holdout, named);
      const what = target.subject === named ? 'people or other subjects' : 'keys';
      const reason = shared === 0 ? {} : { reason: `It has ${what} that were learnt from, too` };
      return [{ columns: named, value: shared / n.holdout, ...reason, n }];
    }
    const columns = target.table.columns.filter(({ name }) => both([name]));
    if (columns.length === 0) return [];
    return [await sharedRows(input, holdout, columns, n, options.alpha)];
  },
};

/** Holdout rows whose key, no part of it NULL, is that of a row that was learnt from. */
async function sharedKeys({ db, real }: AuditInput, holdout: Relation, key: readonly string[]): Promise<number> {
  // As text: a holdout from another file may spell its types differently.
  const text = (alias: string): RawBuilder<unknown>[] =>
    key.map((column) => sql`cast(${columnRef(column, alias)} as varchar)`);
  const filled = sql.join(
    text('h').map((part) => sql`${part} is not null`),
    sql` and `,
  );
  const { rows } = await sql<{ n: number }>`
    select cast(count(*) as double) as n from ${relationRef(holdout)} as h
    where ${filled} and (${sql.join(text('h'))}) in (select ${sql.join(text('r'))} from ${relationRef(real)} as r)`.execute(
    db,
  );
  return Number(rows[0]?.n ?? 0);
}

/**
 * Without a key equal rows may be two people's: the share of holdout rows equal to one that occurs once among those learnt
 * from is held against Good and Turing's estimate of how often a fresh row is (2·N₂/n; N₂: values seen twice).
 */
async function sharedRows(
  { db, real }: AuditInput,
  holdout: Relation,
  columns: readonly ColumnSchema[],
  n: Measurement['n'],
  alpha: number,
): Promise<Measurement> {
  const ordered = [...columns].sort((a, b) => (a.name < b.name ? -1 : 1));
  const hash = sql`hash(${sql.join(ordered.map(plainValue))})`;
  const { rows } = await sql<{ hits: number; twice: number }>`
    with train as materialized (select ${hash} as h, count(*) as m from ${relationRef(real)} group by 1)
    select (select cast(count(*) as double) from ${relationRef(holdout)} where ${hash} in (select h from train where m = 1))
      as hits, (select cast(count(*) as double) from train where m = 2) as twice`.execute(db);
  const hits = Number(rows[0]?.hits ?? 0);
  const expected = Math.min(n.real, 2 * Number(rows[0]?.twice ?? 0));
  const q99 = fisherCritical(n.holdout, expected, n.real, alpha) / n.holdout;
  const p = fisherGreater(hits, n.holdout, expected, n.real);
  const reason = hits / n.holdout > q99 ? { reason: 'It has rows that were learnt from, too' } : {};
  return { columns: [], value: hits / n.holdout, null: { q50: expected / n.real, q99 }, p, ...reason, n };
}

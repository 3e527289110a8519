// prv.exact: mirror rows that equal a unique real row, against how often that happens to rows no generator saw.
import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import type { Audit, AuditInput, Measurement, Relation } from '../../core/audit.ts';
import { relationRef } from '../../core/sql.ts';
import { type Frame, frameOf } from '../frame.ts';
import { type Copies, countCopiesInMemory } from '../memory/copies.ts';
import { memoryOf } from '../memory/table.ts';
import { boundsShape } from '../options.ts';
import { fisherCritical, fisherGreater } from '../statistics/fisher.ts';
import { wilson } from '../statistics/proportion.ts';

interface ExactOptions {
  readonly warnAt: number | null;
  readonly failAt: number | null;
  /** Level of Fisher's exact test. */
  readonly alpha: number;
  /** Below so many rows a pass needs an upper limit of copies below `smallTableLimit`. */
  readonly minRows: number;
  readonly smallTableLimit: number;
}

export const exactAudit: Audit<ExactOptions> = {
  id: 'prv.exact',
  title: 'Rows of the mirror are not copies of real rows.',
  advice:
    "Rows of few or coarse columns meet real ones by chance: leave out a column (omit()), round it in a view of the source, or take draws: 'independent'. A public table can be reference().",
  unit: 'share of rows',
  tier: 'run',
  family: 'privacy',
  scope: 'table',
  needs: ['aggregates', 'holdout'],
  direction: 'above',
  minRows: 1,
  options: z.strictObject({
    // Independent draws meet a real row by chance somewhat more often than real rows meet each other (no airline sells one
    // flight twice), and among millions of rows Fisher's test sees it: significant alone warns, a fail is also a share that
    // matters. A generator that copies .5 % of its rows is far beyond it.
    ...boundsShape(0, 0.001),
    alpha: z.number().gt(0).lt(1).default(0.01),
    minRows: z.number().int().nonnegative().default(1000),
    smallTableLimit: z.number().gt(0).lt(1).default(0.05),
  }),
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  /**
   * `value`: share of mirror rows equal, in all compared columns, to a row that occurs once in train. Reference: the same
   * share of holdout rows; without a holdout, Good and Turing's estimate 2·N₂/n of how often a fresh row would hit a
   * value seen once (N₂: values seen twice). `null.q99` is the greatest share that Fisher's one-sided test does not
   * reject. In a small table a clean result is accepted when at most `smallTableLimit` of the rows could be copies.
   */
  async run(input: AuditInput, options: ExactOptions): Promise<readonly Measurement[]> {
    const frame = await frameOf(input);
    const { n } = frame;
    const nothing = { columns: [], value: null, n };
    if (frame.columns.length === 0) return [{ ...nothing, reason: 'No column can be compared.' }];
    if (n.real === 0 || n.synthetic === 0) return [{ ...nothing, reason: 'One side has no rows.' }];
    const memory = await memoryOf(input, frame);
    const { copies, holdoutHits, twice } =
      memory === undefined ? await queryCopies(input, frame) : countCopiesInMemory(memory);
    const control = n.holdout > 0 ? { hits: holdoutHits, n: n.holdout } : { hits: 2 * twice, n: n.real };
    const critical = fisherCritical(n.synthetic, control.hits, control.n, options.alpha);
    const ci = { ...wilson(copies, n.synthetic), method: 'wilson' };
    const small = Math.min(n.real, n.synthetic) < options.minRows;
    if (small && copies <= critical && ci.high > options.smallTableLimit) {
      const share = `${Math.ceil(1000 * ci.high) / 10} %`;
      return [{ ...nothing, ci, reason: `Too few rows to rule out copies: up to ${share} of the mirror could be.` }];
    }
    const floor = { q50: control.hits / control.n, q99: critical / n.synthetic };
    const p = fisherGreater(copies, n.synthetic, control.hits, control.n);
    return [{ columns: [], value: copies / n.synthetic, null: floor, p, ci, n }];
  },
};

/** Rows are compared by a 64-bit hash in which NULL equals NULL: a false match among 3M × 3M rows has a chance of 5e-7. */
export async function queryCopies(input: AuditInput, frame: Frame): Promise<Copies> {
  // In order of name: the result does not depend on the order of columns.
  const columns = [...frame.columns].sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ value }) => sql.id(value));
  const hash = sql`hash(${sql.join(columns)})`;
  const { real, synthetic, holdout } = await frame.sides();
  const hits = (relation: Relation): RawBuilder<unknown> =>
    sql`(SELECT CAST(count(*) AS DOUBLE) FROM ${relationRef(relation)} WHERE ${hash} IN (SELECT h FROM train WHERE m = 1))`;
  const { rows } = await sql<Copies>`
    WITH train AS MATERIALIZED (SELECT ${hash} AS h, count(*) AS m FROM ${relationRef(real)} GROUP BY h)
    SELECT ${hits(synthetic)} AS copies, ${holdout === undefined ? sql`0` : hits(holdout)} AS "holdoutHits",
      (SELECT CAST(count(*) AS DOUBLE) FROM train WHERE m = 2) AS twice`.execute(input.db);
  const row = rows[0];
  return {
    copies: Number(row?.copies ?? 0),
    holdoutHits: Number(row?.holdoutHits ?? 0),
    twice: Number(row?.twice ?? 0),
  };
}

// utl.query: the user's own SQL gives the same answers on the mirror, and so do random range queries.
import { z } from 'zod';
import type { Audit, AuditContext, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import { sequence } from '../../core/random.ts';
import { frameOf } from '../frame.ts';
import { boundsShape } from '../options.ts';
import { samplePeople } from '../rows.ts';
import { gammaQ99 } from '../statistics/normal.ts';
import { countRows, drawRanges, p95, pool } from './ranges.ts';
import { relabelled } from './relabel.ts';

export interface QueryOptions extends Bounds {
  /** Bounds of 1 − Spearman's correlation, for queries whose order matters. */
  readonly orderWarnAt: number | null;
  readonly orderFailAt: number | null;
  /** Share of a column's largest number (of the rows, for range queries) below which smaller ones do not decide. */
  readonly floor: number;
  /** Pairs of random halves of the real tables that show how far answers of the workload differ by chance; 0 for none. */
  readonly replicates: number;
  /** Times that the rows of both sides are dealt out anew to show how far range queries differ by chance; 0 for none. */
  readonly permutations: number;
  /** Level of the test: range queries are one measurement a table, so that no correction for many tests protects it. */
  readonly alpha: number;
  /** Random range queries. */
  readonly ranges: number;
  /** Rows of each side that they are asked on. */
  readonly rows: number;
}

const bound = z.number().nullable();

export const queryAudit: Audit<QueryOptions> = {
  id: 'utl.query',
  title: 'Queries give the same answers as on the real tables.',
  unit: 'relative error',
  tier: 'nightly',
  family: 'utility',
  scope: 'table',
  needs: ['rows'],
  direction: 'above',
  minRows: 1000,
  options: z.strictObject({
    ...boundsShape(0.02, 0.05),
    orderWarnAt: bound.default(0.2),
    orderFailAt: bound.default(0.4),
    floor: z.number().gt(0).max(1).default(0.01),
    replicates: z.number().int().min(0).max(50).default(5),
    permutations: z.number().int().min(0).max(10_000).default(100),
    alpha: z.number().gt(0).max(0.05).default(0.001),
    ranges: z.number().int().positive().max(100_000).default(1000),
    rows: z.number().int().positive().default(10_000),
  }),
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  /**
   * The range queries; the workload of the config is run by core/run, once for all tables. `value`: the .95 quantile of
   * |s − r| / max(r, floor) over seeded counts of rows within random ranges of one to three columns, r and s being shares of
   * rows; the ends of ranges are values of rows of either side. Null: the same after the pooled rows, those of a subject
   * together, were dealt out anew to two sides of these sizes (a permutation test), of which mean and variance give the quantiles.
   */
  async run(input: AuditInput, options: QueryOptions, { seed, signal }: AuditContext): Promise<readonly Measurement[]> {
    const frame = await frameOf(input);
    const n = frame.n;
    if (frame.columns.length === 0 || n.real === 0 || n.synthetic === 0) {
      const reason = frame.columns.length === 0 ? 'No column can be compared.' : 'One side has no rows.';
      return [{ columns: [], name: 'range queries', value: null, reason, n }];
    }
    const picked = { limit: options.rows, perPerson: options.rows, seed };
    const real = await samplePeople(input, frame, 'real', picked);
    const synthetic = await samplePeople(input, frame, 'synthetic', picked);
    signal.throwIfAborted();
    const next = sequence(seed, 'utl.query');
    const pooled = pool(real, synthetic);
    const hits = countRows(pooled, drawRanges(pooled, options.ranges, next));
    const { value, nulls } = relabelled(
      hits,
      real.rowCount,
      Int32Array.from([...real.owners, ...synthetic.owners.map((owner) => owner + real.people)]),
      options.permutations,
      (a, b) => p95(a, b, options.floor),
      next,
    );
    return [{ columns: [], name: 'range queries', value, ...nullOf(nulls), n }];
  },
};

function nullOf(errors: readonly number[]): Pick<Measurement, 'null'> {
  if (errors.length < 2) return {};
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  const variance = errors.reduce((sum, error) => sum + (error - mean) ** 2, 0) / (errors.length - 1);
  return { null: { q50: mean, q99: gammaQ99(mean, variance) } };
}

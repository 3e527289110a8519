// utl.query: the user's own SQL gives the same answers on the mirror, and so do random range queries.
import { z } from 'zod';
import type { Audit, AuditContext, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import { sequence } from '../../core/random.ts';
import { frameOf } from '../frame.ts';
import { type RowSample, sampleRows } from '../rows.ts';
import { gammaQ99 } from '../statistics/normal.ts';
import { countRows, drawRanges, p95 } from './ranges.ts';

export interface QueryOptions extends Bounds {
  /** Bounds of 1 − Spearman's correlation, for queries whose order matters. */
  readonly orderWarnAt: number | null;
  readonly orderFailAt: number | null;
  /** Share of a column's largest number (of the rows, for range queries) below which smaller ones do not decide. */
  readonly floor: number;
  /** Pairs of random halves of the real tables that show how far answers differ by chance; 0 for none. */
  readonly replicates: number;
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
    warnAt: bound.default(0.02),
    failAt: bound.default(0.05),
    orderWarnAt: bound.default(0.2),
    orderFailAt: bound.default(0.4),
    floor: z.number().gt(0).max(1).default(0.01),
    replicates: z.number().int().min(0).max(50).default(5),
    ranges: z.number().int().positive().max(100_000).default(1000),
    rows: z.number().int().positive().default(10_000),
  }),
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  /**
   * The range queries; the workload of the config is run by core/run, once for all tables. `value`: the .95 quantile of
   * |s − r| / max(r, floor) over seeded counts of rows within random ranges of one to three columns, r and s being shares of
   * rows. Null: the same between random halves of the real sample, scaled to the sizes compared.
   */
  async run(input: AuditInput, options: QueryOptions, { seed, signal }: AuditContext): Promise<readonly Measurement[]> {
    const frame = await frameOf(input);
    const n = frame.n;
    if (frame.columns.length === 0 || n.real === 0 || n.synthetic === 0) {
      const reason = frame.columns.length === 0 ? 'No column can be compared.' : 'One side has no rows.';
      return [{ columns: [], name: 'range queries', value: null, reason, n }];
    }
    const real = await sampleRows(input, frame, 'real', options.rows, seed);
    const synthetic = await sampleRows(input, frame, 'synthetic', options.rows, seed);
    signal.throwIfAborted();
    const next = sequence(seed, 'utl.query');
    const queries = drawRanges(real, options.ranges, next);
    const hits = countRows(real, queries);
    const shares = hits.map(({ length }) => length / real.rowCount);
    const other = countRows(synthetic, queries).map(({ length }) => length / synthetic.rowCount);
    const value = p95(shares, other, options.floor);
    const nulls = halves(real, hits, options, next).map(
      (error) => error * Math.sqrt((1 / real.rowCount + 1 / synthetic.rowCount) / (4 / real.rowCount)),
    );
    return [{ columns: [], name: 'range queries', value, ...nullOf(nulls), n }];
  },
};

/** The statistic between two random halves of the real rows, 20 times. */
function halves(
  real: RowSample,
  hits: readonly Uint32Array[],
  options: QueryOptions,
  next: () => number,
): readonly number[] {
  const errors: number[] = [];
  if (options.replicates === 0) return errors;
  for (let replicate = 0; replicate < 20; replicate++) {
    const isFirst = Uint8Array.from({ length: real.rowCount }, () => (next() < 0.5 ? 1 : 0));
    const first = isFirst.reduce((sum, bit) => sum + bit, 0);
    if (first === 0 || first === real.rowCount) continue;
    const inFirst = hits.map((rows) => rows.reduce((sum, row) => sum + (isFirst[row] as number), 0));
    const a = inFirst.map((count) => count / first);
    const b = inFirst.map((count, q) => ((hits[q]?.length ?? 0) - count) / (real.rowCount - first));
    errors.push(p95(a, b, options.floor));
  }
  return errors;
}

function nullOf(errors: readonly number[]): Pick<Measurement, 'null'> {
  if (errors.length < 2) return {};
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  const variance = errors.reduce((sum, error) => sum + (error - mean) ** 2, 0) / (errors.length - 1);
  return { null: { q50: mean, q99: gammaQ99(mean, variance) } };
}

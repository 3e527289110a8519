// fid.c2st: whether a model can tell rows of the mirror from real ones (classifier two-sample test).
import { z } from 'zod';
import type { Audit, AuditContext, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import { type Discrimination, discriminate } from '../discriminator.ts';
import { frameOf, type Side } from '../frame.ts';
import { bandShape } from '../options.ts';
import { type RowSample, sampleRows } from '../rows.ts';
import { Z99 } from '../statistics/normal.ts';
import { aucInterval, nullAucDeviation } from '../statistics/roc.ts';

interface C2stOptions extends Bounds {
  /** Rows of each side at most. */
  readonly rows: number;
  readonly folds: number;
}

/**
 * Each row is learnt from in all folds but one, so that folds err together: over 30 pairs of fresh draws the deviation was 1.41
 * times that of scores that know nothing.
 */
const foldsTogether = Math.SQRT2;

/** Fewer holdout rows say too little of the noise. */
const leastHoldout = 500;

export const c2stAudit: Audit<C2stOptions> = {
  id: 'fid.c2st',
  title: 'A model cannot tell rows of the mirror from real ones.',
  advice: 'utl.importance and the pairs that fail say which columns give the mirror away.',
  unit: 'AUC',
  tier: 'nightly',
  family: 'fidelity',
  scope: 'table',
  needs: ['rows'],
  direction: 'outside',
  minRows: 1000,
  options: z.strictObject({
    ...bandShape([0.45, 0.65], [0.4, 0.8]),
    rows: z.number().int().min(100).default(5000),
    folds: z.number().int().min(2).max(20).default(5),
  }),
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  /**
   * `value`: AUC of boosted trees on rows that they have not seen, mean over stratified folds (Friedman 2003; Lopez-Paz and
   * Oquab 2017). Null: one half with the deviation of Mann and Whitney's statistic times √2 for the folds, widened to what tells
   * train from holdout apart. Interval: Hanley and McNeil's (1982).
   */
  async run(input: AuditInput, options: C2stOptions, { seed, signal }: AuditContext): Promise<readonly Measurement[]> {
    const frame = await frameOf(input);
    const size = Math.min(options.rows, frame.n.real, frame.n.synthetic);
    const read = (side: Side): Promise<RowSample> => sampleRows(input, frame, side, size, seed);
    const real = await read('real');
    const mirror = await read('synthetic');
    const holdout = frame.n.holdout < leastHoldout ? undefined : await read('holdout');
    const n = { real: real.rowCount, synthetic: mirror.rowCount, holdout: holdout?.rowCount ?? 0 };
    const settings = { folds: options.folds, seed, signal };
    const found = discriminate(real, mirror, settings);
    if (found === undefined) {
      const reason = frame.columns.length === 0 ? 'No column can be compared.' : 'One side has fewer rows than folds.';
      return [{ columns: [], value: null, reason, n }];
    }
    const reference = holdout === undefined ? undefined : discriminate(real, holdout, settings);
    const deviation = foldsTogether * nullAucDeviation(n.real, n.synthetic);
    // Rows of one person are alike: train is told from a holdout of others as well as from a mirror of nobody.
    const scale =
      reference === undefined ? 0 : nullAucDeviation(n.real, n.synthetic) / nullAucDeviation(n.real, n.holdout);
    const seen = reference === undefined ? 0 : Math.abs(reference.auc - 0.5) * scale;
    const reach = Math.max(Z99 * deviation, seen);
    const floor = { q50: 0.5, q99: Math.min(1, 0.5 + reach), q01: Math.max(0, 0.5 - reach) };
    const ci = { ...aucInterval(found.auc, n.real, n.synthetic), method: 'hanley-mcneil' };
    return [{ columns: [], value: found.auc, ...about(found, floor), null: floor, ci, n }];
  },
};

function about(
  { auc, by }: Discrimination,
  { q99, q01 }: { readonly q99: number; readonly q01: number },
): Pick<Measurement, 'reason'> {
  if (auc < q01)
    return { reason: 'Rows are mistaken for their twins on the other side, as when the mirror holds copies' };
  if (auc <= q99) return {};
  const [first, second] = by;
  const told = [first, second].flatMap((column) =>
    column === undefined || column.share < 0.15 ? [] : [`${column.name} (${Math.round(100 * column.share)} %)`],
  );
  return told.length === 0 ? {} : { reason: `Told apart most by ${told.join(' and ')}` };
}

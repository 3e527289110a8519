// col.var: numbers vary as much as in the real table, neither less (collapse) nor more.
import type { Audit, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import { scoreNumbers } from '../columns.ts';
import type { Distribution, Moments } from '../distribution.ts';
import { noiseFloor, type Sizes } from '../noise.ts';
import { bounds } from '../options.ts';
import { ABS_Z50, ABS_Z99, Z975 } from '../statistics/normal.ts';

export const varianceAudit: Audit<Bounds> = {
  id: 'col.var',
  title: 'Numbers vary as much as in the real table.',
  unit: 'times the variance, up or down',
  tier: 'nightly',
  family: 'collapse',
  scope: 'column',
  needs: ['aggregates'],
  direction: 'above',
  minRows: 1000,
  options: bounds(1.1, 1.25),
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  run: (input: AuditInput): Promise<readonly Measurement[]> => scoreNumbers(input, score),
};

/**
 * The ratio of the variances of the finite values, or its inverse, whichever is above 1. The logarithm of a sample
 * variance has variance (κ − 1)/n, κ being the kurtosis (delta method; no normality needed, but heavy tails are slow).
 */
function score({ moments }: Distribution): Omit<Measurement, 'columns'> | undefined {
  const { real, synthetic, holdout } = moments;
  const n: Sizes = { real: real.n, synthetic: synthetic.n, holdout: holdout.n };
  if (real.variance === null || synthetic.variance === null) {
    return { value: null, reason: 'One side has no values.', n };
  }
  // A constant cannot lose variance; what it becomes is seen by fid.ks.
  if (real.variance === 0 || real.kurtosis === null) return undefined;
  if (synthetic.variance === 0) return { value: null, reason: 'The mirror has one value only.', n };
  const log = Math.log(synthetic.variance / real.variance);
  const deviation = Math.sqrt((real.kurtosis - 1) * (1 / n.real + 1 / n.synthetic));
  const error = Math.sqrt(errorOf(real) + errorOf(synthetic));
  const observed =
    holdout.variance === null || holdout.variance === 0 ? null : Math.abs(Math.log(holdout.variance / real.variance));
  const floor = noiseFloor({ q50: ABS_Z50 * deviation, q99: ABS_Z99 * deviation }, observed, n);
  const size = Math.abs(log);
  return {
    value: Math.exp(size),
    reason: log < 0 ? 'The mirror varies less' : 'The mirror varies more',
    null: { q50: Math.exp(floor.q50), q99: Math.exp(floor.q99) },
    ci: { low: Math.exp(Math.max(0, size - Z975 * error)), high: Math.exp(size + Z975 * error), method: 'delta' },
    n,
  };
}

function errorOf({ kurtosis, n }: Moments): number {
  return kurtosis === null ? 0 : (kurtosis - 1) / n;
}

// fid.w1: Wasserstein-1 distance of each numeric or time column, in standard deviations of the real one.
import type { Audit, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import { scoreNumbers } from '../columns.ts';
import type { Distribution } from '../distribution.ts';
import { noiseFloor } from '../noise.ts';
import { bounds } from '../options.ts';
import { ABS_Z99 } from '../statistics/normal.ts';

export const w1Audit: Audit<Bounds> = {
  id: 'fid.w1',
  title: 'Each number and date is about as large as in the real table.',
  unit: 'standard deviations',
  tier: 'run',
  family: 'fidelity',
  scope: 'column',
  needs: ['aggregates'],
  direction: 'above',
  minRows: 1000,
  options: bounds(0.05, 0.1),
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  run: (input: AuditInput): Promise<readonly Measurement[]> => scoreNumbers(input, score),
};

/**
 * Null: √(1/n + 1/m) ∫ |B(F(x))| dx for a Brownian bridge B (del Barrio, Giné and Matrán 1999). Its mean is
 * √(2/π) ∫ √(F(1−F)) dx √(1/n + 1/m); its .99 quantile is at most that of a half-normal of the same mean, which it
 * reaches when one region of x makes up the whole integral, as in heavy tails.
 */
function score({ n, w1, deviation }: Distribution): Omit<Measurement, 'columns'> {
  if (w1.synthetic === null) return { value: null, reason: 'One side has no values.', n };
  if (w1.synthetic === 0) return { value: 0, n };
  if (deviation === null || deviation <= 0) {
    return { value: null, reason: 'The real column has one value only, and so no unit of distance.', n };
  }
  const unit = ((w1.spread ?? 0) * Math.sqrt(1 / n.real + 1 / n.synthetic)) / deviation;
  const analytic = { q50: Math.sqrt(2 / Math.PI) * unit, q99: ABS_Z99 * unit };
  const observed = w1.holdout === null ? null : w1.holdout / deviation;
  return { value: w1.synthetic / deviation, null: noiseFloor(analytic, observed, n), n };
}

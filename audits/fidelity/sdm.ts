// fid.sdm: the quality score that SDMetrics would report, for comparison.
import { z } from 'zod';
import type { Audit, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import { frameOf } from '../frame.ts';
import { boundsShape } from '../options.ts';
import { sdmetricsScore } from '../sdmetrics/score.ts';

export const sdmAudit: Audit<Bounds> = {
  id: 'fid.sdm',
  title: "SDMetrics' quality report gives the mirror this score.",
  unit: 'quality score',
  tier: 'nightly',
  family: 'fidelity',
  scope: 'table',
  needs: ['aggregates'],
  direction: 'below',
  minRows: 1000,
  options: z.strictObject({
    ...boundsShape(null, null),
  }),
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  /** The overall score and the two that it is the mean of. Other bins and other pairs than ours: see docs/audits. */
  async run(input: AuditInput): Promise<readonly Measurement[]> {
    const frame = await frameOf(input);
    const { n } = frame;
    if (frame.columns.length === 0) return [{ columns: [], value: null, reason: 'No column can be compared.', n }];
    const { shapes, trends, pairs } = await sdmetricsScore(input, frame);
    const known = [shapes, trends].filter((score) => score !== null);
    const overall = known.length === 0 ? null : known.reduce((sum, score) => sum + score, 0) / known.length;
    const measured = (name: string, value: number | null, missing: string, reason?: string): Measurement => {
      const told = value === null ? missing : reason;
      return { columns: [], name, value, ...(told === undefined ? {} : { reason: told }), n };
    };
    return [
      measured('overall', overall, 'Neither columns nor pairs have a score.'),
      measured('column shapes', shapes, 'No column has values on both sides.'),
      measured(
        'column pair trends',
        trends,
        'No two columns of the real table are related enough to count.',
        `${pairs.counted} of ${pairs.all} pairs are related enough to count`,
      ),
    ];
  },
};

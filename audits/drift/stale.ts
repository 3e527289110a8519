// drf.stale: the mirror is still like the source of today, taken as a whole.
import type { Audit, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import { compareCounts, countCodes } from '../code-counts.ts';
import { codesOf } from '../codes.ts';
import { frameOf } from '../frame.ts';
import { noiseFloor } from '../noise.ts';
import { bounds } from '../options.ts';
import type { TotalVariation } from '../statistics/tvd.ts';

export const staleAudit: Audit<Bounds> = {
  id: 'drf.stale',
  title: 'The mirror as a whole is like the real table of today.',
  unit: 'share of rows above noise',
  tier: 'run',
  family: 'drift',
  scope: 'table',
  needs: ['aggregates'],
  direction: 'above',
  minRows: 1000,
  options: bounds(0.05, 0.1),
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  /**
   * The mean over columns of the total variation distance between mirror and source, on the source's deciles and most
   * frequent categories, less its mean under "same distribution". That of source and holdout is the floor: rows of one
   * subject resemble each other.
   */
  async run(input: AuditInput): Promise<readonly Measurement[]> {
    const frame = await frameOf(input);
    const { n } = frame;
    if (n.real === 0 || n.synthetic === 0) {
      return [{ columns: [], value: null, reason: 'One side has no rows.', n }];
    }
    const codes = await codesOf(input.db, frame);
    const groups = frame.columns.map(({ value }) => [value]);
    const real = await countCodes(input.db, codes.real, groups);
    const synthetic = await countCodes(input.db, codes.synthetic, groups);
    const holdout = codes.holdout === undefined ? [] : await countCodes(input.db, codes.holdout, groups);
    const found = groups.flatMap((_, i) => compareCounts(real[i], synthetic[i]) ?? []);
    if (found.length === 0) return [];
    const seen = groups.flatMap((_, i) => compareCounts(real[i], holdout[i]) ?? []);
    // Columns may vary together: as if they all did.
    const q99 = mean(found.map((tv) => tv.null.q99 - tv.null.mean));
    const floor = noiseFloor({ q50: 0, q99 }, seen.length === 0 ? undefined : excess(seen), n);
    return [{ columns: [], value: excess(found), null: floor, n }];
  },
};

function excess(distances: readonly TotalVariation[]): number {
  return mean(distances.map((tv) => Math.max(0, tv.value - tv.null.mean)));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

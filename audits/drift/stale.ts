// drf.stale: the mirror is as much like the source of today as it was like the one that was learnt.
import type { Audit, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import { bounds } from '../options.ts';
import { todayOf } from './columns.ts';
import { staleness } from './divergence.ts';
import { countInSketch } from './sketch.ts';

export const staleAudit: Audit<Bounds> = {
  id: 'drf.stale',
  title: 'The mirror is as much like the real table of today as it was when it was made.',
  unit: 'share of rows above noise',
  tier: 'run',
  family: 'drift',
  scope: 'table',
  needs: ['aggregates', 'history'],
  direction: 'above',
  minRows: 1000,
  options: bounds(0.05, 0.1),
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  /** The mean over columns. Nothing when the source is as it was learnt. */
  async run(input: AuditInput): Promise<readonly Measurement[]> {
    const learnt = input.history?.learnt;
    if (learnt === undefined) return [];
    const today = await todayOf(input, learnt);
    const mirror = await countInSketch(input.db, input.synthetic, input.target.columns, learnt);
    const n = { real: today.rows, synthetic: mirror.rows, holdout: 0 };
    const found = learnt.columns.flatMap((before) => {
      const now = today.columns.find(({ column }) => column === before.column);
      const made = mirror.columns.find(({ column }) => column === before.column);
      return now === undefined || made === undefined ? [] : (staleness(before, now, made) ?? []);
    });
    if (found.length === 0) return [];
    const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
    // Columns may vary together: as if they all did.
    const q99 = mean(found.map(({ noise }) => noise));
    return [{ columns: [], value: mean(found.map(({ value }) => value)), null: { q50: 0, q99 }, n }];
  },
};

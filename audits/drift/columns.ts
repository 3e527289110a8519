// The loop of every audit that compares today's source with the sketch of what was learnt, column by column.
import type { AuditInput, Measurement } from '../../core/audit.ts';
import type { ColumnSketch, TableSketch } from '../../core/sketch.ts';
import { frameOf } from '../frame.ts';
import type { Divergence } from './divergence.ts';
import { countInSketch } from './sketch.ts';

/** Today's source in the cells of what was learnt, counted once. */
export async function todayOf(input: AuditInput, learnt: TableSketch): Promise<TableSketch> {
  const frame = await frameOf(input);
  return frame.memo('today', () => countInSketch(input.db, input.real, input.target.columns, learnt));
}

/**
 * One measurement per column that the score applies to; none where the source is as it was when it was learnt, or was never
 * learnt before. `n.real` are today's rows, `n.synthetic` those that were learnt.
 */
export async function scoreDrift(
  input: AuditInput,
  score: (learnt: ColumnSketch, today: ColumnSketch, k: number) => Divergence | undefined,
): Promise<readonly Measurement[]> {
  const learnt = input.history?.learnt;
  if (learnt === undefined) return [];
  const today = await todayOf(input, learnt);
  const n = { real: today.rows, synthetic: learnt.rows, holdout: 0 };
  return learnt.columns.flatMap((before): readonly Measurement[] => {
    const now = today.columns.find(({ column }) => column === before.column);
    const found = now === undefined ? undefined : score(before, now, learnt.k);
    if (found === undefined) return [];
    const { p, ...rest } = found;
    return [{ columns: [before.column], ...rest, ...(p === undefined ? {} : { p }), n }];
  });
}

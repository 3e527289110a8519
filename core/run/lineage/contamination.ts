// Whether more of a source's rows are rows of a mirror than chance explains. Pure.
import { fisherGreater } from '../../../audits/statistics/fisher.ts';
import type { RowFingerprints } from '../../lineage.ts';

/** Rarer than that by chance. Every table is asked at each learning, so the level is strict. */
const alpha = 1e-4;
/** Fewer rows say who they are. */
const leastRows = 20;
/** Where so many rows equal those of a mirror by chance, nobody can tell. */
const tooCoarse = 0.2;

/**
 * Rows beyond what chance explains; 0 when nothing is shown. Chance is the share of the source that the mirror was learnt from
 * (which was there before it) with the same fingerprints, taken half as large again, since a source changes.
 */
export function excessRows(
  { matched, of }: { readonly matched: number; readonly of: number },
  known: Pick<RowFingerprints, 'matched' | 'of'>,
): number {
  if (of === 0 || known.of === 0) return 0;
  const expected = Math.ceil(1.5 * known.matched) + 1;
  const byChance = expected / known.of;
  if (byChance > tooCoarse) return 0;
  const excess = matched - Math.round(byChance * of);
  return excess >= leastRows && fisherGreater(matched, of, expected, known.of) < alpha ? excess : 0;
}

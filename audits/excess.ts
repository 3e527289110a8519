// Distances of several columns together, above the noise that so many cells show by chance.
import type { AuditInput, Measurement } from '../core/audit.ts';
import { carriedColumns, worthOf } from './clusters.ts';
import { type CodeCounts, compareCounts } from './code-counts.ts';
import { codesOf } from './codes.ts';
import { frameOf } from './frame.ts';
import { noiseFloor, type Sizes } from './noise.ts';
import { countSides } from './side-counts.ts';

/**
 * One measurement per group of columns (positions in the frame). `value`: total variation distance on the real table's
 * edges minus its mean under "same distribution", never below 0; the null is shifted alike.
 * @param subjects of rows that come in clusters and carry {@link carriedColumns}: how many clusters there are. They are what
 *   is counted then, and noise is that of whole clusters
 */
export async function excessDistances(
  input: AuditInput,
  groups: readonly (readonly number[])[],
  subjects?: Sizes,
): Promise<readonly Measurement[]> {
  const frame = await frameOf(input, subjects === undefined ? [] : carriedColumns);
  const named = groups.map((group) => group.map((i) => frame.columns[i]?.value ?? ''));
  const { real, synthetic, holdout } = await countSides(input, frame, named);
  const worth =
    subjects === undefined ? [] : await worthOf(input.db, (await codesOf(input.db, frame)).real, frame.n.real, named);
  return groups.map((group, k): Measurement => {
    const columns = group.map((i) => frame.columns[i]?.name ?? '');
    return { columns, ...excess(subjects ?? frame.n, worth[k] ?? 1, real[k], synthetic[k], holdout[k]) };
  });
}

function excess(
  n: Sizes,
  worth: number,
  real: CodeCounts | undefined,
  synthetic: CodeCounts | undefined,
  holdout: CodeCounts | undefined,
): Omit<Measurement, 'columns'> {
  const against = compareCounts(real, synthetic, worth);
  if (against === undefined) return { value: null, reason: 'One side has no rows.', n };
  const observed = compareCounts(real, holdout, worth);
  const seen = observed === undefined ? null : Math.max(0, observed.value - observed.null.mean);
  const { mean, q99 } = against.null;
  return { value: Math.max(0, against.value - mean), null: noiseFloor({ q50: 0, q99: q99 - mean }, seen, n), n };
}

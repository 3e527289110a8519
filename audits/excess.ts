// Distances of several columns together, above the noise that so many cells show by chance.
import type { AuditInput, Measurement } from '../core/audit.ts';
import { type CodeCounts, compareCounts, countCodes } from './code-counts.ts';
import { codesOf } from './codes.ts';
import { type Frame, frameOf } from './frame.ts';
import { noiseFloor } from './noise.ts';

/**
 * One measurement per group of columns (positions in the frame). `value`: total variation distance on the real table's
 * edges minus its mean under "same distribution", never below 0; the null is shifted alike.
 */
export async function excessDistances(
  input: AuditInput,
  groups: readonly (readonly number[])[],
): Promise<readonly Measurement[]> {
  const frame = await frameOf(input);
  const codes = await codesOf(input.db, frame);
  const named = groups.map((group) => group.map((i) => frame.columns[i]?.value ?? ''));
  const real = await countCodes(input.db, codes.real, named);
  const synthetic = await countCodes(input.db, codes.synthetic, named);
  const holdout = codes.holdout === undefined ? [] : await countCodes(input.db, codes.holdout, named);
  return groups.map((group, k): Measurement => {
    const columns = group.map((i) => frame.columns[i]?.name ?? '');
    return { columns, ...excess(frame, real[k], synthetic[k], holdout[k]) };
  });
}

function excess(
  { n }: Frame,
  real: CodeCounts | undefined,
  synthetic: CodeCounts | undefined,
  holdout: CodeCounts | undefined,
): Omit<Measurement, 'columns'> {
  const against = compareCounts(real, synthetic);
  if (against === undefined) return { value: null, reason: 'One side has no rows.', n };
  const observed = compareCounts(real, holdout);
  const seen = observed === undefined ? null : Math.max(0, observed.value - observed.null.mean);
  const { mean, q99 } = against.null;
  return { value: Math.max(0, against.value - mean), null: noiseFloor({ q50: 0, q99: q99 - mean }, seen, n), n };
}

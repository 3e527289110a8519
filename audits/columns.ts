// The loop of every audit that looks at one column after the other.
import type { AuditInput, Measurement } from '../core/audit.ts';
import { type CategoryCount, categoryCounts } from './categories.ts';
import { type Distribution, distributionOf } from './distribution.ts';
import { type Frame, type FrameColumn, frameOf } from './frame.ts';

type Score = Omit<Measurement, 'columns'>;

/** Scores each numeric or time column; `undefined` when the question does not arise for it. */
export async function scoreNumbers(
  input: AuditInput,
  score: (distribution: Distribution, column: FrameColumn, frame: Frame) => Score | undefined,
): Promise<readonly Measurement[]> {
  const frame = await frameOf(input);
  const measurements: Measurement[] = [];
  for (const column of frame.columns) {
    if (column.kind !== 'number') continue;
    const scored = score(await distributionOf(input, frame, column), column, frame);
    if (scored !== undefined) measurements.push({ columns: [column.name], ...scored });
  }
  return measurements;
}

/** Scores each categorical column; `undefined` when the question does not arise for it. */
export async function scoreCategories(
  input: AuditInput,
  score: (counts: readonly CategoryCount[], column: FrameColumn, frame: Frame) => Score | undefined,
): Promise<readonly Measurement[]> {
  const frame = await frameOf(input);
  const measurements: Measurement[] = [];
  for (const column of frame.columns) {
    if (column.kind !== 'category') continue;
    const scored = score(await categoryCounts(input, frame, column), column, frame);
    if (scored !== undefined) measurements.push({ columns: [column.name], ...scored });
  }
  return measurements;
}

// How many rows of each side have each combination of codes: counted in memory where the table is there, else by the engine.
import type { AuditInput } from '../core/audit.ts';
import { type CodeCounts, countCodes } from './code-counts.ts';
import { codesOf } from './codes.ts';
import type { Frame, Side } from './frame.ts';
import { countCodesInMemory, memoryCodes } from './memory/codes.ts';
import { memoryOf } from './memory/table.ts';

/** One map per group of columns; none for a holdout that is not there. */
export type SideCodeCounts = Readonly<Record<Side, readonly CodeCounts[]>>;

/** @param groups names in the frame, one to three a group */
export async function countSides(
  input: AuditInput,
  frame: Frame,
  groups: readonly (readonly string[])[],
): Promise<SideCodeCounts> {
  const memory = await memoryOf(input, frame);
  if (memory !== undefined) {
    const codes = await memoryCodes(input, frame, memory);
    const count = (side: Side): readonly CodeCounts[] => countCodesInMemory(codes, memory, side, groups);
    return { real: count('real'), synthetic: count('synthetic'), holdout: frame.hasHoldout ? count('holdout') : [] };
  }
  const { real, synthetic, holdout } = await codesOf(input.db, frame);
  return {
    real: await countCodes(input.db, real, groups),
    synthetic: await countCodes(input.db, synthetic, groups),
    holdout: holdout === undefined ? [] : await countCodes(input.db, holdout, groups),
  };
}

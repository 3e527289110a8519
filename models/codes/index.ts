// Codes: how columns of any type become small integers for learners, and how those become values again.
export { allowedCodes } from './allowed.ts';
export { columnOf, decodeColumn, encodeColumn, learnColumns } from './column.ts';
export type { CodeOptions } from './number.ts';
export { encodeNumber } from './number.ts';
export { type CodeTree, codeTree } from './tree.ts';
export {
  type CategoryCodes,
  type CodePart,
  type Codes,
  type ColumnCodes,
  codeCount,
  codeCounts,
  maximalNumberCodes,
  type NumberCodes,
  type Special,
} from './types.ts';
export { placeInCode, rangeOfCode, rangeOfCodes, valuesOfCodes, valuesOfPart } from './values.ts';

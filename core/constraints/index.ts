// Rules that rows must keep: how users write them, how they are held by construction, checked and enforced.

export { type Bound, type Constant, goesRound, readBounds } from './bounds.ts';
export { brokenRows, type EnforceOptions, enforceRules, ruleColumns } from './enforce.ts';
export { checkBooleanExpression, columnPaths, expressionColumns, expressionType, isConstant } from './expression.ts';
export { rowRules } from './row-rules.ts';
export { dependent, describeConstraint, fixed, sum, unique } from './rules.ts';
export { asSumRule } from './sum-shape.ts';
export {
  type LearntTransform,
  type LearntTransforms,
  learnTransforms,
  learntColumns,
  undoTransforms,
} from './transforms.ts';

// Boosting: binary boosted forests of oblivious trees on 7-bit codes, for generators, auditors and downstream models.
export { debtBits, listedBytes, weightBits } from './diffuse-kernel.ts';
export { type FittedForest, fitForest, type TrainingSet } from './fit.ts';
export { type Forest, type Forests, layOut, type Tree, usedFeatures } from './forest.ts';
export { probabilityOf, probabilityTable, scoreIndex, scoreOf, scoreUnit, thresholdTable } from './logit.ts';
export { type BoostingOptions, defaultBoosting, heldShare, leastRowsToHold } from './options.ts';
export { type CodeOrder, orderCodes, spreadOrder } from './order.ts';
export {
  addByCode,
  type CodeSums,
  carry,
  codeSums,
  type DebtList,
  diffuse,
  enterScores,
  gatherBits,
  gatherCodes,
  mapCodes,
  type Parting,
  partCodes,
  scoreEntries,
  scoreOfEntry,
} from './rows.ts';
export { probabilityUnit } from './rows-kernel.ts';
export { evenOffsets, scoreForest } from './score.ts';
export { reserveRows, type ScoringSpace } from './space.ts';
export { reserveTraining, type TrainingSpace } from './training-space.ts';

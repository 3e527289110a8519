// Downstream models, their rows and targets, and what mirrors save them.
export { boosting } from './boosting.ts';
export { type LabelPoint, labelCurve, labelSavings, type Savings } from './label-curve.ts';
export { linear } from './linear.ts';
export { permutationImportances } from './permutation.ts';
export { type LearnerName, learnerNames } from './pretrain.ts';
export { classesIn, joinRows, type LabelledRows, labelled, pickLabelled, taskOf } from './target.ts';

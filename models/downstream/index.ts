// Downstream models, their rows and targets, and what mirrors save them.
export { boosting } from './boosting.ts';
export { type LabelPoint, labelCurve, labelSavings, type Savings } from './label-curve.ts';
export { permutationImportances } from './permutation.ts';
export { classesIn, joinRows, type LabelledRows, labelled, pickRows, taskOf } from './target.ts';

// Downstream models, the metrics that judge them, and what compares them.
export { boosting } from './boosting.ts';
export { type Paired, pairedBootstrap } from './bootstrap.ts';
export { type LabelPoint, labelCurve, labelSavings, type Savings } from './label-curve.ts';
export { metrics } from './metrics.ts';
export { classesIn, type LabelledRows, labelled, pickRows, taskOf } from './target.ts';

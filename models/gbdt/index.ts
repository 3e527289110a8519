// Gradient-boosted trees for downstream questions: NULL and categories as they are, three tasks, the same result every time.
export { fitBoosting } from './fit.ts';
export { importances, margins, predict } from './predict.ts';
export { defaultGbdt, type Gbdt, type GbdtOptions } from './types.ts';

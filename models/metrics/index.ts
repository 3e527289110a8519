// How well predictions fit, and how sure it is that one set of them is better than another.
export { type Paired, pairedBootstrap } from './bootstrap.ts';
export { metrics, score } from './metrics.ts';
export { aucScorer } from './ranking.ts';
export type { Metric, Scorer } from './types.ts';

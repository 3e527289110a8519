// Ties: what a number nearly is, given other columns, where one code column after the other would blur it.
export { learnTie } from './learn.ts';
export { drawWithin, missAt, shareBelow } from './misses.ts';
export { predict } from './predict.ts';
export { rowsForTies, sampleForTies } from './sample.ts';
export type { Tie, TieColumn } from './types.ts';

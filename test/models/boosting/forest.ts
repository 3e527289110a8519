// A plain evaluation of forests, row by row, to hold the kernel against.
import type { Forest } from '../../../models/boosting/index.ts';

export function scoreRow(forest: Forest, codeOf: (feature: number) => number): number {
  let score = forest.base;
  for (const tree of forest.trees) {
    let leaf = 0;
    for (let level = 0; level < tree.depth; level++) {
      if (codeOf(tree.features[level] ?? 0) >= (tree.thresholds[level] ?? 0)) leaf |= 1 << level;
    }
    score += tree.leaves[leaf] ?? 0;
  }
  return score;
}

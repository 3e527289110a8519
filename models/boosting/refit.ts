// Learns the leaves of grown trees anew from more rows than those that chose their questions.
import type { TrainingSet } from './fit.ts';
import type { Tree } from './forest.ts';
import { leafValue } from './grow.ts';
import type { BoostingOptions } from './options.ts';
import { codeSums } from './rows.ts';
import { probabilityUnit } from './rows-kernel.ts';
import { writeLeaves } from './score.ts';
import { cellsAt, functions, logisticAt, movesAt, scoresAt } from './space.ts';

/** Sums of so many rows fit the cells of the kernel. */
const sweepRows = 65_536;
const expected = new Float64Array(128);
const slopes = new Float64Array(128);
const counts = new Float64Array(128);

/** Newton steps of all rows of the set, tree after tree from the base on. The set's scores are then those of the new trees. */
export function refitLeaves(
  { rows, space }: TrainingSet,
  trees: readonly Tree[],
  options: BoostingOptions,
  base: number,
  offsets: Int32Array,
): Tree[] {
  space.scores.fill(base);
  const { moves } = codeSums();
  moves.fill(0);
  const refitted = trees.map((tree): Tree => {
    const [here, before] = space.leafCodes;
    const depth = writeLeaves(tree, rows, offsets, space.target.at, here.at);
    sweep(before.at, here.at, rows);
    const leaves = Int16Array.from(tree.leaves, (_, leaf) => {
      const positive = leaf + (1 << depth);
      const sum = (of: Float64Array): number => (of[leaf] as number) + (of[positive] as number);
      return leafValue((counts[positive] as number) - sum(expected), sum(slopes), options);
    });
    for (const [leaf, value] of leaves.entries()) {
      moves[leaf] = value;
      moves[leaf + (1 << depth)] = value;
    }
    space.leafCodes.reverse();
    return { ...tree, leaves };
  });
  const [last, before] = space.leafCodes;
  sweep(before.at, last.at, rows);
  return refitted;
}

/** Moves all scores by their codes at `moved`, and sums by those at `at`. */
function sweep(moved: number, at: number, rows: number): void {
  const { cells } = codeSums();
  expected.fill(0);
  slopes.fill(0);
  counts.fill(0);
  for (let from = 0; from < rows; from += sweepRows) {
    cells.fill(0);
    const count = Math.min(sweepRows, rows - from);
    functions.sweep?.(moved + from, at + from, scoresAt + 4 * from, count, movesAt, cellsAt, logisticAt);
    for (let code = 0; code < 128; code++) {
      expected[code] = (expected[code] as number) + (cells[4 * code] as number) / probabilityUnit;
      slopes[code] = (slopes[code] as number) + (cells[4 * code + 1] as number) / probabilityUnit;
      counts[code] = (counts[code] as number) + (cells[4 * code + 2] as number);
    }
  }
}

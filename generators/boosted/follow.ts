// Follows codes that are given down their tree, and adds up how likely they were.
import { probabilityTable, scoreIndex } from '../../models/boosting/index.ts';
import type { CodeTree } from '../../models/codes/index.ts';

/** Where the leaves of a tree are, from left to right. */
export interface LeafRanks {
  /** Per code, its place among the leaves; -1 for codes that are never drawn. */
  readonly rankOf: Int32Array;
  /** Per node, the place of the first leaf on its right side. */
  readonly firstRight: Int32Array;
}

export interface Following {
  readonly ranks: LeafRanks;
  /** One per row of the block; natural logarithms are added. */
  readonly logWeights: Float64Array;
}

export function leafRanks({ left, right }: CodeTree, codeCount: number): LeafRanks {
  const rankOf = new Int32Array(codeCount).fill(-1);
  const firstRight = new Int32Array(left.length);
  let rank = 0;
  const visit = (child: number): void => {
    if (child < 0) {
      rankOf[-1 - child] = rank++;
      return;
    }
    visit(left[child] as number);
    firstRight[child] = rank;
    visit(right[child] as number);
  };
  if (left.length > 0) visit(0);
  return { rankOf, firstRight };
}

/** Row i of the node is entry order[from + i]; `isRight` is by i. */
export function followCodes(
  { ranks, logWeights }: Following,
  node: number,
  scores: Int32Array,
  count: number,
  codes: Uint16Array,
  order: Uint32Array,
  from: number,
  isRight: Uint8Array,
): void {
  const { rankOf, firstRight } = ranks;
  const border = firstRight[node] as number;
  for (let i = 0; i < count; i++) {
    const row = order[from + i] as number;
    const rank = rankOf[codes[row] as number] as number;
    const right = rank >= border ? 1 : 0;
    isRight[i] = right;
    // A value that no row would be drawn with tells no row apart.
    if (rank < 0) continue;
    const p = probabilityTable[scoreIndex(scores[i] as number)] as number;
    logWeights[row] = (logWeights[row] as number) + Math.log(right === 1 ? p : 1 - p);
  }
}

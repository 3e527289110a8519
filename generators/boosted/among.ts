// Draws a column among some of its codes only: where one side of a node has none of them, rows go the other way, and weigh as
// much as that was likely. A row's weight times the chance with which it was drawn is its learnt probability.
import { probabilityTable, scoreIndex } from '../../models/boosting/index.ts';
import type { CodeTree } from '../../models/codes/index.ts';

/** Per node of a tree: both sides have wanted codes, or only one has. */
export type Side = 'both' | 'left' | 'right';

export interface Restriction {
  readonly sides: readonly Side[];
  /** One per row of the block; natural logarithms are added. */
  readonly logWeights: Float64Array;
}

/**
 * @param wanted per code, 1 where it is wanted
 * @returns undefined when the tree has none of them
 */
export function openSides({ left, right }: CodeTree, wanted: Uint8Array): readonly Side[] | undefined {
  if (left.length === 0) return wanted.includes(1) ? [] : undefined;
  const sides: Side[] = [];
  const visit = (child: number): boolean => {
    if (child < 0) return wanted[-1 - child] === 1;
    const isLeft = visit(left[child] as number);
    const isRight = visit(right[child] as number);
    // Nodes without any wanted code are never reached.
    sides[child] = isLeft && isRight ? 'both' : isRight ? 'right' : 'left';
    return isLeft || isRight;
  };
  return visit(0) ? sides : undefined;
}

export function isForced({ sides }: Restriction, node: number): boolean {
  return sides[node] !== 'both';
}

/** All rows of a node go to its open side. Row i of the node is entry order[from + i]; `isRight` is by i. */
export function followOpen(
  { sides, logWeights }: Restriction,
  node: number,
  scores: Int32Array,
  count: number,
  order: Uint32Array,
  from: number,
  isRight: Uint8Array,
): void {
  const right = sides[node] === 'right';
  isRight.fill(right ? 1 : 0, 0, count);
  for (let i = 0; i < count; i++) {
    const row = order[from + i] as number;
    const p = probabilityTable[scoreIndex(scores[i] as number)] as number;
    logWeights[row] = (logWeights[row] as number) + Math.log(right ? p : 1 - p);
  }
}

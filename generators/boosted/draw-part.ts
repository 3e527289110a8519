// Draws one code column for many rows: all rows walk the column's code tree together, node by node.
import { type DrawStream, drawWord } from '../../core/random.ts';
import {
  reserveRows,
  type ScoringSpace,
  scoreForest,
  scoreIndex,
  spreadOrder,
  thresholdTable,
} from '../../models/boosting/index.ts';
import type { Predictor } from './fit-part.ts';
import type { PartModel } from './model.ts';

/** Rows that walk together: their codes and scores stay in the processor's cache. */
export const blockRows = 16_384;

/** Buffers of one call of `sample`. */
export interface DrawBuffers {
  readonly order: Uint32Array;
  readonly spare: Uint32Array;
  readonly space: ScoringSpace;
  readonly spread: Uint8Array;
}

export function drawBuffers(mostFeatures: number): DrawBuffers {
  return {
    order: new Uint32Array(blockRows),
    spare: new Uint32Array(blockRows),
    space: reserveRows(blockRows, mostFeatures),
    spread: new Uint8Array(65_536),
  };
}

/**
 * @param codes the code columns so far, each with one entry per row of the block
 * @param streams the draws of each level of the tree: level d of a row takes streams(d)
 * @param into receives the drawn codes
 */
export function drawPart(
  model: PartModel,
  predictors: readonly Predictor[],
  codes: readonly Uint16Array[],
  hashes: Uint32Array,
  streams: (level: number) => DrawStream,
  into: Uint16Array,
  buffers: DrawBuffers,
): void {
  const rows = hashes.length;
  const { tree, forests } = model;
  if (tree.left.length === 0) {
    into.fill(0);
    return;
  }
  const { order, spare } = buffers;
  const { scores, stride } = buffers.space;
  for (let row = 0; row < rows; row++) order[row] = row;
  const waiting = [{ node: 0, from: 0, to: rows, level: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, from, to, level } = next;
    const count = to - from;
    scores.fill(forests.bases[node] as number, 0, count);
    if ((forests.treeStarts[node + 1] as number) > (forests.treeStarts[node] as number)) {
      gather(model, node, predictors, codes, order, from, to, buffers);
      scoreForest(forests, node, count, stride);
    }
    const stream = streams(level);
    let left = from;
    let right = 0;
    for (let i = 0; i < count; i++) {
      const row = order[from + i] as number;
      const threshold = thresholdTable[scoreIndex(scores[i] as number)] as number;
      const goesRight = drawWord(stream, hashes[row] as number) < threshold ? 1 : 0;
      // Both are written and one advances: cheaper than a branch that is hard to foresee.
      spare[right] = row;
      order[left] = row;
      right += goesRight;
      left += 1 - goesRight;
    }
    order.set(spare.subarray(0, right), left);
    descend(tree.left[node] as number, from, left, level + 1);
    descend(tree.right[node] as number, left, to, level + 1);
  }

  function descend(child: number, from: number, to: number, level: number): void {
    if (from === to) return;
    if (child >= 0) waiting.push({ node: child, from, to, level });
    else for (let i = from; i < to; i++) into[order[i] as number] = -1 - child;
  }
}

/** Collects the codes of a node's features for its rows, feature after feature. */
function gather(
  { forests, orders }: PartModel,
  node: number,
  predictors: readonly Predictor[],
  codes: readonly Uint16Array[],
  order: Uint32Array,
  from: number,
  to: number,
  { space, spread }: DrawBuffers,
): void {
  const count = to - from;
  const { codes: bytes, stride } = space;
  const start = forests.featureStarts[node] as number;
  const end = forests.featureStarts[node + 1] as number;
  for (let entry = start; entry < end; entry++) {
    const feature = forests.features[entry] as number;
    const column = codes[feature] as Uint16Array;
    const into = (entry - start) * stride;
    const { isCategory, codeCount } = predictors[feature] as Predictor;
    if (isCategory) {
      const [listed, last] = [orders.starts[entry] as number, orders.starts[entry + 1] as number];
      spreadOrder(
        {
          codes: orders.codes.subarray(listed, last),
          ranks: orders.ranks.subarray(listed, last),
          otherRank: orders.otherRanks[entry] as number,
        },
        codeCount,
        spread,
      );
      for (let i = 0; i < count; i++) bytes[into + i] = spread[column[order[from + i] as number] as number] as number;
    } else {
      for (let i = 0; i < count; i++) bytes[into + i] = column[order[from + i] as number] as number;
    }
  }
}

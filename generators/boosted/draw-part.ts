// Draws one code column for many rows: all rows walk the column's code tree together, node by node.
import { type DrawStream, drawWord } from '../../core/random.ts';
import { reserveRows, type ScoringSpace, scoreForest, spreadOrder } from '../../models/boosting/index.ts';
import { shiftToShare, sweepPairs } from './calibrate.ts';
import { chooseAlone, chooseTogether, shuffleRows } from './choose.ts';
import type { Predictor } from './fit-part.ts';
import type { PartModel } from './model.ts';

/** Rows that are drawn together when draws are balanced. */
export const blockRows = 65_536;
/** Rows that are scored together: their codes and scores stay in the processor's cache. */
const scoredRows = 16_384;

/** Buffers of one call of `sample`. */
export interface DrawBuffers {
  readonly order: Uint32Array;
  readonly spare: Uint32Array;
  readonly scores: Int32Array;
  readonly isRight: Uint8Array;
  readonly space: ScoringSpace;
  readonly spread: Uint8Array;
}

export function drawBuffers(rows: number, mostFeatures: number): DrawBuffers {
  return {
    order: new Uint32Array(rows),
    spare: new Uint32Array(rows),
    scores: new Int32Array(rows),
    isRight: new Uint8Array(rows),
    space: reserveRows(Math.min(rows, scoredRows), mostFeatures),
    spread: new Uint8Array(65_536),
  };
}

/**
 * How rows are drawn. `alone`: each by a draw of its own per level of the tree. Otherwise together: `start(node)` begins the
 * systematic draw of a node, `shuffle` puts rows in a random order, and `calibrated` says that the rows are like those
 * learnt from, so that shares should come out as learnt.
 */
export type DrawWay =
  | { readonly kind: 'alone'; readonly streams: (level: number) => DrawStream; readonly value: DrawStream }
  | {
      readonly kind: 'together';
      readonly start: (node: number) => number;
      readonly shuffle: DrawStream;
      readonly value: DrawStream;
      readonly calibrated: boolean;
    };

/**
 * @param codes the code columns so far, each with one entry per row of the block
 * @param into receives the drawn codes
 * @param uniforms receives where inside its code each row lies, in [0, 1)
 */
export function drawPart(
  model: PartModel,
  predictors: readonly Predictor[],
  codes: readonly Uint16Array[],
  hashes: Uint32Array,
  way: DrawWay,
  into: Uint16Array,
  uniforms: Float64Array,
  buffers: DrawBuffers,
): void {
  const rows = hashes.length;
  const { tree, forests } = model;
  const { order, spare, scores, isRight } = buffers;
  if (way.kind === 'together') shuffleRows(way.shuffle, hashes, order);
  else for (let row = 0; row < rows; row++) order[row] = row;
  if (tree.left.length === 0) {
    into.fill(0);
    spreadInside(0, rows);
    return;
  }
  const waiting = [{ node: 0, from: 0, to: rows, level: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, from, to, level } = next;
    const count = to - from;
    scores.fill(forests.bases[node] as number, 0, count);
    if ((forests.treeStarts[node + 1] as number) > (forests.treeStarts[node] as number)) {
      scoreRows(model, node, predictors, codes, from, to, buffers);
    }
    if (way.kind === 'alone') chooseAlone(scores, count, way.streams(level), hashes, order, from, isRight);
    else {
      if (way.calibrated) sweepPairs(model.pairs, node, predictors, codes, order, from, count, scores);
      const shift = way.calibrated ? shiftToShare(scores, count, model.shares[node] as number) : 0;
      chooseTogether(scores, shift, count, way.start(node), isRight);
    }
    let left = from;
    let right = 0;
    for (let i = 0; i < count; i++) {
      const row = order[from + i] as number;
      const goesRight = isRight[i] as number;
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
    if (child >= 0) {
      waiting.push({ node: child, from, to, level });
      return;
    }
    for (let i = from; i < to; i++) into[order[i] as number] = -1 - child;
    spreadInside(from, to);
  }

  /** Places inside a code: together, one row per equal slice of it. */
  function spreadInside(from: number, to: number): void {
    const slices = to - from;
    for (let i = from; i < to; i++) {
      const row = order[i] as number;
      const place = drawWord(way.value, hashes[row] as number) / 4294967296;
      uniforms[row] = way.kind === 'together' ? (i - from + place) / slices : place;
    }
  }
}

/** Adds the node's trees to the scores of its rows. */
function scoreRows(
  model: PartModel,
  node: number,
  predictors: readonly Predictor[],
  codes: readonly Uint16Array[],
  from: number,
  to: number,
  buffers: DrawBuffers,
): void {
  const { scores, space } = buffers;
  for (let at = from; at < to; at += scoredRows) {
    const end = Math.min(to, at + scoredRows);
    const part = scores.subarray(at - from, end - from);
    space.scores.set(part);
    gather(model, node, predictors, codes, at, end, buffers);
    scoreForest(model.forests, node, end - at, space.stride);
    part.set(space.scores.subarray(0, end - at));
  }
}

/** Collects the codes of a node's features for its rows, feature after feature. */
function gather(
  { forests, orders }: PartModel,
  node: number,
  predictors: readonly Predictor[],
  codes: readonly Uint16Array[],
  from: number,
  to: number,
  { order, space, spread }: DrawBuffers,
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

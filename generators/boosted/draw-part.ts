// Draws one code column for many rows: all rows walk the column's code tree together, node by node.
import { type DrawStream, drawWord } from '../../core/random.ts';
import { codeSums, mapCodes, scoreForest, spreadOrder } from '../../models/boosting/index.ts';
import { followOpen, isForced, type Restriction } from './among.ts';
import { sweepPairs } from './calibrate.ts';
import { chooseAlone, chooseTogether, shuffleRows } from './choose.ts';
import type { Predictor } from './fit-part.ts';
import { type Following, followCodes } from './follow.ts';
import { debtsOf, fillMatrix, isWide, type Matrix, partRows } from './matrix.ts';
import type { PartModel } from './model.ts';
import { addMoves, type Moves } from './moves.ts';
import { placeTied, type Tied } from './tied.ts';

/** Rows that are drawn together when draws are balanced. */
export const blockRows = 65_536;

/**
 * How rows are drawn. `alone`: each by a draw of its own per level of the tree, where `among` says that both sides are open.
 * Otherwise together: `start(node)` begins the systematic draw of a node, `shuffle` puts rows in a random order, and
 * `calibrated` says that the rows are like those learnt from, so that shares should come out as learnt: all of them, or those
 * in the groups of the predictor that it names; `record` receives what that moved. `moves` are those of a calibrated draw.
 */
export type DrawWay =
  | {
      readonly kind: 'alone';
      readonly streams: (level: number) => DrawStream;
      readonly value: DrawStream;
      readonly among?: Restriction;
      readonly moves?: Moves | undefined;
    }
  | {
      readonly kind: 'together';
      readonly start: (node: number) => number;
      readonly shuffle: DrawStream;
      readonly value: DrawStream;
      readonly calibrated: boolean | number;
      readonly record?: Moves | undefined;
      readonly moves?: Moves | undefined;
    }
  /** `given`: the codes are there already, and rows follow them; their probabilities are added up. */
  | ({ readonly kind: 'given'; readonly moves?: Moves | undefined } & Following);

/**
 * @param predictors those of the column, which the matrix keeps
 * @param codes the code columns so far, each with one entry per row of the block
 * @param target position of the column to draw
 * @param uniforms receives where inside its code each row lies, in [0, 1)
 * @param tied what others say of the column
 */
export function drawPart(
  model: PartModel,
  predictors: readonly Predictor[],
  codes: readonly Uint16Array[],
  target: number,
  hashes: Uint32Array,
  way: DrawWay,
  uniforms: Float64Array,
  matrix: Matrix,
  tied?: Tied,
): void {
  const rows = hashes.length;
  const { tree } = model;
  const { order, isRight, space } = matrix;
  const into = codes[target] as Uint16Array;
  if (way.kind === 'together') shuffleRows(way.shuffle, hashes, order);
  else for (let row = 0; row < rows; row++) order[row] = row;
  if (tree.left.length === 0) {
    if (way.kind === 'given') return;
    into.fill(0);
    spreadInside(0, 0, rows);
    return;
  }
  fillMatrix(matrix, predictors, rows);
  const debts = way.kind === 'together' ? debtsOf(matrix, predictors) : undefined;
  const waiting = [{ node: 0, from: 0, to: rows, level: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, from, to, level } = next;
    const count = to - from;
    scoreRows(model, node, predictors, codes, matrix, from, count);
    if (way.moves !== undefined) {
      addMoves(way.moves, model.pairs, node, predictors, codes, matrix, from, count);
    }
    if (way.kind === 'given') followCodes(way, node, space.scores, count, into, order, from, isRight);
    else if (way.kind === 'alone' && way.among !== undefined && isForced(way.among, node)) {
      followOpen(way.among, node, space.scores, count, order, from, isRight);
    } else if (way.kind === 'alone') chooseAlone(space.scores, count, way.streams(level), hashes, order, from, isRight);
    else {
      const only = way.calibrated === true ? undefined : way.calibrated;
      const moved =
        only === false
          ? -1
          : sweepPairs(model.pairs, node, predictors, codes, matrix, from, count, only, way.record?.groups);
      const share = only === undefined ? model.shares[node] : undefined;
      if (moved < 0) codeSums().moves.fill(0);
      const shift = chooseTogether(
        share,
        from,
        count,
        Math.max(0, moved),
        way.start(node),
        debts,
        matrix.parting.isRight,
      );
      if (way.record !== undefined) way.record.nodes[node] = shift;
    }
    const [left, right] = [tree.left[node] as number, tree.right[node] as number];
    // Rows that end here need no predictors any more.
    const middle = partRows(matrix, left < 0 && right < 0 ? 0 : predictors.length, from, count);
    descend(left, from, middle, level + 1);
    descend(right, middle, to, level + 1);
  }

  function descend(child: number, from: number, to: number, level: number): void {
    if (from === to || (child < 0 && way.kind === 'given')) return;
    if (child >= 0) {
      waiting.push({ node: child, from, to, level });
      return;
    }
    for (let i = from; i < to; i++) into[order[i] as number] = -1 - child;
    spreadInside(-1 - child, from, to);
  }

  /** Places inside a code: together, one row per equal slice of it, all at the same place of their slices. */
  function spreadInside(code: number, from: number, to: number): void {
    if (way.kind === 'given') return;
    if (tied !== undefined && placeTied(tied, code, order.subarray(from, to), way, hashes, uniforms)) return;
    if (way.kind === 'together') {
      const slice = 1 / (to - from);
      const place = drawWord(way.value, hashes[order[from] as number] as number) / 4294967296;
      for (let i = from; i < to; i++) uniforms[order[i] as number] = (i - from + place) * slice;
      return;
    }
    for (let i = from; i < to; i++) {
      const row = order[i] as number;
      uniforms[row] = drawWord(way.value, hashes[row] as number) / 4294967296;
    }
  }
}

/** Byte offsets of a node's features. */
const offsets = new Int32Array(65_536);
const spread = new Uint8Array(65_536);

/** Scores the rows of a node; ranks of categories are laid out behind the predictors. */
function scoreRows(
  { forests, orders }: PartModel,
  node: number,
  predictors: readonly Predictor[],
  codes: readonly Uint16Array[],
  { order, space, features }: Matrix,
  from: number,
  count: number,
): void {
  const { codes: bytes, stride } = space;
  space.scores.fill(forests.bases[node] as number, 0, count);
  if ((forests.treeStarts[node + 1] as number) === (forests.treeStarts[node] as number)) return;
  const start = forests.featureStarts[node] as number;
  const end = forests.featureStarts[node + 1] as number;
  let ranked = features;
  for (let entry = start; entry < end; entry++) {
    const feature = forests.features[entry] as number;
    const predictor = predictors[feature] as Predictor;
    const at = feature * stride + from;
    if (!predictor.isCategory) {
      offsets[entry - start] = at;
      continue;
    }
    const [listed, last] = [orders.starts[entry] as number, orders.starts[entry + 1] as number];
    const list = { codes: orders.codes.subarray(listed, last), ranks: orders.ranks.subarray(listed, last) };
    spreadOrder({ ...list, otherRank: orders.otherRanks[entry] as number }, predictor.codeCount, spread);
    const into = ranked++ * stride;
    offsets[entry - start] = into;
    if (isWide(predictor)) rankWide(codes[feature] as Uint16Array, order, from, count, bytes, into);
    else mapCodes(spread, predictor.codeCount, at, into, count);
  }
  scoreForest(forests, node, count, offsets);
}

function rankWide(
  column: Uint16Array,
  order: Uint32Array,
  from: number,
  count: number,
  bytes: Uint8Array,
  into: number,
): void {
  for (let i = 0; i < count; i++) bytes[into + i] = spread[column[order[from + i] as number] as number] as number;
}

// Moves the scores of a block's rows at one node so that shares come out as learnt: of the node, and of each predictor's codes.
import { scoreUnit } from '../../models/boosting/index.ts';
import type { Predictor } from './fit-part.ts';
import { isWide, type Matrix } from './matrix.ts';
import type { PairShares } from './model.ts';
import { shareUnit } from './pairs.ts';

/** Rows of pull towards the scores as they are, in units of the hessian: small groups move little. */
const ridge = 10;
/** Most that one step moves, in logits. */
const longestStep = 1;

/** Scores beyond ±16 logits count as ±16, in steps of 1/64 logit: small tables stay in the fastest memory. */
const coarseShift = 6;
const zero = 16 * scoreUnit;
const coarseEntries = (32 * scoreUnit) >> coarseShift;
const probabilityUnit = 65_535;
const slopeUnit = 120;
const packing = 2 ** 21;
/**
 * Probability and its slope as two whole numbers in one double: one addition adds both, exactly for 65,536 rows
 * (32 bits of probability over 21 of slope).
 */
const packedTable: Float64Array = Float64Array.from({ length: coarseEntries }, (_, i) => {
  const p = 1 / (1 + Math.exp(16 - ((i + 0.5) * (1 << coarseShift)) / scoreUnit));
  return Math.round(p * probabilityUnit) * packing + Math.round(p * (1 - p) * slopeUnit);
});

/** By code of a predictor. */
const groupOf = new Uint8Array(65_536);
const sums = new Float64Array(256);
const counts = new Uint32Array(256);
const moves = new Int32Array(256);
/** By group; 0 holds what belongs to none. */
const groupSums = new Float64Array(257);
const groupCounts = new Uint32Array(257);

/**
 * One Newton step for each group of each predictor's codes, predictor after predictor, towards the learnt share of the group.
 * The scores are those of the matrix; row i of the node is at place from + i.
 */
export function sweepPairs(
  pairs: PairShares,
  node: number,
  predictors: readonly Predictor[],
  codes: readonly Uint16Array[],
  matrix: Matrix,
  from: number,
  count: number,
): void {
  const { space, features } = matrix;
  const last = pairs.nodeStarts[node + 1] as number;
  let moved = -1;
  for (let entry = pairs.nodeStarts[node] as number; entry < last; entry++) {
    const feature = pairs.features[entry] as number;
    const predictor = predictors[feature] as Predictor;
    const codeCount = spreadGroups(pairs, entry, predictor);
    let at = feature * space.stride + from;
    if (isWide(predictor)) {
      // Two places take turns, since the scores still wait for the moves by the one before.
      at = (features + (entry & 1)) * space.stride;
      const column = codes[feature] as Uint16Array;
      for (let i = 0; i < count; i++) {
        space.codes[at + i] = groupOf[column[matrix.order[from + i] as number] as number] as number;
      }
      for (let group = 0; group < 256; group++) groupOf[group] = group;
    }
    const known = isWide(predictor) ? 256 : codeCount;
    sums.fill(0, 0, known);
    counts.fill(0, 0, known);
    if (moved < 0) addCodes(space.codes, at, count, space.scores);
    else moveAndAdd(space.codes, moved, at, count, space.scores);
    stepGroups(pairs, entry, known);
    moved = at;
  }
  if (moved >= 0) move(space.codes, moved, count, space.scores);
}

/** Fills `groupOf` with the groups of entry's codes; returns the number of codes. */
function spreadGroups(pairs: PairShares, entry: number, { isCategory, codeCount }: Predictor): number {
  const [start, end] = [pairs.starts[entry] as number, pairs.starts[entry + 1] as number];
  if (isCategory) {
    groupOf.fill(0, 0, codeCount);
    for (let g = start; g < end; g++) groupOf[pairs.codes[g] as number] = g - start + 1;
  } else {
    for (let g = start; g < end; g++) {
      groupOf.fill(g - start + 1, pairs.codes[g] as number, g + 1 < end ? (pairs.codes[g + 1] as number) : codeCount);
    }
  }
  return codeCount;
}

function addCodes(codes: Uint8Array, at: number, count: number, scores: Int32Array): void {
  for (let i = 0; i < count; i++) {
    const code = codes[at + i] as number;
    const index = ((scores[i] as number) + zero) >> coarseShift;
    const bounded = index < 0 ? 0 : index >= coarseEntries ? coarseEntries - 1 : index;
    sums[code] = (sums[code] as number) + (packedTable[bounded] as number);
    counts[code] = (counts[code] as number) + 1;
  }
}

/** Moves the scores by the step of the codes at `moved`, and sums by the codes at `at`. */
function moveAndAdd(codes: Uint8Array, moved: number, at: number, count: number, scores: Int32Array): void {
  for (let i = 0; i < count; i++) {
    const score = (scores[i] as number) + (moves[codes[moved + i] as number] as number);
    scores[i] = score;
    const code = codes[at + i] as number;
    const index = (score + zero) >> coarseShift;
    const bounded = index < 0 ? 0 : index >= coarseEntries ? coarseEntries - 1 : index;
    sums[code] = (sums[code] as number) + (packedTable[bounded] as number);
    counts[code] = (counts[code] as number) + 1;
  }
}

function move(codes: Uint8Array, moved: number, count: number, scores: Int32Array): void {
  for (let i = 0; i < count; i++) {
    scores[i] = (scores[i] as number) + (moves[codes[moved + i] as number] as number);
  }
}

/** Sets the moves of an entry's codes from the sums by code. */
function stepGroups(pairs: PairShares, entry: number, codeCount: number): void {
  const start = pairs.starts[entry] as number;
  const groups = (pairs.starts[entry + 1] as number) - start;
  groupSums.fill(0, 0, groups + 1);
  groupCounts.fill(0, 0, groups + 1);
  for (let code = 0; code < codeCount; code++) {
    const group = groupOf[code] as number;
    if (group > groups) continue;
    groupSums[group] = (groupSums[group] as number) + (sums[code] as number);
    groupCounts[group] = (groupCounts[group] as number) + (counts[code] as number);
  }
  for (let code = 0; code < codeCount; code++) {
    const group = groupOf[code] as number;
    const rows = groupCounts[group] as number;
    if (group === 0 || group > groups || rows === 0) {
      moves[code] = 0;
      continue;
    }
    const sum = groupSums[group] as number;
    const expected = Math.floor(sum / packing);
    const slope = (sum - expected * packing) / slopeUnit;
    const wanted = ((pairs.shares[start + group - 1] as number) / shareUnit) * rows;
    const step = (wanted - expected / probabilityUnit) / (slope + ridge);
    moves[code] = Math.round(Math.max(-longestStep, Math.min(longestStep, step)) * scoreUnit);
  }
}

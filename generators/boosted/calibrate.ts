// Moves the scores of a block's rows at one node so that shares come out as learnt: of the node, and of each predictor's codes.
import { addByCode, type CodeSums, codeSums, probabilityUnit, scoreUnit } from '../../models/boosting/index.ts';
import type { Predictor } from './fit-part.ts';
import { isWide, type Matrix } from './matrix.ts';
import type { PairShares } from './model.ts';
import { shareUnit, spreadGroups } from './pairs.ts';

/** Rows of pull towards the scores as they are, in units of the hessian: small groups move little. */
const ridge = 10;
/** Most that one step moves, in logits. */
const longestStep = 1;

/** By code of a predictor. */
const groupOf = new Uint8Array(65_536);
/** By group; 0 holds what belongs to none. */
const groupSums = new Float64Array(257);
const groupSlopes = new Float64Array(257);
const groupCounts = new Uint32Array(257);

/**
 * One Newton step for each group of each predictor's codes, predictor after predictor, towards the learnt share of the group.
 * The scores are those of the matrix; row i of the node is at place from + i. The last step is left to do: returns the place
 * of the codes whose moves are to be added, -1 if there is none.
 * @param only the one predictor to take
 * @param record receives the moves by group
 */
export function sweepPairs(
  pairs: PairShares,
  node: number,
  predictors: readonly Predictor[],
  codes: readonly Uint16Array[],
  matrix: Matrix,
  from: number,
  count: number,
  only?: number,
  record?: Int32Array,
): number {
  const { space, features } = matrix;
  const last = pairs.nodeStarts[node + 1] as number;
  const sums = codeSums();
  let moved = -1;
  for (let entry = pairs.nodeStarts[node] as number; entry < last; entry++) {
    const feature = pairs.features[entry] as number;
    if (only !== undefined && feature !== only) continue;
    const predictor = predictors[feature] as Predictor;
    spreadGroups(pairs, entry, predictor, groupOf);
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
    const known = isWide(predictor) ? 256 : predictor.codeCount;
    sums.cells.fill(0, 0, 4 * known);
    if (moved < 0) sums.moves.fill(0);
    addByCode(moved < 0 ? at : moved, at, count);
    stepGroups(pairs, entry, known, sums, record);
    moved = at;
  }
  return moved;
}

/** Sets the moves of an entry's codes from the sums by code. */
function stepGroups(
  pairs: PairShares,
  entry: number,
  codeCount: number,
  { cells, moves }: CodeSums,
  record?: Int32Array,
): void {
  const start = pairs.starts[entry] as number;
  const groups = (pairs.starts[entry + 1] as number) - start;
  groupSums.fill(0, 0, groups + 1);
  groupSlopes.fill(0, 0, groups + 1);
  groupCounts.fill(0, 0, groups + 1);
  for (let code = 0; code < codeCount; code++) {
    const group = groupOf[code] as number;
    if (group > groups) continue;
    groupSums[group] = (groupSums[group] as number) + (cells[4 * code] as number);
    groupSlopes[group] = (groupSlopes[group] as number) + (cells[4 * code + 1] as number);
    groupCounts[group] = (groupCounts[group] as number) + (cells[4 * code + 2] as number);
  }
  for (let code = 0; code < codeCount; code++) {
    const group = groupOf[code] as number;
    const rows = groupCounts[group] as number;
    if (group === 0 || group > groups || rows === 0) {
      moves[code] = 0;
      continue;
    }
    const expected = (groupSums[group] as number) / probabilityUnit;
    const slope = (groupSlopes[group] as number) / probabilityUnit;
    const wanted = ((pairs.shares[start + group - 1] as number) / shareUnit) * rows;
    const step = (wanted - expected) / (slope + ridge);
    moves[code] = Math.round(Math.max(-longestStep, Math.min(longestStep, step)) * scoreUnit);
    if (record !== undefined) record[start + group - 1] = moves[code] as number;
  }
}

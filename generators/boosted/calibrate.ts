// Moves the scores of a block's rows at one node so that shares come out as learnt: of the node, and of each predictor's codes.
import { probabilityTable, scoreIndex, scoreUnit } from '../../models/boosting/index.ts';
import type { Predictor } from './fit-part.ts';
import type { PairShares } from './model.ts';
import { shareUnit } from './pairs.ts';

/** Rows of pull towards the scores as they are, in units of the hessian: small groups move little. */
const ridge = 10;
/** Most that one step moves, in logits. */
const longestStep = 1;

/** Scores beyond ±16 logits count as ±16, in steps of 1/64 logit: small tables stay in the fastest memory. */
const coarseShift = 6;
const coarseEntries = (32 * scoreUnit) >> coarseShift;
/** Probability (high 16 bits) and its slope (low 16 bits), in 65,535ths. */
const packedTable: Uint32Array = Uint32Array.from({ length: coarseEntries }, (_, i) => {
  const p = 1 / (1 + Math.exp(16 - ((i + 0.5) * (1 << coarseShift)) / scoreUnit));
  return (Math.round(p * 65_535) * 65_536 + Math.round(p * (1 - p) * 65_535)) >>> 0;
});

const groupOf = new Uint8Array(65_536);
const sums = new Uint32Array(257);
const slopes = new Uint32Array(257);
const counts = new Uint32Array(257);
const moves = new Int32Array(257);

/**
 * One Newton step for each group of each predictor's codes, predictor after predictor, towards the learnt share of the group.
 * @param codes code columns; row i of the node is entry order[from + i]
 */
export function sweepPairs(
  pairs: PairShares,
  node: number,
  predictors: readonly Predictor[],
  codes: readonly Uint16Array[],
  order: Uint32Array,
  from: number,
  count: number,
  scores: Int32Array,
): void {
  const last = pairs.nodeStarts[node + 1] as number;
  for (let entry = pairs.nodeStarts[node] as number; entry < last; entry++) {
    const feature = pairs.features[entry] as number;
    const [start, end] = [pairs.starts[entry] as number, pairs.starts[entry + 1] as number];
    const groups = end - start;
    const { codeCount, isCategory } = predictors[feature] as Predictor;
    if (isCategory) {
      groupOf.fill(0, 0, codeCount);
      for (let g = 0; g < groups; g++) groupOf[pairs.codes[start + g] as number] = g + 1;
    } else {
      for (let g = 0; g < groups; g++) {
        const next = g + 1 < groups ? (pairs.codes[start + g + 1] as number) : codeCount;
        groupOf.fill(g + 1, pairs.codes[start + g] as number, next);
      }
    }
    sums.fill(0, 0, groups + 1);
    slopes.fill(0, 0, groups + 1);
    counts.fill(0, 0, groups + 1);
    const column = codes[feature] as Uint16Array;
    addGroups(column, order, from, count, scores);
    for (let g = 1; g <= groups; g++) {
      const expected = (sums[g] as number) / 65_535;
      const wanted = ((pairs.shares[start + g - 1] as number) / shareUnit) * (counts[g] as number);
      const step = (wanted - expected) / ((slopes[g] as number) / 65_535 + ridge);
      moves[g] = Math.round(Math.max(-longestStep, Math.min(longestStep, step)) * scoreUnit);
    }
    moveGroups(column, order, from, count, scores);
  }
}

function addGroups(column: Uint16Array, order: Uint32Array, from: number, count: number, scores: Int32Array): void {
  for (let i = 0; i < count; i++) {
    const group = groupOf[column[order[from + i] as number] as number] as number;
    const at = ((scores[i] as number) + 16 * scoreUnit) >> coarseShift;
    const packed = packedTable[at < 0 ? 0 : at >= coarseEntries ? coarseEntries - 1 : at] as number;
    sums[group] = (sums[group] as number) + (packed >>> 16);
    slopes[group] = (slopes[group] as number) + (packed & 65_535);
    counts[group] = (counts[group] as number) + 1;
  }
}

function moveGroups(column: Uint16Array, order: Uint32Array, from: number, count: number, scores: Int32Array): void {
  for (let i = 0; i < count; i++) {
    const group = groupOf[column[order[from + i] as number] as number] as number;
    scores[i] = (scores[i] as number) + (moves[group] as number);
  }
}

/** The shift at which the mean probability of `count` scores is the share, by at most three Newton steps. */
export function shiftToShare(scores: Int32Array, count: number, share: number): number {
  let shift = 0;
  for (let step = 0; step < 3; step++) {
    let expected = 0;
    let slope = 0;
    for (let i = 0; i < count; i++) {
      const p = probabilityTable[scoreIndex((scores[i] as number) + shift)] as number;
      expected += p;
      slope += p * (1 - p);
    }
    const move = (share * count - expected) / (slope + 0.5);
    shift += Math.round(Math.max(-longestStep, Math.min(longestStep, move)) * scoreUnit);
    if (Math.abs(share * count - expected) < 0.25) break;
  }
  return shift;
}

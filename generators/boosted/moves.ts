// What a calibrated draw moves the scores of rows by, kept so that rows drawn one by one or given can be moved alike.
import type { Predictor } from './fit-part.ts';
import { isWide, type Matrix } from './matrix.ts';
import type { PairShares, PartModel } from './model.ts';
import { spreadGroups } from './pairs.ts';

export interface Moves {
  /** By group of the pair shares. */
  readonly groups: Int32Array;
  /** By node: of all its rows. */
  readonly nodes: Int32Array;
}

export function noMoves({ pairs, tree }: PartModel): Moves {
  return { groups: new Int32Array(pairs.shares.length), nodes: new Int32Array(tree.left.length) };
}

/** @param several of the parts of a fit, as each of several draws moves them */
export function meanMoves(several: readonly (readonly Moves[])[]): readonly Moves[] {
  const [first = []] = several;
  const mean = (of: (moves: readonly Moves[]) => Int32Array): Int32Array => {
    const sums = Float64Array.from(of(first));
    for (const one of several.slice(1)) for (const [i, move] of of(one).entries()) sums[i] = (sums[i] as number) + move;
    return Int32Array.from(sums, (sum) => Math.round(sum / several.length));
  };
  return first.map((_, part) => ({
    groups: mean((moves) => moves[part]?.groups ?? new Int32Array(0)),
    nodes: mean((moves) => moves[part]?.nodes ?? new Int32Array(0)),
  }));
}

const groupOf = new Uint8Array(65_536);
const moveOf = new Int32Array(256);

/** Adds the moves of a node to the scores of its rows; row i is at place from + i. */
export function addMoves(
  moves: Moves,
  pairs: PairShares,
  node: number,
  predictors: readonly Predictor[],
  codes: readonly Uint16Array[],
  { order, space }: Matrix,
  from: number,
  count: number,
): void {
  const { scores } = space;
  const all = moves.nodes[node] as number;
  if (all !== 0) for (let i = 0; i < count; i++) scores[i] = (scores[i] as number) + all;
  const last = pairs.nodeStarts[node + 1] as number;
  for (let entry = pairs.nodeStarts[node] as number; entry < last; entry++) {
    const [start, end] = [pairs.starts[entry] as number, pairs.starts[entry + 1] as number];
    moveOf.fill(0);
    moveOf.set(moves.groups.subarray(start, end), 1);
    const feature = pairs.features[entry] as number;
    const predictor = predictors[feature] as Predictor;
    spreadGroups(pairs, entry, predictor, groupOf);
    const column = codes[feature] as Uint16Array;
    const at = feature * space.stride + from;
    for (let i = 0; i < count; i++) {
      const code = isWide(predictor) ? column[order[from + i] as number] : space.codes[at + i];
      scores[i] = (scores[i] as number) + (moveOf[groupOf[code as number] as number] as number);
    }
  }
}

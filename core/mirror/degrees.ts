// How many children parents have, in words that name no single parent; and the weights that mirror parents get from it. Pure.
import { mix32 } from '../random.ts';

/** Groups of parents by rising number of children: their share of all parents, and their mean number of children. */
export interface DegreeSketch {
  readonly shares: readonly number[];
  readonly means: readonly number[];
}

/** @param degrees rising numbers of children, with the count of parents that have so many; groups hold at least k parents */
export function sketchDegrees(
  degrees: readonly { readonly children: number; readonly parents: number }[],
  k: number,
): DegreeSketch {
  const total = degrees.reduce((sum, { parents }) => sum + parents, 0);
  const shares: number[] = [];
  const means: number[] = [];
  let parents = 0;
  let children = 0;
  let left = total;
  const close = (): void => {
    shares.push(parents / total);
    means.push(children / parents);
    parents = 0;
    children = 0;
  };
  for (const degree of degrees) {
    let rest = degree.parents;
    while (rest > 0) {
      // Groups get finer towards the tail, where the difference between two parents is greatest.
      const size = Math.max(k, Math.floor(left / 16), 1);
      const taken = Math.min(rest, size - parents);
      parents += taken;
      children += taken * degree.children;
      rest -= taken;
      if (parents >= size && left - parents >= k) {
        left -= parents;
        close();
      } else if (parents >= size) {
        parents += rest;
        children += rest * degree.children;
        rest = 0;
      }
    }
  }
  if (parents > 0) close();
  return { shares, means };
}

/** One weight per row: the sketch's means in their shares, scattered by hash. */
export function drawWeights(sketch: DegreeSketch, rows: number, seed: number): Float64Array {
  // Ranks rather than draws: the shares are met exactly.
  const order = scatter(rows, seed);
  const weights = new Float64Array(rows);
  let group = 0;
  let upTo = (sketch.shares[0] ?? 1) * rows;
  for (let rank = 0; rank < rows; rank++) {
    while (rank + 0.5 > upTo && group < sketch.means.length - 1) upTo += (sketch.shares[++group] as number) * rows;
    weights[order[rank] as number] = sketch.means[group] ?? 1;
  }
  return weights;
}

/** The rows 0 to `rows` − 1 in a shuffled order that depends on the seed alone. */
export function scatter(rows: number, seed: number): Uint32Array {
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  let word = mix32(seed ^ 0x3c6ef372);
  for (let row = rows - 1; row > 0; row--) {
    word = mix32((word + row) >>> 0);
    const other = Math.floor((word / 4294967296) * (row + 1));
    const moved = order[row] as number;
    order[row] = order[other] as number;
    order[other] = moved;
  }
  return order;
}

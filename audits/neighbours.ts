// The nearest rows of a set, exactly as an exhaustive search finds them.
import { type NeighbourTree, neighbourTree } from './neighbour-tree.ts';
import { distanceWithin, type Points, type Space } from './space.ts';

export { type NeighbourTree, neighbourTree } from './neighbour-tree.ts';
export { type Points, type Space, spaceOf } from './space.ts';

/** Bounds are sums in another order than distances: by less than this they may seem too great. */
const slack = 1e-9;

/** What a walk looks for: rows at a distance below `limit`, which shrinks as it finds them. */
interface Finder {
  limit: number;
  /** Rows whose distance was asked for. */
  looked: number;
  found(place: number, distance: number): void;
}

/** Offers the finder every row of the tree below its limit, the nearer branch first. */
function walk(tree: NeighbourTree, from: Points, row: number, finder: Finder, apart: Float64Array): void {
  const { column, threshold, next, start, points, space } = tree;
  const { numbers, categories } = space;
  const visit = (node: number, bound: number): void => {
    if (bound - slack >= finder.limit) return;
    const asked = column[node] as number;
    const other = next[node] as number;
    if (asked < 0) {
      finder.looked += other - (start[node] as number);
      for (let place = start[node] as number; place < other; place++) {
        const distance = distanceWithin(space, from, row, points, place, finder.limit);
        if (distance < finder.limit) finder.found(place, distance);
        if (finder.limit <= 0) return;
      }
      return;
    }
    const mark = threshold[node] as number;
    const value = (
      asked < numbers ? from.scaled[row * numbers + asked] : from.codes[row * categories + asked - numbers]
    ) as number;
    if (Number.isNaN(value)) {
      visit(other, bound);
      visit(node + 1, bound);
      return;
    }
    const yes = value <= mark;
    visit(yes ? node + 1 : other, bound);
    const before = apart[asked] as number;
    const across = asked < numbers ? Math.min(1, Math.abs(value - mark)) : 1;
    apart[asked] = across;
    visit(yes ? other : node + 1, bound - before + across);
    apart[asked] = before;
  };
  if (points.count > 0) visit(0, 0);
}

/** Distances to the `k` (1 or more) nearest rows of the tree, nearest first; infinite where there are fewer. */
export function kNearest(tree: NeighbourTree, from: Points, k: number): Float64Array {
  const distances = new Float64Array(from.count * k).fill(Number.POSITIVE_INFINITY);
  const apart = new Float64Array(tree.space.numbers + tree.space.categories);
  for (let row = 0; row < from.count; row++) {
    const first = row * k;
    const last = first + k - 1;
    const finder: Finder = {
      limit: Number.POSITIVE_INFINITY,
      looked: 0,
      found(_, distance) {
        let at = last;
        for (; at > first && (distances[at - 1] as number) > distance; at--)
          distances[at] = distances[at - 1] as number;
        distances[at] = distance;
        finder.limit = distances[last] as number;
      },
    };
    walk(tree, from, row, finder, apart);
  }
  return distances;
}

/** Calls `visit` with the number of each row at `distance` or nearer. */
export function rowsWithin(
  tree: NeighbourTree,
  from: Points,
  row: number,
  distance: number,
  visit: (row: number) => void,
): void {
  const finder: Finder = {
    limit: distance + slack,
    looked: 0,
    found: (place) => visit(tree.order[place] as number),
  };
  walk(tree, from, row, finder, new Float64Array(tree.space.numbers + tree.space.categories));
}

/**
 * Rows that a search for the nearest looks at, on the average: dozens where columns hang together, nearly all where many
 * numbers do not. A measure of cost that is the same on every machine.
 */
export function rowsLookedAt(tree: NeighbourTree, from: Points): number {
  const apart = new Float64Array(tree.space.numbers + tree.space.categories);
  let looked = 0;
  for (let row = 0; row < from.count; row++) {
    const finder: Finder = {
      limit: Number.POSITIVE_INFINITY,
      looked: 0,
      found(_, distance) {
        finder.limit = distance;
      },
    };
    walk(tree, from, row, finder, apart);
    looked += finder.looked;
  }
  return from.count === 0 ? 0 : looked / from.count;
}

/** For each row of `from` its distance to the nearest row of `to`; infinite when there is none. */
export function nearestDistances(space: Space, from: Points, to: Points): Float64Array {
  return kNearest(neighbourTree(space, to), from, 1);
}

// Gives child rows their parents: from the bucket that each learnt, as often as the parents' weights say. Pure.
import { hashText, rowHash } from '../random.ts';
import { thinCounts } from './counts.ts';
import { scatter } from './degrees.ts';

export interface AssignInput {
  /** The bucket of the wanted parent, per child; null: no parent. */
  readonly wanted: readonly (string | null)[];
  /** Per parent. */
  readonly buckets: readonly string[];
  readonly weights: Float64Array;
  readonly seed: number;
  /** Children with equal groups (≥ 0) get different parents: for keys of two foreign keys. */
  readonly distinctWithin?: Float64Array;
}

/** No parent. */
export const NOBODY = -1;
/** The bucket label of rows that are their own parent. */
export const ITSELF = 'self';

/** The parent's row per child, or {@link NOBODY}. */
export function assignParents(input: AssignInput): Int32Array {
  const { wanted, buckets, seed } = input;
  const parents = new Int32Array(wanted.length).fill(NOBODY);
  if (buckets.length === 0) return parents;
  const members = groupBy(buckets);
  const everybody = Uint32Array.from(buckets.keys());
  const children = groupBy(wanted);
  const thinning = thinningOf(input);
  for (const [bucket, rows] of children) {
    spread(rows, members.get(bucket) ?? everybody, input.weights, thinning, hashText(bucket, seed), parents);
  }
  if (input.distinctWithin !== undefined) separate(parents, input.distinctWithin, buckets.length);
  return parents;
}

/** Other parents for single rows, each by a draw of its own in proportion to the weights within the wanted bucket. */
export function drawParents(rowIds: Float64Array, { wanted, buckets, weights, seed }: AssignInput): Int32Array {
  const members = groupBy(buckets);
  const everybody = Uint32Array.from(buckets.keys());
  const sums = new Map<string, Float64Array>();
  const sumsOf = (bucket: string, parents: Uint32Array): Float64Array => {
    let known = sums.get(bucket);
    if (known === undefined) {
      let sum = 0;
      known = Float64Array.from(parents, (parent) => (sum += weights[parent] as number));
      sums.set(bucket, known);
    }
    return known;
  };
  return Int32Array.from(rowIds, (row, at) => {
    const bucket = wanted[at];
    if (bucket === null || bucket === undefined || buckets.length === 0) return NOBODY;
    const parents = members.get(bucket) ?? everybody;
    const upTo = sumsOf(members.has(bucket) ? bucket : '', parents);
    const share = rowHash(row, seed) / 4294967296;
    const all = upTo.at(-1) as number;
    if (all <= 0) return parents[Math.floor(share * parents.length)] as number;
    let low = 0;
    let high = parents.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((upTo[middle] as number) > share * all) high = middle;
      else low = middle + 1;
    }
    return parents[low] as number;
  });
}

/**
 * How many children there usually are for each that is here. Weights are usual numbers of children; a smaller table is a
 * random part of the usual one.
 */
function thinningOf({ wanted, weights }: AssignInput): number {
  let usual = 0;
  for (const weight of weights) usual += weight;
  const here = wanted.reduce((count, bucket) => count + (bucket === null ? 0 : 1), 0);
  return here < 0.98 * usual ? usual / Math.max(1, here) : 1;
}

/**
 * Systematic sampling: parents lie on a line, each as long as its weight, and children stand on it at equal distances. So
 * every parent gets its expected number of children, give or take one, where independent draws would blur the heavy tail. With thinning, more of them stand there, and some go.
 */
function spread(
  children: Uint32Array,
  parents: Uint32Array,
  weights: Float64Array,
  thinning: number,
  seed: number,
  into: Int32Array,
): void {
  const shuffled = scatter(parents.length, seed ^ 0x51ed270b);
  let total = 0;
  for (const parent of parents) total += weights[parent] as number;
  const weightOf = (at: number): number =>
    total > 0 ? (weights[parents[shuffled[at] as number] as number] as number) : 1;
  const length = total > 0 ? total : parents.length;
  const places = Math.max(children.length, Math.round(children.length * thinning));
  const order = scatter(places, seed);
  let at = 0;
  let reached = weightOf(0);
  for (let place = 0; place < places; place++) {
    const point = ((place + 0.5) / places) * length;
    while (point >= reached && at < parents.length - 1) reached += weightOf(++at);
    // Places beyond the children stay empty.
    const child = children[order[place] as number];
    if (child !== undefined) into[child] = parents[shuffled[at] as number] as number;
  }
}

/** Moves repeated parents within a group on to the next parent that the group does not have. */
function separate(parents: Int32Array, groups: Float64Array, count: number): void {
  const used = new Map<number, Set<number>>();
  for (const [child, group] of groups.entries()) {
    const parent = parents[child] as number;
    if (group < 0 || parent === NOBODY) continue;
    let mine = used.get(group);
    if (mine === undefined) {
      mine = new Set();
      used.set(group, mine);
    }
    if (mine.size >= count) continue;
    let free = parent;
    while (mine.has(free)) free = (free + 1) % count;
    mine.add(free);
    parents[child] = free;
  }
}

/**
 * Parents from the same table, without circles: rows are placed one after the other, each below one placed before it.
 * Rows that may be parents are placed first, so that there are always places left.
 */
export function assignWithin(input: AssignInput): Int32Array {
  const { wanted, buckets, weights, seed } = input;
  const rows = wanted.length;
  const parents = new Int32Array(rows).fill(NOBODY);
  const children = wanted.filter((bucket) => bucket !== null && bucket !== ITSELF).length;
  const isRoot = (row: number): boolean => wanted[row] === null || wanted[row] === ITSELF;
  const order = [...scatter(rows, seed)];
  const rank = (row: number): number => (isRoot(row) ? 0 : (weights[row] as number) > 0 ? 1 : 2);
  order.sort((a, b) => rank(a) - rank(b));
  const places = new Map<string, number[]>();
  const all: number[] = [];
  let word = hashText('places', seed);
  const take = (from: number[]): number | undefined => {
    while (from.length > 0) {
      word = hashText('next', word);
      const at = word % from.length;
      const place = from[at] as number;
      from[at] = from.at(-1) as number;
      from.pop();
      const left = capacity[place] as number;
      if (left > 0) {
        capacity[place] = left - 1;
        return place;
      }
    }
    return undefined;
  };
  const capacity = seatsOf(order, weights, children, seed);
  for (const [placed, row] of order.entries()) {
    const bucket = wanted[row];
    if (bucket === ITSELF) parents[row] = row;
    else if (bucket !== null && bucket !== undefined && placed > 0) {
      // The first row that is placed stays without a parent: somebody must stand at the top.
      parents[row] =
        take(places.get(bucket) ?? []) ?? take(all) ?? (order[Math.floor((word / 4294967296) * placed)] as number);
    } else if (bucket !== null) parents[row] = NOBODY;
    const own = buckets[row] as string;
    const list = places.get(own) ?? [];
    places.set(own, list);
    for (let seat = 0; seat < (capacity[row] as number); seat++) {
      list.push(row);
      all.push(row);
    }
  }
  return parents;
}

/** How many children each row may have, in all as many as there are; fractions carry over in the order of `order`. */
function seatsOf(order: readonly number[], weights: Float64Array, children: number, seed: number): Uint32Array {
  const usual = weights.reduce((sum, weight) => sum + weight, 0);
  const factor = Math.max(1, children / Math.max(1e-9, usual));
  const seats = new Uint32Array(order.length);
  let carry = 0;
  for (const row of order) {
    carry += (weights[row] as number) * factor;
    const whole = Math.floor(carry + 0.5);
    carry -= whole;
    seats[row] = whole;
  }
  return children < 0.98 * usual ? thinCounts(seats, children, seed).counts : seats;
}

function groupBy(labels: readonly (string | null)[]): Map<string, Uint32Array> {
  const sizes = new Map<string, number>();
  for (const label of labels) if (label !== null) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  const groups = new Map([...sizes].map(([label, size]) => [label, new Uint32Array(size)]));
  const filled = new Map<string, number>();
  for (const [row, label] of labels.entries()) {
    if (label === null) continue;
    const at = filled.get(label) ?? 0;
    (groups.get(label) as Uint32Array)[at] = row;
    filled.set(label, at + 1);
  }
  return groups;
}

// Learns, at each larger node, how often rows go right for the codes of each predictor: what draws are calibrated to.
import type { Predictor } from './fit-part.ts';
import type { PairShares } from './model.ts';

/** Nodes with fewer rows keep no pair shares. */
const leastNodeRows = 500;
/** Fewer rows tell no share apart from its neighbours'. */
const leastGroupRows = 30;
/** Codes of a number are grouped into about so many groups. */
const numberGroups = 32;

/** Full range of a share. */
export const shareUnit = 65_535;

/** Pair shares of one node. */
export interface NodePairs {
  readonly features: readonly number[];
  /** Entries of each feature. */
  readonly groups: readonly { readonly codes: readonly number[]; readonly shares: readonly number[] }[];
}

const codeRows = new Uint32Array(65_536);
const codeRights = new Uint32Array(65_536);

/**
 * @param columns code columns, predictors first
 * @param isRight 0 or 1 per row of `rowsHere`
 * @param k no share is kept of fewer rows
 */
export function learnPairs(
  predictors: readonly Predictor[],
  columns: readonly Uint16Array[],
  rowsHere: Uint32Array,
  isRight: Uint8Array,
  k: number,
): NodePairs {
  const features: number[] = [];
  const groups: { codes: number[]; shares: number[] }[] = [];
  const least = Math.max(k, leastGroupRows);
  if (rowsHere.length < Math.max(leastNodeRows, 2 * least)) return { features, groups };
  for (const [feature, { codeCount, isCategory }] of predictors.entries()) {
    const rows = codeRows.subarray(0, codeCount).fill(0);
    const rights = codeRights.subarray(0, codeCount).fill(0);
    countCodes(columns[feature] as Uint16Array, rowsHere, isRight, rows, rights);
    const group = isCategory ? levelGroups(rows, rights, least) : numberRuns(rows, rights, least, rowsHere.length);
    // One group that holds everything says what the node's share says already.
    if (group.codes.length === 0 || (!isCategory && group.codes.length < 2)) continue;
    features.push(feature);
    groups.push(group);
  }
  return { features, groups };
}

/** Adds the rows of each code, and those of them that go right. */
export function countCodes(
  codes: Uint16Array,
  rowsHere: Uint32Array,
  isRight: Uint8Array,
  rows: Uint32Array,
  rights: Uint32Array,
): void {
  for (let i = 0; i < rowsHere.length; i++) {
    const code = codes[rowsHere[i] as number] as number;
    rows[code] = (rows[code] as number) + 1;
    rights[code] = (rights[code] as number) + (isRight[i] as number);
  }
}

function levelGroups(rows: Uint32Array, rights: Uint32Array, least: number): { codes: number[]; shares: number[] } {
  const codes: number[] = [];
  const shares: number[] = [];
  // A group's number travels as a byte, and 0 means none.
  for (let code = 0; code < rows.length && codes.length < 255; code++) {
    if ((rows[code] as number) < least) continue;
    codes.push(code);
    shares.push(Math.round(((rights[code] as number) / (rows[code] as number)) * shareUnit));
  }
  return { codes, shares };
}

/** Runs of neighbouring codes with about equally many rows; a heavy code opens a run of its own. */
function numberRuns(
  rows: Uint32Array,
  rights: Uint32Array,
  least: number,
  total: number,
): { codes: number[]; shares: number[] } {
  const codes: number[] = [];
  const counts: number[] = [];
  const ones: number[] = [];
  const wanted = Math.max(least, total / numberGroups);
  let [start, count, one] = [0, 0, 0];
  const close = (next: number): void => {
    codes.push(start);
    counts.push(count);
    ones.push(one);
    [start, count, one] = [next, 0, 0];
  };
  for (let code = 0; code < rows.length; code++) {
    const here = rows[code] as number;
    if (here >= wanted && count >= least) close(code);
    count += here;
    one += rights[code] as number;
    if (count >= wanted) close(code + 1);
  }
  if (count > 0 && counts.length > 0) {
    // Too few for a run: they join the one before.
    counts.push((counts.pop() as number) + count);
    ones.push((ones.pop() as number) + one);
  }
  return { codes, shares: counts.map((n, i) => Math.round(((ones[i] as number) / n) * shareUnit)) };
}

/** Lays the pair shares of all nodes out one after the other. */
export function layOutPairs(nodes: readonly NodePairs[]): PairShares {
  const nodeStarts = [0];
  const features: number[] = [];
  const starts = [0];
  const codes: number[] = [];
  const shares: number[] = [];
  for (const node of nodes) {
    for (const [i, feature] of node.features.entries()) {
      features.push(feature);
      const group = node.groups[i];
      for (const code of group?.codes ?? []) codes.push(code);
      for (const share of group?.shares ?? []) shares.push(share);
      starts.push(codes.length);
    }
    nodeStarts.push(features.length);
  }
  return {
    nodeStarts: Uint32Array.from(nodeStarts),
    features: Uint16Array.from(features),
    starts: Uint32Array.from(starts),
    codes: Uint16Array.from(codes),
    shares: Uint16Array.from(shares),
  };
}

/** Fills `groupOf`, by code of the entry's predictor, with the numbers of its groups: 0 is none. */
export function spreadGroups(
  { starts, codes }: PairShares,
  entry: number,
  { isCategory, codeCount }: Predictor,
  groupOf: Uint8Array,
): void {
  const [start, end] = [starts[entry] as number, starts[entry + 1] as number];
  if (isCategory) {
    groupOf.fill(0, 0, codeCount);
    for (let g = start; g < end; g++) groupOf[codes[g] as number] = g - start + 1;
  } else {
    for (let g = start; g < end; g++) {
      groupOf.fill(g - start + 1, codes[g] as number, g + 1 < end ? (codes[g + 1] as number) : codeCount);
    }
  }
}

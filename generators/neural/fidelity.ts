// How far drawn rows are from real ones: what tells good weights from better ones where no loss does.
import type { CodePart } from '../../models/codes/index.ts';
import { drawnCounts } from '../coded/table.ts';

/** Most groups that the codes of a column are put into. */
const mostGroups = 10;
/** Most pairs of columns that are compared. */
const mostPairs = 1000;

/**
 * Mean over pairs of columns of the total variation distance of their joint shares, in [0, 1]; of the shares of the column
 * alone if there is but one.
 * @param columns positions of the code columns to compare
 */
export function pairDistance(
  parts: readonly CodePart[],
  real: readonly Uint16Array[],
  drawn: readonly Uint16Array[],
  columns: readonly number[],
): number {
  const groups = columns.map((p) => groupOf(parts[p] as CodePart));
  const pairs = columns.flatMap((_, a) => columns.slice(a + 1).map((__, b): [number, number] => [a, a + 1 + b]));
  const [first] = columns;
  if (first === undefined) return 0;
  const compared = pairs.length === 0 ? [[0, 0] as const] : spreadOut(pairs);
  let sum = 0;
  for (const [a, b] of compared) {
    const [p, q] = [columns[a] as number, columns[b] as number];
    const joint = new Float64Array(mostGroups * mostGroups);
    const add = (rows: readonly Uint16Array[]): void => {
      const [x, y, share] = [rows[p] as Uint16Array, rows[q] as Uint16Array, 1 / (rows[p] as Uint16Array).length];
      const [groupX, groupY] = [groups[a] as Uint8Array, groups[b] as Uint8Array];
      const signed = rows === real ? share : -share;
      for (let row = 0; row < x.length; row++) {
        const cell = (groupX[x[row] as number] as number) * mostGroups + (groupY[y[row] as number] as number);
        joint[cell] = (joint[cell] as number) + signed;
      }
    };
    add(real);
    add(drawn);
    sum += joint.reduce((total, difference) => total + Math.abs(difference), 0) / 2;
  }
  return sum / compared.length;
}

/** At most {@link mostPairs} of them, evenly spread. */
function spreadOut<Pair>(pairs: readonly Pair[]): readonly Pair[] {
  const stride = Math.max(1, pairs.length / mostPairs);
  return Array.from({ length: Math.min(pairs.length, mostPairs) }, (_, i) => pairs[Math.floor(i * stride)] as Pair);
}

/** The group of each code: the most frequent levels of a category, else runs of neighbours with about equally many rows. */
function groupOf({ codes }: CodePart): Uint8Array {
  const counts = drawnCounts(codes);
  const groups = new Uint8Array(counts.length);
  const all = [...counts.keys()];
  if (codes.kind === 'category') {
    const ranked = all.sort((x, y) => (counts[y] as number) - (counts[x] as number) || x - y);
    for (const [rank, code] of ranked.entries()) groups[code] = Math.min(rank, mostGroups - 1);
    return groups;
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  for (const code of all) {
    groups[code] = Math.min(mostGroups - 1, Math.floor((mostGroups * below) / Math.max(1, total)));
    below += counts[code] as number;
  }
  return groups;
}

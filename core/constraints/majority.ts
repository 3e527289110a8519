// Makes dependent columns follow their determinants in every row: rows that deviate get the value that most have.
import type { ColumnVector } from '../batch.ts';
import { takeRows } from '../batch.ts';
import { SynthError } from '../errors.ts';
import { createGrouper, summariseGroups } from './groups.ts';

/** Rows that may deviate from a dependency in the source, as a share: beyond it, the dependency is not there. */
export const deviationTolerance = 0.01;

export interface MajorityResult {
  /** The dependents, one entry per row, after deviating rows were given the majority's values. */
  readonly vectors: readonly ColumnVector[];
  /** The group of determinants in each row, and their sizes. */
  readonly groups: Uint32Array;
  readonly sizes: Uint32Array;
  readonly first: Uint32Array;
}

/** @throws SynthError `constraint.not-dependent` when more than 1 % of the rows deviate */
export function followMajority(
  title: string,
  determinants: readonly ColumnVector[],
  dependents: readonly ColumnVector[],
  rowCount: number,
): MajorityResult {
  const grouper = createGrouper(determinants.length);
  const groups = grouper.add(determinants, rowCount);
  const { sizes, first } = summariseGroups(groups, grouper.count());
  const values = createGrouper(dependents.length);
  const valueNumbers = values.add(dependents, rowCount);
  const pairs = createGrouper(2);
  const pairOf = pairs.add(
    [groups, valueNumbers].map((numbers) => ({ kind: 'number', values: Float64Array.from(numbers) })),
    rowCount,
  );
  const pairSummary = summariseGroups(pairOf, pairs.count());
  const best = new Int32Array(grouper.count()).fill(-1);
  for (let pair = 0; pair < pairs.count(); pair++) {
    const group = groups[pairSummary.first[pair] as number] as number;
    const current = best[group] as number;
    if (current < 0 || (pairSummary.sizes[pair] as number) > (pairSummary.sizes[current] as number)) best[group] = pair;
  }
  const source = new Uint32Array(rowCount);
  let deviating = 0;
  for (let row = 0; row < rowCount; row++) {
    const pair = best[groups[row] as number] as number;
    if (pair !== pairOf[row]) deviating++;
    source[row] = pair === pairOf[row] ? row : (pairSummary.first[pair] as number);
  }
  if (deviating > deviationTolerance * rowCount) {
    throw new SynthError(
      'constraint.not-dependent',
      `The rule ${title} does not hold in the source: ${((100 * deviating) / rowCount).toFixed(1)} % of the rows deviate from their group's most frequent value.`,
      { hint: 'Remove the rule, or add the columns that decide the value to `on`.' },
    );
  }
  const vectors = deviating === 0 ? dependents : dependents.map((vector) => takeRows(vector, source));
  return { vectors, groups, sizes, first };
}

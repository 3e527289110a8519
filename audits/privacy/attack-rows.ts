// The rows that privacy attacks read: people who were learnt from, people who were not, and the mirror.
import type { AuditInput, Measurement } from '../../core/audit.ts';
import type { Frame } from '../frame.ts';
import { neighbourhoodRows, neighbourhoodsOf } from '../neighbourhoods.ts';
import { neighbourTree, rowsLookedAt, spaceOf } from '../neighbours.ts';
import { type ColumnSample, type PeopleSample, type RowSample, samplePeople, sampleRows } from '../rows.ts';

/** Rows of one person: the attacker knows no more of anybody. */
const mostPerPerson = 5;
/** Fewer people whom nobody learnt from say too little about how often an attack succeeds by chance. */
const leastControls = 500;

export interface AttackRows {
  readonly members: PeopleSample;
  /** The holdout. */
  readonly others: PeopleSample;
  readonly mirror: RowSample;
  /** People of each side that can be attacked with a search among the mirror's rows each: fewer where searches are slow. */
  readonly affordable: number;
}

/** Rows that the searches for one side may look at: some seconds. */
const affordableLooks = 60_000_000;
/** However slow searches are, so many people are attacked. */
const leastAttacks = 2000;
/** Searches that tell how slow they are. */
const trials = 64;

/**
 * The same rows for every attack of a run. A string is the reason why there can be no attack: then no publish is stopped,
 * since a pass of an attack would have been no proof either, and prv.exact still stands guard.
 */
export async function attackRows(
  input: AuditInput,
  frame: Frame,
  seed: number,
  most: number = neighbourhoodRows,
): Promise<AttackRows | string> {
  if (frame.columns.length < 2) return 'Attacks need two columns that can be compared.';
  if (frame.n.real === 0 || frame.n.synthetic === 0) return 'One side has no rows.';
  const limits = { limit: most, perPerson: mostPerPerson, seed };
  const among = await neighbourhoodsOf(frame, most, seed);
  const others = await samplePeople(input, frame, 'holdout', limits, among);
  if (others.people < leastControls) {
    return `At least ${leastControls} people in the holdout are needed to compare with, there are ${others.people}.`;
  }
  const members = await samplePeople(input, frame, 'real', limits, among);
  const mirror = await sampleRows(input, frame, 'synthetic', most, seed, among);
  const affordable = await frame.memo(`affordable:${most}:${seed}`, async () => {
    const space = spaceOf([members, others, mirror]);
    const looked = rowsLookedAt(neighbourTree(space, space.of(mirror)), space.of(onePerPerson(members, trials)));
    return Math.max(leastAttacks, Math.floor(affordableLooks / Math.max(1, looked)));
  });
  return { members, others, mirror, affordable };
}

/** The sizes by which an attack is judged: people and, in the mirror, rows. */
export function attackSizes({ members, others, mirror }: AttackRows): Measurement['n'] {
  return { real: members.people, synthetic: mirror.rowCount, holdout: others.people };
}

/** One row of each of the first `limit` people: those of one person resemble each other and count once. */
export function onePerPerson(sample: PeopleSample, limit: number): RowSample {
  const rows: number[] = [];
  for (let row = 0; row < sample.rowCount && rows.length < limit; row++) {
    if (row === 0 || sample.owners[row] !== sample.owners[row - 1]) rows.push(row);
  }
  return pickRows(sample, rows);
}

export function pickRows(sample: RowSample, rows: readonly number[]): RowSample {
  const columns = sample.columns.map((column) =>
    column.kind === 'number'
      ? { ...column, values: Float64Array.from(rows, (row) => column.values[row] as number) }
      : { ...column, codes: Int32Array.from(rows, (row) => column.codes[row] as number) },
  );
  return { rowCount: rows.length, columns };
}

/** The sample without the columns that are not named. */
export function pickColumns(sample: RowSample, isPicked: (name: string) => boolean): RowSample {
  return { rowCount: sample.rowCount, columns: sample.columns.filter(({ name }) => isPicked(name)) };
}

export function columnOf(sample: RowSample, name: string): ColumnSample {
  const column = sample.columns.find((c) => c.name === name);
  if (column === undefined) throw new RangeError('a name is no column of the sample');
  return column;
}

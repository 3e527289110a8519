// What an attacker sees of a person: how near the mirror comes, and how near people do that nobody learnt from.
import { kNearest, neighbourTree, spaceOf } from '../neighbours.ts';
import type { PeopleSample, RowSample } from '../rows.ts';
import { type AttackRows, pickRows } from './attack-rows.ts';

/** Nearest rows that are looked at on either side. */
export const neighboursSeen = 5;

/** People on both sides, one entry each: of their rows the one that stands out most among the mirror's. */
export interface SeenPeople {
  readonly count: number;
  /** 1: learnt from. */
  readonly isMember: Uint8Array;
  /** Distances to the nearest five rows of the mirror, person after person. */
  readonly toMirror: Float64Array;
  /** Distances to the nearest five rows of the people held out who are compared with. */
  readonly toOthers: Float64Array;
  /** The greatest distance of a row of the person to its nearest of those: chosen without a look at the mirror. */
  readonly isolation: Float64Array;
}

/** Of so many people held out one is what the attacker compares with, and the others are attacked. */
const oneComparedOf = 3;

const isCompared = (person: number): boolean => person % oneComparedOf === oneComparedOf - 1;

/**
 * At most `most` people of each side. People are attacked or compared with, never both: were the attacked compared with each
 * other, those who are nearest to each other would have the same distance, and a learner would know one by the other.
 */
export function seePeople({ members, others, mirror }: AttackRows, most: number): SeenPeople {
  const space = spaceOf([members, others, mirror]);
  const toMirror = neighbourTree(space, space.of(mirror));
  const toOthers = neighbourTree(space, space.of(pickRows(others, rowsOf(others, isCompared))));
  const attacked = [
    { isMember: true, targets: someOf(members, (person) => person < most) },
    { isMember: false, targets: someOf(others, (person) => person < most && !isCompared(person)) },
  ];
  const parts = attacked.map(({ isMember, targets }) => {
    const points = space.of(targets.sample);
    const nearest = (tree: typeof toMirror): Float64Array => kNearest(tree, points, neighboursSeen);
    return { isMember, targets, toMirror: nearest(toMirror), toOthers: nearest(toOthers) };
  });
  return joined(parts);
}

interface Targets {
  readonly sample: RowSample;
  /** Person of each row, 0, 1, …. */
  readonly owners: readonly number[];
  readonly people: number;
}

function rowsOf({ owners }: PeopleSample, isWanted: (person: number) => boolean): readonly number[] {
  const rows: number[] = [];
  for (const [row, person] of owners.entries()) if (isWanted(person)) rows.push(row);
  return rows;
}

function someOf(sample: PeopleSample, isWanted: (person: number) => boolean): Targets {
  const rows = rowsOf(sample, isWanted);
  let people = 0;
  const owners = rows.map((row, i) => {
    if (i === 0 || sample.owners[row] !== sample.owners[rows[i - 1] as number]) people++;
    return people - 1;
  });
  return { sample: pickRows(sample, rows), owners, people };
}

interface Part {
  readonly isMember: boolean;
  readonly targets: Targets;
  readonly toMirror: Float64Array;
  readonly toOthers: Float64Array;
}

function joined(parts: readonly Part[]): SeenPeople {
  const count = parts.reduce((sum, { targets }) => sum + targets.people, 0);
  const seen: SeenPeople = {
    count,
    isMember: new Uint8Array(count),
    toMirror: new Float64Array(count * neighboursSeen),
    toOthers: new Float64Array(count * neighboursSeen),
    isolation: new Float64Array(count).fill(Number.NEGATIVE_INFINITY),
  };
  let first = 0;
  for (const { isMember, targets, toMirror, toOthers } of parts) {
    const best = new Float64Array(targets.people).fill(Number.NEGATIVE_INFINITY);
    for (const [row, owner] of targets.owners.entries()) {
      const from = row * neighboursSeen;
      const person = first + owner;
      const isolation = toOthers[from] as number;
      if (isolation > (seen.isolation[person] as number)) seen.isolation[person] = isolation;
      const standsOut = isolation - (toMirror[from] as number);
      if (standsOut <= (best[owner] as number)) continue;
      best[owner] = standsOut;
      seen.toMirror.set(toMirror.subarray(from, from + neighboursSeen), person * neighboursSeen);
      seen.toOthers.set(toOthers.subarray(from, from + neighboursSeen), person * neighboursSeen);
    }
    seen.isMember.fill(isMember ? 1 : 0, first, first + targets.people);
    first += targets.people;
  }
  return seen;
}

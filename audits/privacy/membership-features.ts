// What an attacker sees of a person: how near the mirror comes, and how near people do that nobody learnt from.
import type { Space } from '../neighbours.ts';
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
  /** Distances to the nearest five rows of the part of the holdout that the person is not in. */
  readonly toOthers: Float64Array;
  /** The greatest distance of a row of the person to its nearest in that part: chosen without a look at the mirror. */
  readonly isolation: Float64Array;
}

/**
 * At most `most` people of each side. The holdout is both the non-members and what the attacker compares with: cut into two
 * halves by person, each half and half of the members are held against the other half, in equal numbers of rows.
 */
export function seePeople({ members, others, mirror }: AttackRows, most: number): SeenPeople {
  const halves = [0, 1].map((half) => ({
    members: someOf(members, most, half),
    others: someOf(others, most, half),
    compared: rowsOf(others, (person) => person % 2 === half),
  }));
  const space = spaceOf([members, others, mirror]);
  const comparedRows = Math.min(...halves.map(({ compared }) => compared.length));
  const toMirror = neighbourTree(space, space.of(mirror));
  const parts = halves.flatMap((half, i) => {
    const compared = (halves[1 - i] as (typeof halves)[number]).compared.slice(0, comparedRows);
    const toOthers = neighbourTree(space, space.of(pickRows(others, compared)));
    const near = (side: Targets, isMember: boolean) => ({
      isMember,
      targets: side,
      toMirror: kNearest(toMirror, pointsOf(space, side), neighboursSeen),
      toOthers: kNearest(toOthers, pointsOf(space, side), neighboursSeen),
    });
    return [near(half.members, true), near(half.others, false)];
  });
  return joined(parts);
}

interface Targets {
  readonly sample: RowSample;
  /** Person of each row, 0, 1, …. */
  readonly owners: readonly number[];
  readonly people: number;
}

function pointsOf(space: Space, { sample }: Targets) {
  return space.of(sample);
}

function rowsOf({ owners }: PeopleSample, isWanted: (person: number) => boolean): readonly number[] {
  const rows: number[] = [];
  for (const [row, person] of owners.entries()) if (isWanted(person)) rows.push(row);
  return rows;
}

function someOf(sample: PeopleSample, most: number, half: number): Targets {
  const rows = rowsOf(sample, (person) => person < most && person % 2 === half);
  const owners = rows.map((row) => ((sample.owners[row] as number) - half) / 2);
  return { sample: pickRows(sample, rows), owners, people: 1 + (owners.at(-1) ?? -1) };
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

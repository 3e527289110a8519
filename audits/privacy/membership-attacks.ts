// Membership attacks: scores that are higher the more a person looks learnt from.
import type { FeatureTable } from '../../models/features.ts';
import { fitBoosting, predict } from '../../models/gbdt/index.ts';
import { neighboursSeen, type SeenPeople } from './membership-features.ts';

export type Attack = (people: SeenPeople, seed: number) => Float64Array;

export const membershipAttacks: readonly { readonly name: string; readonly score: Attack }[] = [
  { name: 'distance', score: byDistance },
  { name: 'difference', score: byDifference },
  { name: 'density', score: byDensity },
  { name: 'learnt', score: byLearning },
];

/** How near the nearest mirror row is (J. Yeom et al. 2018 for generators: D. Chen et al. 2020). */
function byDistance(people: SeenPeople): Float64Array {
  return perPerson(people, (i) => -(people.toMirror[i] as number));
}

/** How much nearer the mirror comes than people that nobody learnt from: what is near everybody says nothing. */
function byDifference(people: SeenPeople): Float64Array {
  return perPerson(people, (i) => (people.toOthers[i] as number) - (people.toMirror[i] as number));
}

/**
 * DOMIAS: the mirror's density where the person is over that of the population (B. van Breugel et al. 2023). Both are
 * exponential kernels over the nearest rows, as wide as the median distance to the nearest of the population.
 */
function byDensity(people: SeenPeople): Float64Array {
  const { toMirror, toOthers } = people;
  const nearest = perPerson(people, (i) => toOthers[i] as number).sort();
  const width = Math.max(nearest[nearest.length >> 1] ?? 1, 1e-6);
  const logDensity = (distances: Float64Array, from: number): number => {
    const least = distances[from] as number;
    if (!Number.isFinite(least)) return Number.NEGATIVE_INFINITY;
    let sum = 0;
    for (let i = from; i < from + neighboursSeen; i++) sum += Math.exp((least - (distances[i] as number)) / width);
    return Math.log(sum) - least / width;
  };
  return perPerson(people, (i) => logDensity(toMirror, i) - logDensity(toOthers, i));
}

/** Every person is in one of so many parts; each part is scored by what was learnt from the others. */
const folds = 4;

/**
 * An attacker who knows of some people whether they were learnt from, and learns from all distances what tells it: boosted
 * trees, each person scored by a model that never saw them.
 */
function byLearning(people: SeenPeople, seed: number): Float64Array {
  const { count, isMember, toMirror, toOthers } = people;
  const columns = [toMirror, toOthers].flatMap((distances) =>
    Array.from({ length: neighboursSeen }, (_, k) => perPerson(people, (i) => finite(distances[i + k] as number))),
  );
  columns.push(byDifference(people).map(finite), byDensity(people).map(finite));
  const fold = new Uint8Array(count);
  const placed = [0, 0];
  for (let i = 0; i < count; i++) {
    const side = isMember[i] as number;
    fold[i] = (placed[side] as number) % folds;
    placed[side] = (placed[side] as number) + 1;
  }
  const scores = new Float64Array(count);
  for (let part = 0; part < folds; part++) {
    const inside: number[] = [];
    const outside: number[] = [];
    for (let i = 0; i < count; i++) (fold[i] === part ? inside : outside).push(i);
    const table = (rows: readonly number[]): FeatureTable => ({
      rowCount: rows.length,
      columns: columns.map((values, c) => ({
        kind: 'number',
        name: `d${c}`,
        values: Float64Array.from(rows, (i) => values[i] as number),
      })),
    });
    const target = Float64Array.from(outside, (i) => isMember[i] as number);
    const model = fitBoosting(table(outside), target, { kind: 'binary' }, { rounds: 40, maximalLeaves: 8, seed });
    const predicted = predict(model, table(inside));
    for (const [place, i] of inside.entries()) scores[i] = predicted[place] as number;
  }
  return scores;
}

/** @param of gets the place of the person's first distance */
function perPerson({ count }: SeenPeople, of: (first: number) => number): Float64Array {
  return Float64Array.from({ length: count }, (_, person) => of(person * neighboursSeen));
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}

// How many questions single out a person who was learnt from, and how many would if the mirror knew nobody.
import { sequence } from '../../core/random.ts';
import type { PeopleSample } from '../rows.ts';
import { Z99 } from '../statistics/normal.ts';
import { type Attacks, type Risk, residualRisk } from '../statistics/residual-risk.ts';
import { matching, type SearchedRows } from './predicates.ts';
import type { Query } from './singling-queries.ts';

/** People who answer a question, at most: with more it hardly ever points to one. */
const mostAnswering = 20;
const deals = 400;

/** Per question: the people who answer it, those learnt from by their number, the others by −1 − number. */
export type Answers = readonly (readonly number[])[];

/** A side's rows with what finds them. */
export interface SearchedPeople {
  readonly sample: PeopleSample;
  readonly rows: SearchedRows;
}

/** Questions that more than twenty people answer have none. */
export function answersTo(queries: readonly Query[], members: SearchedPeople, others: SearchedPeople): Answers {
  return queries.map((query) => {
    const people = new Set<number>();
    for (const [sign, { sample, rows }] of [[1, members] as const, [-1, others] as const]) {
      matching(rows, query, (row) => {
        const person = sample.owners[row] as number;
        people.add(sign > 0 ? person : -1 - person);
        return people.size <= mostAnswering;
      });
    }
    return people.size > mostAnswering ? [] : [...people];
  });
}

/** Questions that a single one of the people learnt from answers. */
export function singledOut(answers: Answers): number {
  return answers.filter((people) => people.filter((person) => person >= 0).length === 1).length;
}

export interface SinglingRisk {
  readonly attack: Attacks;
  readonly control: Attacks;
  readonly risk: Risk | null;
  readonly null: { readonly q50: number; readonly q99: number };
}

/**
 * Anonymeter's risk with a control for any size of the holdout. Had the mirror known nobody, whoever answers a question would be
 * among the n people learnt from with the chance n / (n + m), m the size of the holdout. A question with c answers then singles
 * out with p(c) = c·share·(1 − share)^(c−1) and is answered in the holdout with π(c) = 1 − share^c: over the questions that
 * are, the sum of p/π is an unbiased estimate of the successes to be expected (Horvitz and Thompson 1952). Questions about
 * somebody learnt from alone add nothing to it. Anonymeter extrapolates the holdout by a fitted curve instead; with n = m
 * both expect the same.
 *
 * The null deals the people out anew, 400 times: which side a person is on is chance, whatever the questions share.
 */
export function singlingRisk(answers: Answers, n: number, m: number, seed: number): SinglingRisk {
  const share = n / (n + m);
  const weights = Array.from({ length: mostAnswering + 1 }, (_, c) => {
    return c === 0 ? 0 : (c * share * (1 - share) ** (c - 1)) / (1 - share ** c);
  });
  const seen = tally(answers, weights, (person) => person >= 0);
  const questions = answers.length;
  const draw = sequence(seed, 'deals');
  const dealt: number[] = [];
  for (let deal = 0; deal < deals; deal++) {
    const sides = new Map<number, boolean>();
    const isMember = (person: number): boolean => {
      const known = sides.get(person) ?? draw() < share;
      sides.set(person, known);
      return known;
    };
    const { hits, expected } = tally(answers, weights, isMember);
    dealt.push((hits - expected) / Math.max(1, questions - expected));
  }
  dealt.sort((a, b) => a - b);
  const mean = dealt.reduce((sum, value) => sum + value, 0) / deals;
  const deviation = Math.sqrt(dealt.reduce((sum, value) => sum + (value - mean) ** 2, 0) / deals);
  const attack = { hits: seen.hits, n: questions };
  // Weights make the estimate as uncertain as that many fewer questions would.
  const spread = seen.expected > 0 ? Math.max(1, seen.squares / seen.expected) : Math.max(...weights, 1);
  const control = { hits: Math.min(questions, seen.expected) / spread, n: questions / spread };
  return {
    attack,
    control,
    risk: residualRisk(attack, control),
    null: {
      q50: Math.max(0, mean),
      q99: Math.max(mean + Z99 * deviation, dealt[Math.ceil(0.99 * deals) - 1] as number),
    },
  };
}

/** Questions that single out, and the successes to be expected of them by those that the holdout answers. */
function tally(
  answers: Answers,
  weights: readonly number[],
  isMember: (person: number) => boolean,
): { readonly hits: number; readonly expected: number; readonly squares: number } {
  let hits = 0;
  let expected = 0;
  let squares = 0;
  for (const people of answers) {
    if (people.length === 0) continue;
    let inside = 0;
    for (const person of people) if (isMember(person)) inside++;
    if (inside === 1) hits++;
    if (inside === people.length) continue;
    const weight = weights[people.length] as number;
    expected += weight;
    squares += weight * weight;
  }
  return { hits, expected, squares };
}

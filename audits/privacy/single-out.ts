// prv.single_out: whether questions that point to one mirror row point to one person who was learnt from.
import { z } from 'zod';
import type { Audit, AuditContext, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import { frameOf } from '../frame.ts';
import type { PeopleSample } from '../rows.ts';
import { attackAudit, attacksOption, riskShape } from './attack-audit.ts';
import { attackRows, attackSizes } from './attack-rows.ts';
import { noBetter, noVerdict } from './attack-verdict.ts';
import { searched } from './predicates.ts';
import { answersTo, type SearchedPeople, singledOut, singlingRisk } from './singling.ts';
import { multivariateQueries, randomQueries, univariateQueries } from './singling-queries.ts';

interface SingleOutOptions extends Bounds {
  /** Questions of each kind, at most. */
  readonly attacks: number;
}

/** With fewer questions a rate says nothing. */
const leastQueries = 100;

export const singleOutAudit: Audit<SingleOutOptions> = {
  ...attackAudit,
  id: 'prv.single_out',
  title: 'What is said of a single row of the mirror is not true of a single real person.',
  advice: 'Raise k, or leave out (omit()) what identifies a person.',
  unit: 'risk',
  scope: 'table',
  options: z.strictObject({
    ...riskShape,
    attacks: attacksOption(2000),
  }),
  /**
   * Anonymeter's singling out (Giomi et al. 2023), two measurements of which each counts: by one column (values that one
   * mirror row has, ends of numbers) and by three. A success: exactly one person learnt from answers, with however many rows.
   * Guessing: random columns, comparisons and values of the mirror.
   */
  async run(
    input: AuditInput,
    options: SingleOutOptions,
    { seed, signal }: AuditContext,
  ): Promise<readonly Measurement[]> {
    const frame = await frameOf(input);
    const rows = await attackRows(input, frame, seed);
    if (typeof rows === 'string') return [{ columns: [], ...noVerdict, reason: rows, n: frame.n }];
    const { mirror } = rows;
    const asked = searched(mirror);
    const people = (sample: PeopleSample): SearchedPeople => ({ sample, rows: searched(sample) });
    const [members, others] = [people(rows.members), people(rows.others)];
    const attacks = [
      { name: 'univariate', width: 1, queries: univariateQueries(mirror, asked, options.attacks, seed) },
      { name: 'multivariate', width: 3, queries: multivariateQueries(mirror, asked, options.attacks, seed) },
    ];
    return attacks.map(({ name, width, queries }): Measurement => {
      signal.throwIfAborted();
      const about = { columns: [], name, n: attackSizes(rows) };
      if (queries.length < leastQueries) {
        const reason = `Only ${queries.length} questions point to a single row of the mirror, ${leastQueries} are needed.`;
        return { ...about, ...noVerdict, reason };
      }
      const {
        attack,
        risk,
        null: floor,
      } = singlingRisk(answersTo(queries, members, others), rows.members.people, rows.others.people, seed);
      const guesses = randomQueries(mirror, asked, width, queries.length, seed);
      const guessed = singledOut(answersTo(guesses, members, others)) / guesses.length;
      if (attack.hits / attack.n <= guessed) return { ...about, ...noVerdict, reason: noBetter };
      if (risk === null) return { ...about, ...noVerdict, reason: 'The attack always succeeds, learnt from or not.' };
      const { value, low, high } = risk;
      return { ...about, value, ci: { low, high, method: 'anonymeter' }, null: floor, blocks: false };
    });
  },
};

// prv.infer: whether the mirror row that is most like a person tells what the person keeps secret.
import { z } from 'zod';
import type { Audit, AuditContext, AuditInput, Measurement } from '../../core/audit.ts';
import { frameOf } from '../frame.ts';
import { kNearest, type NeighbourTree, neighbourTree, type Points, rowsWithin, spaceOf } from '../neighbours.ts';
import type { ColumnSample, RowSample } from '../rows.ts';
import type { Attacks } from '../statistics/residual-risk.ts';
import {
  type AttackOptions,
  attackAudit,
  attacksOption,
  riskShape,
  type SecretOptions,
  secretsOption,
} from './attack-audit.ts';
import { attackRows, attackSizes, columnOf, onePerPerson, pickColumns } from './attack-rows.ts';
import { attackMeasurement, noVerdict } from './attack-verdict.ts';
import { secretsOf } from './secrets.ts';

interface InferOptions extends AttackOptions, SecretOptions {}

/** A number is guessed when it is off by at most this share of the guess. */
const tolerance = 0.05;

export const inferAudit: Audit<InferOptions> = {
  ...attackAudit,
  id: 'prv.infer',
  title: 'What people keep secret cannot be read off the mirror row that is most like them.',
  advice: 'Coarsen or leave out the column that can be inferred.',
  unit: 'risk',
  scope: 'column',
  options: z.strictObject({
    ...riskShape,
    attacks: attacksOption(8000),
    secrets: secretsOption,
  }),
  /**
   * Anonymeter's inference (Giomi et al. 2023), per secret: the attacker knows all other columns of a person and guesses what
   * the nearest mirror row has. Of rows at the same least distance each is as likely: a success is the share that is right.
   * Guessing: what any mirror row has. Numbers count as guessed within 5 % of the guess.
   */
  async run(input: AuditInput, options: InferOptions, { seed, signal }: AuditContext): Promise<readonly Measurement[]> {
    const secrets = secretsOf(input, inferAudit.id, options.secrets);
    const frame = await frameOf(input);
    const rows = await attackRows(input, frame, seed);
    if (typeof rows === 'string') return [{ columns: [], ...noVerdict, reason: rows, n: frame.n }];
    const { mirror } = rows;
    const attacks = Math.min(options.attacks, rows.affordable);
    const members = onePerPerson(rows.members, attacks);
    const others = onePerPerson(rows.others, attacks);
    return secrets.map((secret) => {
      signal.throwIfAborted();
      const known = (sample: RowSample): RowSample => pickColumns(sample, (name) => name !== secret);
      const space = spaceOf([mirror, members, others].map(known));
      const tree = neighbourTree(space, space.of(known(mirror)));
      const guesses = columnOf(mirror, secret);
      const attackOn = (targets: RowSample): Attacks => ({
        hits: expectedHits(tree, space.of(known(targets)), guesses, columnOf(targets, secret)),
        n: targets.rowCount,
      });
      const outcome = {
        attack: attackOn(members),
        control: attackOn(others),
        baseline: guessedBlindly(guesses, columnOf(members, secret)),
      };
      return attackMeasurement(outcome, { columns: [secret], n: attackSizes(rows) });
    });
  },
};

/** The sum over targets of the share of their nearest mirror rows whose secret is theirs. */
function expectedHits(tree: NeighbourTree, targets: Points, guesses: ColumnSample, secrets: ColumnSample): number {
  const nearest = kNearest(tree, targets, 1);
  let hits = 0;
  for (let target = 0; target < targets.count; target++) {
    let right = 0;
    let tied = 0;
    rowsWithin(tree, targets, target, nearest[target] as number, (row) => {
      tied++;
      if (isGuessed(guesses, row, secrets, target)) right++;
    });
    hits += tied === 0 ? 0 : right / tied;
  }
  return hits;
}

/** NULL is guessed by NULL. */
function isGuessed(guesses: ColumnSample, row: number, secrets: ColumnSample, target: number): boolean {
  if (guesses.kind === 'category') return secrets.kind === 'category' && guesses.codes[row] === secrets.codes[target];
  if (secrets.kind !== 'number') return false;
  return isNear(guesses.values[row] as number, secrets.values[target] as number);
}

/** By the size of the guess, also of a negative one, where Anonymeter counts any negative guess as right. */
export function isNear(guess: number, secret: number): boolean {
  if (guess === secret || (Number.isNaN(guess) && Number.isNaN(secret))) return true;
  return Math.abs(guess - secret) <= tolerance * Math.abs(guess) && Number.isFinite(guess);
}

/** Share of right guesses when any mirror row is as likely, over all targets. */
function guessedBlindly(guesses: ColumnSample, secrets: ColumnSample): number {
  if (guesses.kind === 'category') {
    if (secrets.kind !== 'category') return 0;
    const counts = new Map<number, number>();
    for (const code of guesses.codes) counts.set(code, (counts.get(code) ?? 0) + 1);
    let right = 0;
    for (const code of secrets.codes) right += counts.get(code) ?? 0;
    return right / (guesses.codes.length * secrets.codes.length);
  }
  if (secrets.kind !== 'number') return 0;
  const { values } = guesses;
  // A thousand mirror rows say as much as all.
  const step = Math.max(1, Math.floor(values.length / 1000));
  let right = 0;
  let looked = 0;
  for (let row = 0; row < values.length; row += step) {
    looked += secrets.values.length;
    for (const secret of secrets.values) if (isNear(values[row] as number, secret)) right++;
  }
  return right / looked;
}

// An attack's measurement: its success on people who were learnt from, against people who were not, and against guessing.
import type { Measurement } from '../../core/audit.ts';
import { fisherGreater } from '../statistics/fisher.ts';
import { Z99 } from '../statistics/normal.ts';
import { type Attacks, residualRisk } from '../statistics/residual-risk.ts';

export interface AttackOutcome {
  readonly attack: Attacks;
  readonly control: Attacks;
  /** Successes of guessing without the mirror, as a share. */
  readonly baseline: number;
}

/** What a measurement of an attack has that could not be made, or says nothing. */
export const noVerdict = { value: null, blocks: false } as const;

/** Why a hit rate that guessing reaches decides nothing. */
export const noBetter = 'The attack does no better than guessing: it shows neither a leak nor that there is none.';

/**
 * `value`: residual risk with its interval. Null: both rates alike, normal with the pooled rate; `p` is Fisher's exact test.
 * An attack no better than guessing gives no value. It stops no publish: it is what good mirrors look like to a weak attack,
 * and the other audits of privacy go on.
 */
export function attackMeasurement(
  { attack, control, baseline }: AttackOutcome,
  about: Pick<Measurement, 'columns' | 'name' | 'n'>,
): Measurement {
  if (attack.hits / attack.n <= baseline) return { ...about, ...noVerdict, reason: noBetter };
  const risk = residualRisk(attack, control);
  if (risk === null) return { ...about, ...noVerdict, reason: 'The attack always succeeds, learnt from or not.' };
  const { value, low, high } = risk;
  const pooled = (attack.hits + control.hits) / (attack.n + control.n);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / attack.n + 1 / control.n)) / Math.max(1 - pooled, 1e-9);
  return {
    ...about,
    value,
    ci: { low, high, method: 'anonymeter' },
    null: { q50: 0, q99: Z99 * deviation },
    p: fisherGreater(Math.floor(attack.hits), attack.n, Math.ceil(control.hits), control.n),
    blocks: false,
  };
}

// How much better an attack does on people that were learnt from than on people that were not: Anonymeter's risk.
import { type Interval, scoreInterval } from './proportion.ts';

/** Successes among attacks. `hits` may be a fraction: expected successes. */
export interface Attacks {
  readonly hits: number;
  readonly n: number;
}

export interface Risk extends Interval {
  readonly value: number;
}

/**
 * R = (r_attack − r_control) / (1 − r_control), r the centre of Wilson's interval, the 95 % error of R propagated from those
 * of the two rates; all within 0 and 1 (M. Giomi et al., "A unified framework for quantifying privacy risk in synthetic
 * data", 2023). Null when the control always succeeds: then nothing is left to be at risk.
 */
export function residualRisk(attack: Attacks, control: Attacks): Risk | null {
  const a = scoreInterval(attack.hits, attack.n);
  const c = scoreInterval(control.hits, control.n);
  const left = 1 - c.centre;
  if (left <= 0) return null;
  const value = (a.centre - c.centre) / left;
  const error = Math.hypot(a.half / left, (c.half * (a.centre - 1)) / (left * left));
  return { value: within(value), low: within(value - error), high: within(value + error) };
}

function within(share: number): number {
  return Math.min(1, Math.max(0, share));
}

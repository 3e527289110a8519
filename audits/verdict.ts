// How a measurement becomes a verdict. The same for every audit, so that a pass means the same everywhere.
import type { Audit, Bounds, Measurement, Verdict } from '../core/audit.ts';

type Judged = Pick<Audit, 'direction' | 'family' | 'minRows' | 'unit'>;

export interface Judgement {
  readonly verdict: Verdict;
  /** One sentence without a value of the data. */
  readonly reason: string;
}

/**
 * - No value: inconclusive, with the audit's own reason. Fewer rows than `minRows` on the smaller side: inconclusive.
 * - A bound counts as crossed when the value is beyond it AND outside the null (beyond `null.q99`): two samples of the
 *   real table would differ less, so the mirror is to blame.
 * - With a confidence interval, privacy holds its upper limit against the bound (a mirror has to show that it is safe),
 *   everything else its lower limit (a mirror is blamed for what is certain).
 * - Direction `below` mirrors all this; its `null.q99` is the value that 99 of 100 null replicates exceed.
 */
export function judge(audit: Judged, bounds: Bounds, measurement: Measurement): Judgement {
  const { value, n } = measurement;
  const about = measurement.reason === undefined ? '' : `${measurement.reason}: `;
  if (value === null || !Number.isFinite(value)) {
    return { verdict: 'inconclusive', reason: measurement.reason ?? 'It cannot be scored on these rows.' };
  }
  const rows = Math.min(n.real, n.synthetic);
  if (rows < audit.minRows) {
    const need = `${audit.minRows} rows on each side are needed, the smaller has ${rows}.`;
    return { verdict: 'inconclusive', reason: `${about}too few to decide, ${need}` };
  }
  const shown = `${format(value)} ${audit.unit}`;
  const { warnAt, failAt } = audit.direction === 'zero' ? { warnAt: null, failAt: 0 } : bounds;
  const sign = audit.direction === 'below' ? -1 : 1;
  const gated = gatedValue(audit, measurement, value);
  const beyond = (bound: number | null): bound is number => bound !== null && sign * gated > sign * bound;
  const crossed = beyond(failAt) ? failAt : beyond(warnAt) ? warnAt : null;
  if (crossed === null) {
    const against = audit.direction === 'zero' ? 'none is allowed' : limits(warnAt, failAt);
    return { verdict: 'pass', reason: `${about}${shown}, ${against}.` };
  }
  const floor = measurement.null;
  if (floor !== undefined && sign * value <= sign * floor.q99) {
    const same = `two samples of the real table differ as much (up to ${format(floor.q99)})`;
    return { verdict: 'pass', reason: `${about}${shown}, but ${same}.` };
  }
  const past = audit.direction === 'zero' ? 'none is allowed' : `beyond the bound of ${format(crossed)}`;
  const noise = floor === undefined || audit.direction === 'zero' ? '' : ` and the noise of ${format(floor.q99)}`;
  return { verdict: beyond(failAt) ? 'fail' : 'warn', reason: `${about}${shown}, ${past}${noise}.` };
}

function gatedValue(audit: Judged, { ci }: Measurement, value: number): number {
  if (ci === undefined || audit.direction === 'zero') return value;
  // The cautious limit of privacy is the bad side of the interval; that of everything else is the good side.
  const upper = (audit.family === 'privacy') === (audit.direction === 'above');
  return upper ? ci.high : ci.low;
}

function limits(warnAt: number | null, failAt: number | null): string {
  if (warnAt === null && failAt === null) return 'reported only';
  if (warnAt === null) return `within the bound of ${format(failAt as number)}`;
  return `within the bound of ${format(warnAt)}`;
}

function format(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
}

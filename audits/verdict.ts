// How a measurement becomes a verdict. The same for every audit, so that a pass means the same everywhere.
import type { Audit, Bounds, Measurement, Verdict } from '../core/audit.ts';

type Judged = Pick<Audit, 'direction' | 'family' | 'minRows' | 'unit'>;

export interface Judgement {
  readonly verdict: Verdict;
  /** One sentence without a value of the data. */
  readonly reason: string;
}

/** A p-value corrected for all `tests` of a family, and the level that it is held against. */
export interface Significance {
  readonly adjusted: number;
  readonly tests: number;
  readonly method: 'Benjamini–Hochberg' | 'Holm';
  readonly alpha: number;
}

/**
 * - No value: inconclusive, with the audit's own reason. Fewer rows than `minRows` on the smaller side: inconclusive.
 * - A bound counts as crossed when the value is beyond it AND outside the null (beyond `null.q99`): two samples of the
 *   real table would differ less, so the mirror is to blame. Where there is a p-value, the one adjusted for all tests of the
 *   family must be at most alpha, too: among 190 pairs two are beyond their q99 by chance.
 * - With a confidence interval, privacy holds its upper limit against the bound (a mirror has to show that it is safe),
 *   everything else its lower limit (a mirror is blamed for what is certain).
 * - Direction `below` mirrors all this; its `null.q99` is the value that 99 of 100 null replicates exceed.
 * - Direction `outside` is judged as `above` with its upper bounds and as `below` with its lower ones; the worse counts.
 * - Direction `zero` counts violations: its bounds are no warning and 0, unless the config allows some.
 */
export function judge(audit: Judged, bounds: Bounds, measurement: Measurement, significance?: Significance): Judgement {
  if (audit.direction !== 'outside') return judgeSide(audit, bounds, measurement, significance);
  const { null: floor, ...rest } = measurement;
  const [low, high] = [lowerBounds(bounds), { warnAt: bounds.warnAt, failAt: bounds.failAt }];
  const floorBelow = floor?.q01 === undefined ? {} : { null: { q50: floor.q50, q99: floor.q01 } };
  const ends = [low.warnAt ?? low.failAt, high.warnAt ?? high.failAt] as const;
  const both =
    ends[0] === null || ends[1] === null
      ? undefined
      : `within ${bare(ends[0], audit.unit)} to ${bare(ends[1], audit.unit)}`;
  const above = judgeSide({ ...audit, direction: 'above' }, high, measurement, significance, both);
  const below = judgeSide({ ...audit, direction: 'below' }, low, { ...rest, ...floorBelow }, significance, both);
  const order: readonly Verdict[] = ['pass', 'warn', 'fail'];
  if (above.verdict !== below.verdict) {
    return order.indexOf(below.verdict) > order.indexOf(above.verdict) ? below : above;
  }
  // Alike: told of the end that the value is nearer to.
  const { value } = measurement;
  if (value === null || ends[0] === null) return above;
  return ends[1] === null || value < (ends[0] + ends[1]) / 2 ? below : above;
}

/** The lower ends of an audit of direction `outside`, as bounds. */
export function lowerBounds({ warnBelow, failBelow }: Bounds): Bounds {
  return { warnAt: warnBelow ?? null, failAt: failBelow ?? null };
}

function judgeSide(
  audit: Judged,
  bounds: Bounds,
  measurement: Measurement,
  significance: Significance | undefined,
  within: string = limits(bounds.warnAt, bounds.failAt, audit.unit),
): Judgement {
  const { value } = measurement;
  const about = measurement.reason === undefined ? '' : `${measurement.reason}: `;
  if (value === null || !Number.isFinite(value)) {
    return { verdict: 'inconclusive', reason: measurement.reason ?? 'It cannot be scored on these rows.' };
  }
  const rows = smallerSide(measurement);
  if (rows < audit.minRows) {
    const need = audit.minRows === 1 ? '1 row on each side is' : `${audit.minRows} rows on each side are`;
    return { verdict: 'inconclusive', reason: `${about}too few to decide, ${need} needed, the smaller has ${rows}.` };
  }
  const format = (number: number): string => bare(number, audit.unit);
  const shown = withUnit(value, audit);
  const { warnAt, failAt } = bounds;
  const sign = audit.direction === 'below' ? -1 : 1;
  const gated = gatedValue(audit, measurement, value);
  const beyond = (bound: number | null): bound is number => bound !== null && sign * gated > sign * bound;
  const crossed = beyond(failAt) ? failAt : beyond(warnAt) ? warnAt : null;
  const strict = audit.direction === 'zero' && (crossed ?? failAt) === 0;
  if (crossed === null) {
    return { verdict: 'pass', reason: `${about}${shown}, ${strict ? 'none is allowed' : within}.` };
  }
  const floor = measurement.null;
  if (floor !== undefined && sign * value <= sign * floor.q99) {
    const same = `two samples of the real table differ as much (up to ${format(floor.q99)})`;
    return { verdict: 'pass', reason: `${about}${shown}, but ${same}.` };
  }
  if (significance !== undefined && significance.adjusted > significance.alpha) {
    return {
      verdict: 'pass',
      reason: `${about}${shown}, but as much is found by chance (${described(significance)}).`,
    };
  }
  const past = strict ? 'none is allowed' : `beyond the bound of ${format(crossed)}`;
  const noise = floor === undefined || audit.direction === 'zero' ? '' : ` and the noise of ${format(floor.q99)}`;
  const chance = significance === undefined ? '' : ` (${described(significance)})`;
  return { verdict: beyond(failAt) ? 'fail' : 'warn', reason: `${about}${shown}, ${past}${noise}${chance}.` };
}

/** Whether a measurement could be decided at all: then its p-value takes part in the correction for many tests. */
export function isDecidable(audit: Judged, bounds: Bounds, measurement: Measurement): boolean {
  const { value } = measurement;
  if (value === null || !Number.isFinite(value) || smallerSide(measurement) < audit.minRows) return false;
  return [bounds.warnAt, bounds.failAt, bounds.warnBelow, bounds.failBelow].some((bound) => typeof bound === 'number');
}

function smallerSide({ n }: Measurement): number {
  return Math.min(n.real, n.synthetic);
}

function gatedValue(audit: Judged, { ci }: Measurement, value: number): number {
  if (ci === undefined || audit.direction === 'zero') return value;
  // The cautious limit of privacy is the bad side of the interval; that of everything else is the good side.
  const upper = (audit.family === 'privacy') === (audit.direction === 'above');
  return upper ? ci.high : ci.low;
}

/** The unit of a share says of what: `share of rows`. */
const SHARE = /^share of /;

/** `0.42 KS distance`, `11.1 % of rows`. */
function withUnit(value: number, audit: Judged): string {
  const { unit } = audit;
  if (SHARE.test(unit)) return `${bare(value, unit)} of ${unit.replace(SHARE, '')}`;
  return `${bare(value, unit)} ${value === 1 ? singular(audit) : unit}`;
}

/** A number of this unit without its name: shares as percentages. */
function bare(value: number, unit: string): string {
  return SHARE.test(unit) ? `${digits(value * 100)} %` : digits(value);
}

/** Violations are counted in one word, as `rows`. */
function singular({ direction, unit }: Judged): string {
  return direction === 'zero' && !unit.includes(' ') ? unit.replace(/s$/, '') : unit;
}

function limits(warnAt: number | null, failAt: number | null, unit: string): string {
  const bound = warnAt ?? failAt;
  return bound === null ? 'reported only' : `within the bound of ${bare(bound, unit)}`;
}

function described({ adjusted, tests, method }: Significance): string {
  const p = adjusted < 1e-4 ? 'p < .0001' : `p = ${digits(adjusted)}`;
  return tests === 1 ? p : `${p}, adjusted for ${tests} tests by ${method}`;
}

function digits(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
}

// Bounds and noise floors as people read them, for the report and the terminal alike.
import type { AuditResult } from '../audit.ts';
import { formatStatistic } from './format.ts';

/** `.05 / .1`, or `.45 – .65 / .4 – .8` where both ends are bounded. */
export function boundsText({ warnAt, failAt, warnBelow = null, failBelow = null }: AuditResult): string {
  if ([warnAt, failAt, warnBelow, failBelow].every((bound) => bound === null)) return '–';
  return `${rangeText(warnBelow, warnAt)} / ${rangeText(failBelow, failAt)}`;
}

function rangeText(low: number | null, high: number | null): string {
  return low === null ? formatStatistic(high) : `${formatStatistic(low)} – ${formatStatistic(high)}`;
}

/** From its median to its .99 quantile, or from its .01 quantile where both ends count. */
export function floorText({ null: floor }: AuditResult): string {
  return floor === undefined ? '–' : `${formatStatistic(floor.q01 ?? floor.q50)} – ${formatStatistic(floor.q99)}`;
}

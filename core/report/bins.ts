// Common bins for one column: where their edges are, and how bins with too few real rows are merged. Pure arithmetic.
import type { Bin, CellCounts, NumberUnit } from './model.ts';

/** Bin i is [(first + i) · step, (first + i + 1) · step); beyond both ends values belong to the first and last bin. */
export interface BinPlan {
  readonly first: number;
  readonly count: number;
  readonly step: number;
}

const TARGET_BINS = 48;
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;
// Widths that a reader of clocks and calendars expects, in seconds.
const CLOCK_STEPS = [1, 5, 15, 30, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR];
const DAY_STEPS = [1, 2, 7, 14, 28, 91, 182, 364].map((days) => days * DAY);

/**
 * Bins over [low, high] with round edges, so that no edge is a value of the data.
 * @param whole values are integers (or, for dates, whole days): bins are at least one of them wide
 */
export function planBins(low: number, high: number, unit: NumberUnit, whole: boolean): BinPlan {
  // Divided before subtracting: high − low overflows for doubles of both signs.
  const raw = high / TARGET_BINS - low / TARGET_BINS;
  const magnitude = Math.max(Math.abs(low), Math.abs(high));
  const smallest = unit === 'date' ? DAY : whole ? 1 : raw > 0 ? 0 : magnitude / 1000 || 1;
  // Below 2^-48 of the magnitude neighbouring edges would be the same double.
  const step = roundStep(Math.max(raw, smallest, magnitude * 2 ** -48, 1e-300), unit);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return { first, count: Math.max(1, last - first + 1), step };
}

function roundStep(raw: number, unit: NumberUnit): number {
  const clock = unit === 'time' || unit === 'timestamp' || unit === 'duration' ? CLOCK_STEPS : [];
  const days = unit === 'number' || unit === 'time' ? [] : DAY_STEPS;
  const known = unit === 'number' || raw < 1 ? undefined : [...clock, ...days].find((step) => step >= raw);
  if (known !== undefined) return known;
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= raw * (1 - 1e-12)) ?? 10;
  return factor * power;
}

/** The bins of a plan from their counts, merged until each holds no real row or at least k of them. */
export function mergeBins(plan: BinPlan, counts: readonly CellCounts[], k: number): readonly Bin[] {
  const merged: Bin[] = [];
  let open: Bin | undefined;
  const small = (bin: Bin): boolean => bin.real > 0 && bin.real < k;
  for (let i = 0; i < plan.count; i++) {
    const { real = 0, synthetic = 0 } = counts[i] ?? {};
    const bin: Bin = { from: edge(plan, i), to: edge(plan, i + 1), real, synthetic };
    open = open === undefined ? bin : join(open, bin);
    if (small(open)) continue;
    merged.push(open);
    open = undefined;
  }
  // What is left over at the end is merged backwards.
  while (open !== undefined) {
    const previous = merged.pop();
    if (previous !== undefined) open = join(previous, open);
    if (previous !== undefined && small(open)) continue;
    merged.push(open);
    open = undefined;
  }
  return merged;
}

function edge({ first, step }: BinPlan, index: number): number {
  // Through a decimal string, so that 3 · 0.1 is 0.3.
  return Number(((first + index) * step).toPrecision(15));
}

function join(a: Bin, b: Bin): Bin {
  return { from: a.from, to: b.to, real: a.real + b.real, synthetic: a.synthetic + b.synthetic };
}

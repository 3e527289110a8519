// What audits ask of one numeric column (distribution.ts), from the counts of its values in memory.
import type { Distribution, Moments, Reach } from '../distribution.ts';
import type { Sizes } from '../noise.ts';
import type { MemoryColumn } from './table.ts';

interface Steps {
  /** Different values of all sides, ascending: −∞ first, +∞ and NaN last. */
  readonly values: Float64Array;
  /** Rows of each value. */
  readonly r: Uint32Array;
  readonly s: Uint32Array;
  readonly h: Uint32Array;
  /** Where the finite values begin and end. */
  readonly from: number;
  readonly to: number;
  /** Greatest finite real magnitude: values are divided by it, or sums of squares near 1e308 would overflow. */
  readonly scale: number;
}

/** Values that the mirror and one of the other sides lack do not count: they are no step of any function. */
export function distributionOfCounts({ values, counts }: MemoryColumn, k: number): Distribution {
  const steps = stepsOf(values, counts.real.subarray(1), counts.synthetic.subarray(1), counts.holdout.subarray(1));
  const { r, s, h, from, to, scale } = steps;
  const n = { real: sum(r), synthetic: sum(s), holdout: sum(h) };
  const distances = distancesOf(steps, n);
  const moments = {
    real: momentsOf(steps, r),
    synthetic: momentsOf(steps, s),
    holdout: momentsOf(steps, h),
  };
  const finite = { real: moments.real.n, synthetic: moments.synthetic.n };
  const ends = endsOf(steps);
  let [distinct, outside, heldExtremes] = [0, 0, 0];
  const low = { real: 0, synthetic: 0, holdout: 0 };
  const high = { real: 0, synthetic: 0, holdout: 0 };
  // A tail of u is missed by all rows of a mirror with probability (1 − u)^n: .005 on each side.
  const missed = 1 - 0.005 ** (1 / Math.max(1, finite.synthetic));
  const reach = { low: Number.NaN, high: Number.NaN, nullLow: Number.NaN, nullHigh: Number.NaN };
  let below = 0;
  for (let i = 0; i < values.length; i++) {
    const v = values[i] as number;
    const [rows, mirror, held] = [r[i] as number, s[i] as number, h[i] as number];
    if (rows > 0) distinct++;
    if (i < from || i >= to) {
      if (rows + held === 0) outside += mirror;
      continue;
    }
    const upTo = below + rows;
    if (Number.isNaN(ends.low) || v < ends.low || v > ends.high) outside += mirror;
    const atEnd = (v === ends.low && v === ends.mirrorLow) || (v === ends.high && v === ends.mirrorHigh);
    if (rows + held < k && atEnd) heldExtremes++;
    if (upTo < 0.01 * finite.real) add(low, rows, mirror, held);
    if (below >= 0.99 * finite.real) add(high, rows, mirror, held);
    const x = v / scale;
    if (upTo >= k && Number.isNaN(reach.low)) reach.low = x;
    if (finite.real - below >= k) reach.high = x;
    if (upTo >= missed * finite.real && Number.isNaN(reach.nullLow)) reach.nullLow = x;
    if (finite.real - below >= missed * finite.real && rows > 0) reach.nullHigh = x;
    below = upTo;
  }
  const all = [reach.low, reach.high, reach.nullLow, reach.nullHigh, ends.mirrorLow, ends.mirrorHigh];
  const span = (a: number, b: number): Reach => ({ low: a, high: b });
  return {
    n,
    distinct,
    ...distances,
    deviation: moments.real.variance === null ? null : Math.sqrt(moments.real.variance),
    moments,
    outside,
    heldExtremes,
    tails: { low, high },
    reach: all.some(Number.isNaN)
      ? null
      : {
          real: span(reach.low, reach.high),
          synthetic: span(ends.mirrorLow / scale, ends.mirrorHigh / scale),
          null: span(reach.nullLow, reach.nullHigh),
        },
  };
}

function stepsOf(values: Float64Array, r: Uint32Array, s: Uint32Array, h: Uint32Array): Steps {
  let [from, to] = [0, values.length];
  while (from < to && values[from] === Number.NEGATIVE_INFINITY) from++;
  while (to > from && !Number.isFinite(values[to - 1])) to--;
  let scale = 0;
  for (let i = from; i < to; i++) if ((r[i] as number) > 0) scale = Math.max(scale, Math.abs(values[i] as number));
  return { values, r, s, h, from, to, scale: scale > 0 ? scale : 1 };
}

function distancesOf({ values, r, s, h, scale }: Steps, n: Sizes): Pick<Distribution, 'ks' | 'w1'> {
  let [real, mirror, held] = [0, 0, 0];
  const ks = { synthetic: 0, holdout: 0 };
  const w1 = { synthetic: 0, holdout: 0 };
  let spread: number | null = null;
  for (let i = 0; i < values.length; i++) {
    real += r[i] as number;
    mirror += s[i] as number;
    held += h[i] as number;
    const apart = Math.abs(real / n.real - mirror / n.synthetic);
    const heldApart = Math.abs(real / n.real - held / n.holdout);
    ks.synthetic = Math.max(ks.synthetic, apart);
    ks.holdout = Math.max(ks.holdout, heldApart);
    const gap = (values[i + 1] ?? Number.NaN) / scale - (values[i] as number) / scale;
    if (!Number.isFinite(gap)) continue;
    w1.synthetic += apart * gap;
    w1.holdout += heldApart * gap;
    const pooled = (real + mirror) / (n.real + n.synthetic);
    if (n.real + n.synthetic > 0) spread = (spread ?? 0) + Math.sqrt(Math.max(0, pooled * (1 - pooled))) * gap;
  }
  const isCompared = n.real > 0 && n.synthetic > 0;
  const isHeld = n.real > 0 && n.holdout > 0;
  return {
    ks: { synthetic: isCompared ? ks.synthetic : null, holdout: isHeld ? ks.holdout : null },
    w1: { synthetic: isCompared ? w1.synthetic : null, holdout: isHeld ? w1.holdout : null, spread },
  };
}

function momentsOf({ values, from, to, scale }: Steps, weights: Uint32Array): Moments {
  let [n, total] = [0, 0];
  for (let i = from; i < to; i++) {
    n += weights[i] as number;
    total += (weights[i] as number) * ((values[i] as number) / scale);
  }
  if (n === 0) return { n, variance: null, kurtosis: null };
  let [square, fourth] = [0, 0];
  for (let i = from; i < to; i++) {
    const weight = weights[i] as number;
    if (weight === 0) continue;
    const apart = (values[i] as number) / scale - total / n;
    square += weight * apart * apart;
    fourth += weight * apart * apart * (apart * apart);
  }
  const variance = square / n;
  return { n, variance, kurtosis: variance > 0 ? fourth / n / (variance * variance) : null };
}

/** Least and greatest finite value of the real rows, the holdout's too, and of the mirror; NaN without one. */
function endsOf({ values, r, s, h, from, to }: Steps): {
  readonly low: number;
  readonly high: number;
  readonly mirrorLow: number;
  readonly mirrorHigh: number;
} {
  const ends = { low: Number.NaN, high: Number.NaN, mirrorLow: Number.NaN, mirrorHigh: Number.NaN };
  for (let i = from; i < to; i++) {
    const v = values[i] as number;
    if ((r[i] as number) + (h[i] as number) > 0) {
      if (Number.isNaN(ends.low)) ends.low = v;
      ends.high = v;
    }
    if ((s[i] as number) > 0) {
      if (Number.isNaN(ends.mirrorLow)) ends.mirrorLow = v;
      ends.mirrorHigh = v;
    }
  }
  return ends;
}

function sum(counts: Uint32Array): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}

function add(tail: { real: number; synthetic: number; holdout: number }, r: number, s: number, h: number): void {
  tail.real += r;
  tail.synthetic += s;
  tail.holdout += h;
}

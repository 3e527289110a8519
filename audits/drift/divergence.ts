// How far a column has moved from its sketch: population stability index, Wasserstein-1 distance, share outside.
import type { CategorySketch, ColumnSketch, NumberSketch } from '../../core/sketch.ts';
import { chiSquareQuantile, chiSquareTail } from '../statistics/chi-square.ts';
import { ABS_Z99, Z975 } from '../statistics/normal.ts';
import { type TotalVariation, totalVariation } from '../statistics/tvd.ts';

/** Cells of a stability index: deciles, or the most frequent categories and all others. */
const psiCells = 10;

export interface Divergence {
  readonly value: number;
  readonly null: { readonly q50: number; readonly q99: number };
  readonly p?: number;
  readonly ci?: { readonly low: number; readonly high: number; readonly method: string };
  /** What most of it is, when that has a name. */
  readonly reason?: string;
}

/**
 * Σ (p − q) ln(p / q) over at most ten cells and the missing values, half a row added to each. Under "same distribution" it
 * is about (1/n + 1/m) χ² with one degree of freedom less than cells (B. Yurdakul 2018). Undefined for a side without rows.
 */
export function stabilityIndex(learnt: ColumnSketch, today: ColumnSketch): Divergence | undefined {
  const cells = coarse(cellsOf(learnt), cellsOf(today), learnt.kind === 'number').filter(({ a, b }) => a + b > 0);
  const [n, m] = [sum(cells.map(({ a }) => a)), sum(cells.map(({ b }) => b))];
  if (n === 0 || m === 0) return undefined;
  const width = cells.length / 2;
  const terms = cells.map(({ a, b }) => {
    const [p, q] = [(a + 0.5) / (n + width), (b + 0.5) / (m + width)];
    return (p - q) * Math.log(p / q);
  });
  const value = sum(terms);
  // Missing values shift all other shares as well: the rest is judged among the values that are there.
  const [then, now] = [learnt.missing / n, today.missing / m];
  const byMissing = Math.abs(now - then) > 0.05 && (terms.at(-1) ?? 0) > value / 3;
  const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
  const reason = byMissing
    ? { reason: `Mostly missing values, ${percent(then)} when learnt and ${percent(now)} now` }
    : {};
  const degrees = cells.length - 1;
  if (degrees < 1) return { value: 0, null: { q50: 0, q99: 0 } };
  const unit = 1 / n + 1 / m;
  const quantile = (tail: number): number => unit * chiSquareQuantile(tail, degrees);
  return {
    value,
    null: { q50: quantile(0.5), q99: quantile(0.01) },
    p: chiSquareTail(value / unit, degrees),
    ...reason,
  };
}

/**
 * How much further the mirror is from today's source than from what was learnt, in total variation distance above noise on
 * ten cells and the missing values; `noise` is the .99 quantile above the mean when nothing has changed.
 */
export function staleness(
  learnt: ColumnSketch,
  today: ColumnSketch,
  mirror: ColumnSketch,
): { readonly value: number; readonly noise: number } | undefined {
  const ordered = learnt.kind === 'number';
  const now = coarse(cellsOf(learnt), cellsOf(today), ordered);
  const fresh = coarse(cellsOf(learnt), cellsOf(mirror), ordered);
  const away = totalVariation(now.map(({ b }, i) => ({ a: b, b: fresh[i]?.b ?? 0 })));
  const then = totalVariation(fresh);
  if (away === undefined || then === undefined) return undefined;
  const excess = ({ value, null: floor }: TotalVariation): number => Math.max(0, value - floor.mean);
  return { value: Math.max(0, excess(away) - excess(then)), noise: away.null.q99 - away.null.mean };
}

/**
 * Wasserstein-1 distance in standard deviations of what was learnt: ∫ |F − G| with both distribution functions straight
 * within cells and everything beyond the ends put there, or the distance of the means, which no W1 is below. Null as that
 * of fid.w1; the interval is that of the delta method. Undefined where there is no unit or no value.
 */
export function driftDistance(learnt: NumberSketch, today: NumberSketch): Divergence | undefined {
  const { deviation } = learnt;
  const [n, m] = [sum(learnt.rows), sum(today.rows)];
  if (deviation === null || !(deviation > 0) || learnt.mean === null || today.mean === null) return undefined;
  if (n === 0 || m === 0) return undefined;
  let [f, g, area, spread] = [0, 0, 0, 0];
  const signed: number[] = [];
  let before: number | undefined;
  for (const [i, edge] of learnt.edges.entries()) {
    const from = { f: f / n, g: g / m };
    f += learnt.rows[i] ?? 0;
    g += today.rows[i] ?? 0;
    if (before !== undefined) {
      const width = edge - before;
      area += width * meanDistance(from.f - from.g, f / n - g / m);
      signed.push(width * Math.sign(from.f - from.g + f / n - g / m));
      const pooled = (from.f + from.g + f / n + g / m) / 4;
      spread += width * Math.sqrt(Math.max(0, pooled * (1 - pooled)));
    }
    before = edge;
  }
  const unit = (spread * Math.sqrt(1 / n + 1 / m)) / deviation;
  const value = Math.max(area, Math.abs(learnt.mean - today.mean)) / deviation;
  const error = Math.sqrt(influence(learnt.rows, signed) / n + influence(today.rows, signed) / m) / deviation;
  const [low, high] = [Math.max(0, value - Z975 * error), value + Z975 * error];
  return {
    value,
    null: { q50: Math.sqrt(2 / Math.PI) * unit, q99: ABS_Z99 * unit },
    ci: { low, high, method: 'delta' },
  };
}

/**
 * The variance of what a row adds to ∫ s (F − G), s the sign of F − G: a row in cell i adds the signed widths of all cells above.
 * @param signed by inner cell: between edges i and i + 1
 */
function influence(rows: readonly number[], signed: readonly number[]): number {
  const n = sum(rows);
  let [above, mean, square] = [0, 0, 0];
  for (let i = rows.length - 1; i >= 0; i--) {
    // Rows within a cell lie in its middle, those beyond the ends at the ends.
    const own = signed[i - 1] ?? 0;
    const added = above + own / 2;
    above += own;
    const share = (rows[i] ?? 0) / n;
    mean += share * added;
    square += share * added * added;
  }
  return Math.max(0, square - mean * mean);
}

/** The mean of |a + (b − a) t| over t from 0 to 1. */
function meanDistance(a: number, b: number): number {
  if (a * b >= 0) return Math.abs(a + b) / 2;
  return (a * a + b * b) / (2 * Math.abs(a - b));
}

/**
 * The share of rows that nothing learnt says anything of: beyond the k-th extremes, or of a category that was none of the
 * frequent ones; less that share among what was learnt, where fewer than `k` rows count as k − 1. Null: that of a difference of two shares, one-sided.
 */
export function unknownShare(learnt: ColumnSketch, today: ColumnSketch, k: number): Divergence | undefined {
  const [before, now] = [unknownRows(learnt, k), unknownRows(today, 1)];
  if (before.n === 0 || now.n === 0) return undefined;
  const pooled = (before.rows + now.rows) / (before.n + now.n);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / before.n + 1 / now.n));
  const value = Math.max(0, now.rows / now.n - before.rows / before.n);
  return { value, null: { q50: 0, q99: ABS_Z99 * deviation } };
}

function unknownRows(sketch: ColumnSketch, k: number): { readonly rows: number; readonly n: number } {
  const { unknown, known } =
    sketch.kind === 'number'
      ? { unknown: [sketch.rows[0] ?? 0, sketch.rows.at(-1) ?? 0], known: sketch.rows.slice(1, -1) }
      : { unknown: [sketch.other], known: sketch.levels.map(({ rows }) => rows) };
  const rows = sum(unknown.map((count) => Math.max(count, k - 1)));
  return { rows, n: rows + sum(known) };
}

interface Cells {
  readonly missing: number;
  /** Numbers: in order of value. Categories: those with a cell of their own, in the sketch's order; the last is all others. */
  readonly rows: readonly number[];
}

function cellsOf(sketch: NumberSketch | CategorySketch): Cells {
  const { missing } = sketch;
  if (sketch.kind === 'number') return { missing, rows: sketch.rows };
  return { missing, rows: [...sketch.levels.map(({ rows }) => rows), sketch.other] };
}

interface Pair {
  readonly a: number;
  readonly b: number;
}

/** Neighbouring cells together, until each holds a tenth of what was learnt; categories from the least frequent. */
function coarse(learnt: Cells, today: Cells, ordered: boolean): readonly Pair[] {
  const fine = learnt.rows.map((a, i): Pair => ({ a, b: today.rows[i] ?? 0 }));
  const cells: Pair[] = [];
  if (ordered) {
    const wanted = sum(learnt.rows) / psiCells;
    let open = { a: 0, b: 0 };
    for (const cell of fine) {
      open = { a: open.a + cell.a, b: open.b + cell.b };
      if (open.a < wanted * (1 - 1e-9)) continue;
      cells.push(open);
      open = { a: 0, b: 0 };
    }
    const last = cells.pop() ?? { a: 0, b: 0 };
    cells.push({ a: last.a + open.a, b: last.b + open.b });
  } else {
    const [own, rest] = [fine.slice(0, psiCells - 1), fine.slice(psiCells - 1)];
    cells.push(...own, { a: sum(rest.map(({ a }) => a)), b: sum(rest.map(({ b }) => b)) });
  }
  return [...cells, { a: learnt.missing, b: today.missing }];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

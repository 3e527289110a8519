// How many real labels a synthetic table saves: models on k real labels alone, and models pre-trained on the synthetic table
// and then continued on the same k.
import type { DownstreamTask, MetricName } from '../../core/downstream.ts';
import { sequence } from '../../core/random.ts';
import { metrics, score } from '../metrics/index.ts';
import { type LearnerName, pretrain } from './pretrain.ts';
import { classesIn, type LabelledRows, pickLabelled } from './target.ts';

export interface LabelCurveOptions {
  readonly synthetic: LabelledRows;
  /** Where the k labels are drawn from. */
  readonly real: LabelledRows;
  /** Real rows that score both. */
  readonly test: LabelledRows;
  readonly task: DownstreamTask;
  readonly metric: MetricName;
  /** Default: boosting. */
  readonly learner?: LearnerName;
  /** Ascending, none above the real rows. */
  readonly labels: readonly number[];
  readonly draws: number;
  readonly seed: number;
}

export interface LabelPoint {
  readonly labels: number;
  /** Scores per draw, the same labels in both. */
  readonly alone: readonly number[];
  readonly tuned: readonly number[];
}

/** Null when the metric is not defined on the test rows. */
export function labelCurve(options: LabelCurveOptions): readonly LabelPoint[] | null {
  const { synthetic, real, test, task, metric, labels, draws, seed } = options;
  const learner = pretrain[options.learner ?? 'boosting']({ synthetic, test, task, seed });
  const points: LabelPoint[] = [];
  for (const k of labels) {
    const alone: number[] = [];
    const tuned: number[] = [];
    // All labels can be drawn in one way only.
    for (let draw = 0; draw < (k === real.target.length ? 1 : draws); draw++) {
      const rows = drawn(real, k, draw, seed);
      const canLearn = learnt(rows, task);
      const own = canLearn ? learner.alone(rows) : constant(rows, task, test.target.length);
      const continued = canLearn ? learner.tuned(rows) : learner.untuned();
      const scores = [score(metric, own, test.target), score(metric, continued, test.target)];
      if (scores[0] == null || scores[1] == null) return null;
      alone.push(scores[0]);
      tuned.push(scores[1]);
    }
    points.push({ labels: k, alone, tuned });
  }
  return points;
}

/** One class teaches no difference. */
function learnt(rows: LabelledRows, task: DownstreamTask): boolean {
  return task.kind === 'regression' || classesIn(rows) > 1;
}

function constant({ target }: LabelledRows, task: DownstreamTask, rowCount: number): Float64Array {
  const only = target[0] ?? 0;
  if (task.kind !== 'multiclass') return new Float64Array(rowCount).fill(only);
  return Float64Array.from({ length: rowCount * task.classes }, (_, i) => (i % task.classes === only ? 1 : 0));
}

/** The first k of a shuffle of its own for each draw: more labels are those of before and others. */
function drawn(rows: LabelledRows, k: number, draw: number, seed: number): LabelledRows {
  const next = sequence(seed, `labels ${draw}`);
  const order = Uint32Array.from({ length: rows.target.length }, (_, i) => i);
  for (let i = 0; i < k; i++) {
    const j = i + Math.floor(next() * (order.length - i));
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return pickLabelled(rows, order.subarray(0, k));
}

export interface Savings {
  readonly labels: number;
  readonly alone: number;
  readonly tuned: number;
  /** Positive: pre-training helps, whichever way the metric points. */
  readonly gain: Interval;
  /** All labels can be drawn in one way only: its intervals are points, and say nothing. */
  readonly single: boolean;
  /** More labels that would be needed alone for the same score; `open` when all there are would not do. */
  readonly saved: Interval & { readonly open: boolean };
}

export interface Interval {
  readonly value: number;
  /** 2.5 % and 97.5 % quantiles over resampled draws. */
  readonly low: number;
  readonly high: number;
}

/** What each number of labels saves, with intervals from a bootstrap of the draws (the same draws in both arms). */
export function labelSavings(points: readonly LabelPoint[], metric: MetricName, seed: number): readonly Savings[] {
  const sign = metrics[metric].better === 'more' ? 1 : -1;
  const draws = Math.max(...points.map(({ alone }) => alone.length));
  const next = sequence(seed, 'label savings');
  const replicates = Array.from({ length: 400 }, () => Array.from({ length: draws }, () => Math.floor(next() * draws)));
  const all = Array.from({ length: draws }, (_, i) => i);
  const curves = [all, ...replicates].map((picked) =>
    points.map(({ alone, tuned }) => ({ alone: sign * meanOf(alone, picked), tuned: sign * meanOf(tuned, picked) })),
  );
  return points.map(({ labels, alone }, at) => {
    const gains = curves.map((curve) => (curve[at]?.tuned ?? 0) - (curve[at]?.alone ?? 0));
    const saved = curves.map((curve) => savedAt(points, curve, at));
    const [whole] = curves;
    return {
      labels,
      single: alone.length < 2,
      alone: sign * (whole?.[at]?.alone ?? 0),
      tuned: sign * (whole?.[at]?.tuned ?? 0),
      gain: interval(gains),
      saved: { ...interval(saved.map(({ value }) => value)), open: saved[0]?.open ?? false },
    };
  });
}

/** Draws beyond those that there are repeat: all labels are drawn once. */
function meanOf(values: readonly number[], picked: readonly number[]): number {
  return picked.reduce((sum, i) => sum + (values[i % values.length] as number), 0) / picked.length;
}

/** Where the curve of real labels alone, made monotone, reaches what pre-training reaches with this many. */
function savedAt(
  points: readonly LabelPoint[],
  curve: readonly { readonly alone: number; readonly tuned: number }[],
  at: number,
): { readonly value: number; readonly open: boolean } {
  const wanted = curve[at]?.tuned ?? 0;
  const labels = points[at]?.labels ?? 0;
  let best = Number.NEGATIVE_INFINITY;
  for (const [i, { alone }] of curve.entries()) {
    const before = best;
    best = Math.max(best, alone);
    if (best < wanted) continue;
    const here = points[i]?.labels ?? 0;
    if (i === 0) return { value: here - labels, open: false };
    const from = points[i - 1]?.labels ?? 0;
    // Learning curves are straight in the logarithm of the labels.
    const share = best > before ? (wanted - before) / (best - before) : 0;
    return { value: Math.round(from * (here / from) ** share) - labels, open: false };
  }
  return { value: (points.at(-1)?.labels ?? 0) - labels, open: true };
}

function interval([value = 0, ...others]: readonly number[]): Interval {
  const sorted = [...others].sort((a, b) => a - b);
  const quantile = (q: number): number => sorted[Math.round(q * (sorted.length - 1))] ?? value;
  return { value, low: quantile(0.025), high: quantile(0.975) };
}

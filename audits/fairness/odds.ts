// fair.eo: a model that learnt from the mirror is as even-handed towards groups as one that learnt from real rows.
import { z } from 'zod';
import type { Audit, AuditContext, AuditInput, Measurement } from '../../core/audit.ts';
import { sequence } from '../../core/random.ts';
import { classesIn, type LabelledRows, labelled, taskOf } from '../../models/downstream/index.ts';
import { fitBoosting, predict } from '../../models/gbdt/index.ts';
import { frameOf, type Side } from '../frame.ts';
import { boundsShape } from '../options.ts';
import { type RowSample, sampleRows } from '../rows.ts';
import { Z99 } from '../statistics/normal.ts';
import { type GroupOptions, groupsOption, outcomeAudit } from './grouped.ts';
import { groupColumns, leastGroup, noGroups } from './groups.ts';

interface OddsOptions extends GroupOptions {
  /** Rows of each side at most. */
  readonly rows: number;
  /** Resamples of the held-out rows. */
  readonly draws: number;
}

/** Of a group with each outcome: rates of fewer rows jump. */
const leastOutcomes = 20;

export const oddsAudit: Audit<OddsOptions> = {
  ...outcomeAudit,
  id: 'fair.eo',
  title: 'A model that learnt from the mirror treats groups as evenly as one that learnt from real rows.',
  unit: 'difference of odds added',
  needs: ['rows', 'holdout'],
  direction: 'above',
  minRows: 500,
  options: z.strictObject({
    ...boundsShape(0.02, 0.05),
    groups: groupsOption,
    rows: z.number().int().min(100).default(10_000),
    draws: z.number().int().min(20).default(200),
  }),
  /**
   * Equalised odds (Hardt, Price and Srebro 2016): the largest difference between two groups of the true or the false positive
   * rate. `value`: that of boosted trees trained on the mirror less that of such trees trained on real rows, on real rows that
   * neither has seen, as many called positive as are. Interval and noise: a paired bootstrap of these rows.
   */
  async run(input: AuditInput, options: OddsOptions, { seed, signal }: AuditContext): Promise<readonly Measurement[]> {
    const frame = await frameOf(input);
    const { target = '' } = input.target;
    const nothing = { columns: [target], value: null, n: frame.n };
    if (!frame.columns.some(({ name }) => name === target))
      return [{ ...nothing, reason: 'The mirror has no target.' }];
    const groups = groupColumns(frame, 'fair.eo', options.groups, target);
    if (groups.length === 0) return [{ ...nothing, reason: noGroups }];
    if (frame.n.holdout < 2 * leastGroup)
      return [{ ...nothing, reason: 'Two groups of 100 held-out rows are needed.' }];
    const read = (side: Side): Promise<RowSample> => sampleRows(input, frame, side, options.rows, seed);
    const sides = [await read('real'), await read('synthetic'), await read('holdout')] as const;
    const task = taskOf(sides, target, 'auc');
    if (typeof task === 'string') return [{ ...nothing, reason: `${task}: odds are of two outcomes.` }];
    const [real, mirror, test] = sides.map((side) => labelled(side, target)) as [
      LabelledRows,
      LabelledRows,
      LabelledRows,
    ];
    const n = { real: real.target.length, synthetic: mirror.target.length, holdout: test.target.length };
    for (const [rows, where] of [
      [real, 'real rows'],
      [mirror, 'mirror'],
    ] as const) {
      if (classesIn(rows) < 2) return [{ ...nothing, n, reason: `${target} has one outcome only in the ${where}.` }];
    }
    const share = real.target.reduce((sum, value) => sum + value, 0) / n.real;
    const called = (rows: LabelledRows): Uint8Array => {
      signal.throwIfAborted();
      return topShare(predict(fitBoosting(rows.features, rows.target, task, { seed }), test.features), share);
    };
    const [byReal, byMirror] = [called(real), called(mirror)];
    return groups.map(({ name }): Measurement => {
      const cells = cellsOf(test, groupCodes(name, real, test));
      const columns = [name, target];
      const growth = (counts?: Uint32Array): number | undefined => {
        const [after, before] = [unevenness(byMirror, cells, counts), unevenness(byReal, cells, counts)];
        return after === undefined || before === undefined ? undefined : after - before;
      };
      const value = growth();
      if (value === undefined) {
        const reason = `Fewer than two groups have ${leastGroup} held-out rows with ${leastOutcomes} of each outcome.`;
        return { columns, value: null, reason, n };
      }
      const { low, high, deviation } = bootstrap(growth, n.holdout, options.draws, seed);
      const ci = { low: Math.min(low, value), high: Math.max(high, value), method: 'paired bootstrap' };
      return { columns, value, null: { q50: 0, q99: Z99 * deviation }, ci, n };
    });
  },
};

/** 1 for as large a share of rows as `share`, those with the highest scores. */
function topShare(scores: Float64Array, share: number): Uint8Array {
  const threshold = scores.slice().sort()[Math.max(0, Math.ceil(scores.length * (1 - share)) - 1)] ?? 1;
  return Uint8Array.from(scores, (score) => (score > threshold ? 1 : 0));
}

/** A group per held-out row, −1 for none; numbers are cut at the quartiles of the real rows. */
function groupCodes(name: string, real: LabelledRows, test: LabelledRows): Int32Array {
  const [of, among] = [real, test].map(({ features }) => features.columns.find((column) => column.name === name));
  if (among?.kind === 'category') return among.codes;
  if (of?.kind !== 'number' || among?.kind !== 'number') return new Int32Array(test.target.length).fill(-1);
  const sorted = of.values.filter(Number.isFinite).sort();
  const edges = [0.25, 0.5, 0.75].map((at) => sorted[Math.max(0, Math.ceil(at * sorted.length) - 1)] ?? 0);
  return Int32Array.from(among.values, (value) =>
    Number.isNaN(value) ? -1 : edges.filter((edge) => edge < value).length,
  );
}

/** Rows per group and outcome, of the groups that are large enough. */
function cellsOf({ target }: LabelledRows, codes: Int32Array): readonly (readonly [number[], number[]])[] {
  const groups = new Map<number, readonly [number[], number[]]>();
  for (const [row, code] of codes.entries()) {
    if (code < 0) continue;
    const cells = groups.get(code) ?? [[], []];
    groups.set(code, cells);
    cells[target[row] === 1 ? 1 : 0].push(row);
  }
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([, cells]) => cells)
    .filter(([no, yes]) => no.length + yes.length >= leastGroup && Math.min(no.length, yes.length) >= leastOutcomes);
}

/** The larger of the ranges of the false and the true positive rate over groups; undefined for fewer than two groups. */
function unevenness(
  called: Uint8Array,
  groups: readonly (readonly [number[], number[]])[],
  counts?: Uint32Array,
): number | undefined {
  if (groups.length < 2) return undefined;
  const ranges = [0, 1].map((outcome) => {
    const rates = groups.flatMap((cells) => {
      let [hits, rows] = [0, 0];
      for (const row of cells[outcome] ?? []) {
        const count = counts === undefined ? 1 : (counts[row] as number);
        rows += count;
        hits += count * (called[row] as number);
      }
      return rows === 0 ? [] : [hits / rows];
    });
    return Math.max(...rates) - Math.min(...rates);
  });
  return Math.max(...ranges);
}

function bootstrap(
  statistic: (counts: Uint32Array) => number | undefined,
  rows: number,
  draws: number,
  seed: number,
): { readonly low: number; readonly high: number; readonly deviation: number } {
  const next = sequence(seed, 'fair.eo');
  const values: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const counts = new Uint32Array(rows);
    for (let i = 0; i < rows; i++) {
      const row = Math.floor(next() * rows);
      counts[row] = (counts[row] as number) + 1;
    }
    const value = statistic(counts);
    if (value !== undefined) values.push(value);
  }
  values.sort((a, b) => a - b);
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length);
  const quantile = (q: number): number => values[Math.round(q * (values.length - 1))] ?? 0;
  return { low: quantile(0.025), high: quantile(0.975), deviation: Math.sqrt(variance) };
}

// prv.attr: whether a model learnt from the mirror guesses the secrets of people who were learnt from better than of others.
import { z } from 'zod';
import type { Audit, AuditContext, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import { fitBoosting, predict } from '../../models/gbdt/index.ts';
import { frameOf } from '../frame.ts';
import type { ColumnSample, RowSample } from '../rows.ts';
import { fisherGreater } from '../statistics/fisher.ts';
import { Z99 } from '../statistics/normal.ts';
import { difference } from '../statistics/proportion.ts';
import { attackAudit, riskShape, type SecretOptions, secretsOption } from './attack-audit.ts';
import { attackRows, attackSizes, columnOf, onePerPerson, pickColumns, pickRows } from './attack-rows.ts';
import { noVerdict } from './attack-verdict.ts';
import { secretsOf } from './secrets.ts';

interface AttrOptions extends Bounds, SecretOptions {
  /** People of train and of the holdout each, at most. */
  readonly people: number;
  /** Mirror rows that the model learns from. */
  readonly rows: number;
}

export const attrAudit: Audit<AttrOptions> = {
  ...attackAudit,
  id: 'prv.attr',
  title: 'The mirror tells no more of the secrets of people it was learnt from than of anybody.',
  advice: "Learn from more rows, raise k, or take draws: 'independent'.",
  unit: 'difference of accuracies',
  scope: 'column',
  options: z.strictObject({
    ...riskShape,
    people: z.number().int().min(500).default(8000),
    rows: z.number().int().min(1000).default(20_000),
    secrets: secretsOption,
  }),
  /**
   * `value`, per secret: accuracy for people of train less accuracy for people of the holdout (as in S. Yeom et al. 2018, for
   * attributes), of boosted trees that learn the mirror by heart as far as it helps. A category is guessed itself, a number by
   * the fifth of the mirror that it is in. Interval: Newcombe's; null: normal with the pooled accuracy; p: Fisher's.
   */
  async run(input: AuditInput, options: AttrOptions, { seed, signal }: AuditContext): Promise<readonly Measurement[]> {
    const secrets = secretsOf(input, attrAudit.id, options.secrets);
    const frame = await frameOf(input);
    const rows = await attackRows(input, frame, seed);
    if (typeof rows === 'string') return [{ columns: [], ...noVerdict, reason: rows, n: frame.n }];
    const mirror = firstRows(rows.mirror, options.rows);
    const members = onePerPerson(rows.members, options.people);
    const others = onePerPerson(rows.others, options.people);
    return secrets.map((secret): Measurement => {
      signal.throwIfAborted();
      const about = { columns: [secret], n: attackSizes(rows) };
      const hits = guessed(mirror, secret, [members, others], seed);
      if (hits === undefined) return { ...about, ...noVerdict, reason: 'The secret is the same in all mirror rows.' };
      const [inside, outside] = hits as [number, number];
      const pooled = (inside + outside) / (members.rowCount + others.rowCount);
      const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / members.rowCount + 1 / others.rowCount));
      return {
        ...about,
        value: inside / members.rowCount - outside / others.rowCount,
        null: { q50: 0, q99: Z99 * deviation },
        p: fisherGreater(inside, members.rowCount, outside, others.rowCount),
        ci: { ...difference(inside, members.rowCount, outside, others.rowCount), method: 'newcombe' },
        blocks: false,
      };
    });
  },
};

/** Classes that are told apart: of the others the attacker guesses none. */
const mostClasses = 12;
const parts = 5;

/** Right guesses among each of the targets; undefined when there is but one class. */
function guessed(mirror: RowSample, secret: string, targets: readonly RowSample[], seed: number): number[] | undefined {
  const own = columnOf(mirror, secret);
  const classOf = classesOf(own);
  const known = (sample: RowSample): RowSample => pickColumns(sample, (name) => name !== secret);
  const learnt: number[] = [];
  for (let row = 0; row < mirror.rowCount; row++) if (classOf(own, row) >= 0) learnt.push(row);
  const target = Float64Array.from(learnt, (row) => classOf(own, row));
  const classes = 1 + target.reduce((most, c) => Math.max(most, c), -1);
  if (classes < 2) return undefined;
  const task = classes === 2 ? ({ kind: 'binary' } as const) : ({ kind: 'multiclass', classes } as const);
  // Large trees over leaves of few rows: they remember single rows, as far as the mirror has them.
  const capacity = { rounds: 24, rate: 0.3, maximalLeaves: 128, leastRows: 2, seed };
  const model = fitBoosting(known(pickRows(mirror, learnt)), target, task, capacity);
  return targets.map((sample) => {
    const predicted = predict(model, known(sample));
    const column = columnOf(sample, secret);
    let hits = 0;
    for (let row = 0; row < sample.rowCount; row++)
      if (likeliest(predicted, row, classes) === classOf(column, row)) hits++;
    return hits;
  });
}

/** The class of a row: its category's rank by frequency in the mirror, or the fifth of the mirror's numbers; else −1. */
function classesOf(own: ColumnSample): (column: ColumnSample, row: number) => number {
  if (own.kind === 'category') {
    const counts = new Map<number, number>();
    for (const code of own.codes) counts.set(code, (counts.get(code) ?? 0) + 1);
    const ranked = [...counts].sort(([a, m], [b, n]) => n - m || a - b).slice(0, mostClasses);
    const ranks = new Map(ranked.map(([code], rank) => [code, rank]));
    return (column, row) => (column.kind === 'category' ? (ranks.get(column.codes[row] as number) ?? -1) : -1);
  }
  const sorted = own.values.filter(Number.isFinite).sort();
  const edges = [
    ...new Set(Array.from({ length: parts - 1 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / parts)])),
  ]
    // The least value is below no edge: as one it would make an empty class.
    .filter((edge): edge is number => edge !== undefined && edge > (sorted[0] as number));
  return (column, row) => {
    const value = column.kind === 'number' ? (column.values[row] as number) : Number.NaN;
    return Number.isNaN(value) ? -1 : edges.filter((edge) => value >= edge).length;
  };
}

function likeliest(predicted: Float64Array, row: number, classes: number): number {
  if (classes === 2) return (predicted[row] as number) > 0.5 ? 1 : 0;
  let best = 0;
  for (let c = 1; c < classes; c++) {
    if ((predicted[row * classes + c] as number) > (predicted[row * classes + best] as number)) best = c;
  }
  return best;
}

function firstRows(sample: RowSample, most: number): RowSample {
  return pickRows(
    sample,
    Array.from({ length: Math.min(most, sample.rowCount) }, (_, row) => row),
  );
}

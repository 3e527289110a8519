// prv.dcr: how often the nearest real row of a mirror row is one that the generator saw, rather than one it never saw.
import { z } from 'zod';
import type { Audit, AuditContext, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import { type Frame, frameOf } from '../frame.ts';
import { neighbourhoodRows, neighbourhoodsOf } from '../neighbourhoods.ts';
import { nearestDistances, spaceOf } from '../neighbours.ts';
import { boundsShape } from '../options.ts';
import { type RowSample, sampleRows } from '../rows.ts';
import { wilson } from '../statistics/proportion.ts';

interface DcrOptions extends Bounds {
  /** Mirror rows that are looked at. */
  readonly rows: number;
  /** Rows of train and of the holdout each; the same number, else the larger side would be nearer by chance. */
  readonly references: number;
}

/** Φ⁻¹(.99) · ½: the 99 % point of a share around one half, times √n. */
const half99 = 2.3263478740408408 / 2;

/** Mirror rows, and rows of either side to compare with, with which the share says something. */
const leastRows = 2000;
const leastReferences = 1000;

export const dcrAudit: Audit<DcrOptions> = {
  id: 'prv.dcr',
  title: 'Rows of the mirror are as near to rows that were never seen as to rows that were learnt from.',
  advice: "Learn from more rows, raise k, or take draws: 'independent'.",
  unit: 'share nearer to train',
  tier: 'nightly',
  family: 'privacy',
  scope: 'table',
  needs: ['rows', 'holdout'],
  direction: 'above',
  minRows: leastRows,
  options: z.strictObject({
    ...boundsShape(0.5, 0.55),
    rows: z.number().int().positive().default(4000),
    references: z.number().int().positive().default(6000),
  }),
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  /**
   * `value`: the share of mirror rows whose nearest train row is nearer than their nearest holdout row, ties half, over
   * equally many rows of both sides and one common range per column. Its null is one half with the spread of a binomial:
   * a mirror that has no row in mind is as near to either. Distance to the closest record as in M. Platzer and
   * T. Reutterer, "Holdout-based empirical assessment of mixed-type synthetic data" (2021). Blind to few copies among
   * many rows: prv.exact is there for those.
   */
  async run(input: AuditInput, options: DcrOptions, { seed, signal }: AuditContext): Promise<readonly Measurement[]> {
    const frame = await frameOf(input);
    const n = {
      real: Math.min(frame.n.real, options.references),
      synthetic: Math.min(frame.n.synthetic, options.rows),
      holdout: Math.min(frame.n.holdout, options.references),
    };
    // Distances may fail a mirror and never pass one: where they cannot be told, prv.exact still stands guard.
    const nothing = { columns: [], value: null, n: frame.n, blocks: false as const };
    if (frame.columns.length === 0) return [{ ...nothing, reason: 'No column can be compared.' }];
    if (n.holdout < leastReferences) {
      return [
        {
          ...nothing,
          reason: `At least ${leastReferences} holdout rows are needed to compare with, there are ${n.holdout}.`,
        },
      ];
    }
    const { train, holdout, mirror } = await sampledSides(input, frame, options, seed);
    signal.throwIfAborted();
    const space = spaceOf([train, holdout, mirror]);
    const rows = space.of(mirror);
    const toTrain = nearestDistances(space, rows, space.of(train));
    signal.throwIfAborted();
    const toHoldout = nearestDistances(space, rows, space.of(holdout));
    let nearer = 0;
    for (let row = 0; row < rows.count; row++) {
      const difference = (toTrain[row] as number) - (toHoldout[row] as number);
      nearer += difference < 0 ? 1 : difference === 0 ? 0.5 : 0;
    }
    const ci = { ...wilson(nearer, rows.count), method: 'wilson' };
    const floor = { q50: 0.5, q99: 0.5 + half99 / Math.sqrt(rows.count) };
    return [{ columns: [], value: nearer / rows.count, null: floor, ci, n, blocks: false }];
  },
};

type Sampled = Readonly<Record<'train' | 'holdout' | 'mirror', RowSample>>;

/**
 * As many rows of train as of the holdout. Of large tables all come from the same neighbourhoods, as in the attacks: single rows
 * picked from a million would part nearly every row from the one that it is like. Not where too few held-out rows are there.
 */
async function sampledSides(input: AuditInput, frame: Frame, options: DcrOptions, seed: number): Promise<Sampled> {
  const { references, rows } = options;
  const near = await neighbourhoodsOf(frame, neighbourhoodRows, seed);
  for (const among of near === undefined ? [undefined] : [near, undefined]) {
    const holdout = await sampleRows(input, frame, 'holdout', Math.min(references, frame.n.real), seed, among);
    const train = await sampleRows(input, frame, 'real', holdout.rowCount, seed, among);
    const mirror = await sampleRows(input, frame, 'synthetic', rows, seed, among);
    const least = Math.min(holdout.rowCount, train.rowCount);
    const isEnough = least >= leastReferences && least === holdout.rowCount && mirror.rowCount >= leastRows;
    if (among === undefined || isEnough) return { train, holdout, mirror };
  }
  throw new RangeError('One of the two ways to sample is always taken.');
}

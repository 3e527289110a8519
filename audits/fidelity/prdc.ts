// fid.prdc: whether rows of the mirror lie where real rows lie, and everywhere there: precision, recall, density, coverage.
import { z } from 'zod';
import type { Audit, AuditContext, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import { frameOf, type Side } from '../frame.ts';
import { type ManifoldName, type ManifoldScore, manifoldScores } from '../manifold.ts';
import { spaceOf } from '../neighbours.ts';
import { boundsShape } from '../options.ts';
import { type RowSample, sampleRows } from '../rows.ts';
import { Z99 } from '../statistics/normal.ts';

interface PrdcOptions extends Bounds {
  /** Neighbours that make up a ball. */
  readonly k: number;
  /** Rows of each side at most. */
  readonly rows: number;
}

const names: readonly ManifoldName[] = ['precision', 'recall', 'density', 'coverage'];

/** A holdout of fewer rows would take too many from the other sides, which are as many. */
const leastHoldout = 1000;

export const prdcAudit: Audit<PrdcOptions> = {
  id: 'fid.prdc',
  title: 'Rows of the mirror lie where real rows lie, and everywhere that real rows lie.',
  unit: 'times the expected',
  tier: 'nightly',
  family: 'fidelity',
  scope: 'table',
  needs: ['rows'],
  direction: 'below',
  minRows: 1000,
  options: z.strictObject({
    ...boundsShape(0.95, 0.85),
    k: z.number().int().min(1).max(50).default(5),
    rows: z.number().int().min(100).default(4000),
  }),
  applies: ({ reference, columns }) => !reference && columns.length > 0,
  /**
   * Four measurements, each a score over what it would be for a fresh sample of the real table (audits/manifold.ts), over
   * equally many rows of both sides and the Gower distance. Null: that sample's spread, widened to how far the holdout is off.
   */
  async run(input: AuditInput, options: PrdcOptions, { seed, signal }: AuditContext): Promise<readonly Measurement[]> {
    const frame = await frameOf(input);
    const { k } = options;
    const held = frame.n.holdout >= leastHoldout;
    const size = Math.min(options.rows, frame.n.real, frame.n.synthetic, held ? frame.n.holdout : options.rows);
    const n = { real: size, synthetic: size, holdout: held ? size : 0 };
    if (frame.columns.length === 0 || size <= k) {
      const reason = frame.columns.length === 0 ? 'No column can be compared.' : `One side has no more than ${k} rows.`;
      return [{ columns: [], value: null, reason, n }];
    }
    const read = (side: Side): Promise<RowSample> => sampleRows(input, frame, side, size, seed);
    const samples = [await read('real'), await read('synthetic'), ...(held ? [await read('holdout')] : [])] as const;
    const space = spaceOf(samples);
    const [real, mirror, holdout] = samples.map((sample) => space.of(sample));
    if (real === undefined || mirror === undefined) return [];
    signal.throwIfAborted();
    const found = manifoldScores(space, real, mirror, k);
    signal.throwIfAborted();
    const usual = holdout === undefined ? undefined : manifoldScores(space, real, holdout, k);
    return names.map((name) => ({ columns: [], name, ...scored(name, found[name], usual?.[name]), n }));
  },
};

function scored(
  name: ManifoldName,
  { value, expected, deviation }: ManifoldScore,
  usual: ManifoldScore | undefined,
): Pick<Measurement, 'value' | 'reason' | 'null'> {
  // Rows of one person are neighbours of each other: a holdout of other people is off as well, and varies itself.
  const seen = usual === undefined ? 1 : Math.min(1, usual.value / usual.expected);
  const spread = usual === undefined || seen === 1 ? deviation : Math.SQRT2 * Math.max(deviation, usual.error);
  const q99 = Math.max(0, seen - (Z99 * spread) / expected);
  const reason = `${name} ${value.toPrecision(3)} of an expected ${expected.toPrecision(3)}`;
  return { value: value / expected, reason, null: { q50: seen, q99: Math.min(q99, 1 - (Z99 * deviation) / expected) } };
}

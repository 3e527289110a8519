// fid.corr: difference of the Pearson and Spearman correlations of every two numeric columns.
import { sql } from 'kysely';
import type { Audit, AuditContext, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import { relationRef } from '../../core/sql.ts';
import { type Frame, type FrameColumn, frameOf, type Side } from '../frame.ts';
import { noiseFloor } from '../noise.ts';
import { bounds } from '../options.ts';
import { sampleOf } from '../sample.ts';
import {
  type Correlation,
  correlate,
  type DenseRanks,
  denseRanks,
  ranksAmong,
  type Standardised,
  standardise,
} from '../statistics/correlation.ts';
import { ABS_Z50, Z975 } from '../statistics/normal.ts';

/** Two-sided .995 of the normal: the larger of two differences exceeds it in at most one case of 100. */
const Z995 = 2.807033768343811;

export const correlationAudit: Audit<Bounds> = {
  id: 'fid.corr',
  title: 'Numbers rise and fall together as they do in the real table.',
  advice: 'A sum or a ratio of other columns is held best as a constraint (total = a + b).',
  unit: 'difference of correlations',
  tier: 'run',
  family: 'fidelity',
  scope: 'pair',
  needs: ['rows'],
  direction: 'above',
  minRows: 1000,
  options: bounds(0.05, 0.15),
  applies: ({ reference, columns }) => !reference && columns.length > 1,
  async run(input: AuditInput, _options: Bounds, context: AuditContext): Promise<readonly Measurement[]> {
    const frame = await frameOf(input);
    const numeric = frame.columns.filter(({ kind }) => kind === 'number');
    if (numeric.length < 2) return [];
    const read = (side: Side): Promise<SideVectors> => vectors(input, frame, side, numeric, context);
    const real = await read('real');
    const synthetic = await read('synthetic');
    const holdout = frame.sides.holdout === undefined ? undefined : await read('holdout');
    const measurements: Measurement[] = [];
    for (let i = 0; i < numeric.length; i++) {
      for (let j = i + 1; j < numeric.length; j++) {
        const columns = [numeric[i]?.name ?? '', numeric[j]?.name ?? ''];
        const pair = { real: both(real, i, j), synthetic: both(synthetic, i, j) };
        measurements.push({ columns, ...score(pair, holdout === undefined ? undefined : both(holdout, i, j)) });
      }
    }
    return measurements;
  },
};

interface SideVectors {
  readonly values: readonly Standardised[];
  readonly dense: readonly DenseRanks[];
  readonly ranks: readonly Standardised[];
}

interface Both {
  readonly pearson: Correlation | undefined;
  readonly spearman: Correlation | undefined;
}

function both({ values, dense, ranks }: SideVectors, i: number, j: number): Both {
  const [x, y] = [values[i] as Standardised, values[j] as Standardised];
  const [a, b] = [dense[i] as DenseRanks, dense[j] as DenseRanks];
  // Ranks are those among the rows that have both values.
  const spearman =
    x.complete && y.complete
      ? correlate(ranks[i] as Standardised, ranks[j] as Standardised)
      : correlate(standardise(ranksAmong(a, b)), standardise(ranksAmong(b, a)));
  return { pearson: correlate(x, y), spearman };
}

/** The larger of the two differences, with the null and the interval that belong to it. */
function score(pair: { real: Both; synthetic: Both }, holdout: Both | undefined): Omit<Measurement, 'columns'> {
  let worst: Omit<Measurement, 'columns'> | undefined;
  for (const kind of ['pearson', 'spearman'] as const) {
    const a = pair.real[kind];
    const b = pair.synthetic[kind];
    if (a === undefined || b === undefined) continue;
    const h = holdout?.[kind];
    const n = { real: a.n, synthetic: b.n, holdout: h?.n ?? 0 };
    const value = Math.abs(a.r - b.r);
    if (worst?.value !== undefined && worst.value !== null && worst.value >= value) continue;
    const deviation = Math.sqrt(a.variance * (1 / a.n + 1 / b.n));
    const error = Math.sqrt(a.variance / a.n + b.variance / b.n);
    worst = {
      value,
      reason: kind === 'pearson' ? 'Pearson' : 'Spearman',
      null: noiseFloor({ q50: ABS_Z50 * deviation, q99: Z995 * deviation }, h && Math.abs(a.r - h.r), n),
      ci: { low: Math.max(0, value - Z975 * error), high: value + Z975 * error, method: 'delta' },
      n,
    };
  }
  const n = { real: 0, synthetic: 0, holdout: 0 };
  return (
    worst ?? { value: null, reason: 'One side has fewer than three rows with both values, or a constant column.', n }
  );
}

/** The numeric columns of one side, missing and non-finite values as NaN, and their ranks. */
async function vectors(
  input: AuditInput,
  frame: Frame,
  side: Side,
  numeric: readonly FrameColumn[],
  context: AuditContext,
): Promise<SideVectors> {
  context.signal.throwIfAborted();
  const sample = await sampleOf(frame, side);
  const selected = sql.join(numeric.map(({ value }) => sql.id(value)));
  // Sums of doubles depend on the order of their terms: rows are read in an order of their own.
  const order = sql.join([...numeric].sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ value }) => sql.id(value)));
  const query = sql<Record<string, number | null>>`SELECT ${selected} FROM ${relationRef(sample)} ORDER BY ${order}`;
  const { rows } = await query.execute(input.db);
  const values = numeric.map(({ value }) => {
    const column = new Float64Array(rows.length);
    for (let row = 0; row < rows.length; row++) column[row] = finite(rows[row]?.[value]);
    return standardise(column);
  });
  const dense = values.map((column) => denseRanks(column.values));
  return { values, dense, ranks: dense.map((column) => standardise(ranksAmong(column))) };
}

function finite(value: number | null | undefined): number {
  return value === null || value === undefined || !Number.isFinite(value) ? Number.NaN : value;
}

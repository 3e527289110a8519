// fid.corr: difference of the Pearson and Spearman correlations of every two numeric columns.
import { sql } from 'kysely';
import type { Audit, AuditContext, AuditInput, Bounds, Measurement } from '../../core/audit.ts';
import { type ColumnForm, readColumns, type WholeColumn } from '../../core/column-query.ts';
import { relationRef } from '../../core/sql.ts';
import { type Frame, type FrameColumn, frameOf, type Side } from '../frame.ts';
import { type MemoryColumn, type MemoryTable, memoryOf, sortedRows } from '../memory/table.ts';
import { noiseFloor } from '../noise.ts';
import { bounds } from '../options.ts';
import { sampleOf, sampleRows } from '../sample.ts';
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
    const holdout = frame.hasHoldout ? await read('holdout') : undefined;
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
  // Sums of doubles depend on the order of their terms: rows are read in an order of their own.
  const byName = [...numeric].sort((a, b) => (a.name < b.name ? -1 : 1));
  const memory = await memoryOf(input, frame);
  if (memory !== undefined) return vectorsInMemory(memory, side, numeric, byName);
  const sample = await sampleOf(frame, side);
  const selected = sql.join(numeric.map(({ value }) => sql.id(value)));
  const order = sql.join(byName.map(({ value }) => sql.id(value)));
  const query = sql`SELECT ${selected} FROM ${relationRef(sample)} ORDER BY ${order}`;
  const forms = numeric.map((): ColumnForm => 'number');
  const values = (await readColumns(input.db, query, forms, Math.min(frame.n[side], sampleRows))).map((column) =>
    standardise(finiteValues(column)),
  );
  const dense = values.map((column) => denseRanks(column.values));
  return { values, dense, ranks: dense.map((column) => standardise(ranksAmong(column))) };
}

function vectorsInMemory(
  memory: MemoryTable,
  side: Side,
  numeric: readonly FrameColumn[],
  byName: readonly FrameColumn[],
): SideVectors {
  const columnOf = ({ value }: FrameColumn): MemoryColumn =>
    memory.columns.find(({ column }) => column.value === value) as MemoryColumn;
  const rows = sortedRows(memory, side, byName.map(columnOf));
  const dense: DenseRanks[] = [];
  const values = numeric.map((column) => {
    const { plain, ranks } = finiteOf(columnOf(column), rows);
    dense.push(ranks);
    return standardise(plain);
  });
  return { values, dense, ranks: dense.map((column) => standardise(ranksAmong(column))) };
}

/** The column's finite values in the order of `rows`, and their ranks. */
function finiteOf(
  { codes, values, levels }: MemoryColumn,
  rows: Uint32Array,
): { readonly plain: Float64Array; readonly ranks: DenseRanks } {
  const plain = new Float64Array(rows.length).fill(Number.NaN);
  const ranks = new Int32Array(rows.length).fill(-1);
  for (let i = 0; i < rows.length; i++) {
    const code = codes[rows[i] as number] as number;
    const value = code === 0 ? Number.NaN : (values[code - 1] as number);
    if (!Number.isFinite(value)) continue;
    plain[i] = value;
    ranks[i] = code;
  }
  return { plain, ranks: { codes: ranks, distinct: levels + 1 } };
}

/** Missing and non-finite ones as NaN. */
function finiteValues(column: WholeColumn): Float64Array {
  if (column.kind !== 'number') throw new TypeError('Correlations are of numbers.');
  const { values, valid } = column;
  return values.map((value, row) => (valid?.[row] === 0 || !Number.isFinite(value) ? Number.NaN : value));
}

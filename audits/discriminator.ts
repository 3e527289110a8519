// How well boosted trees tell the rows of two samples apart, on rows that they have not seen.
import { sequence } from '../core/random.ts';
import { pickRows } from '../models/downstream/index.ts';
import { fitBoosting, importances, predict } from '../models/gbdt/index.ts';
import { score } from '../models/metrics/index.ts';
import type { RowSample } from './rows.ts';

export interface DiscriminatorOptions {
  readonly folds: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

export interface Discrimination {
  /** Area under the ROC curve, mean over folds: above one half, rows of the second sample are recognised. */
  readonly auc: number;
  /** Columns by their share of what the trees gained, greatest first. */
  readonly by: readonly { readonly name: string; readonly share: number }[];
}

/**
 * Folds have as many rows of either sample each, dealt at random and of each sample by itself: the two copies of one row
 * may be in different folds. Undefined when a fold would lack a sample, or when there is no column.
 */
export function discriminate(a: RowSample, b: RowSample, options: DiscriminatorOptions): Discrimination | undefined {
  const { folds, seed, signal } = options;
  const { columns } = a;
  if (columns.length === 0 || Math.min(a.rowCount, b.rowCount) < folds) return undefined;
  const rows = stacked(a, b);
  const target = Float64Array.from({ length: rows.rowCount }, (_, row) => (row < a.rowCount ? 0 : 1));
  const fold = new Uint8Array(rows.rowCount);
  fold.set(dealt(a.rowCount, folds, sequence(seed, 'discriminator a')));
  fold.set(dealt(b.rowCount, folds, sequence(seed, 'discriminator b')), a.rowCount);
  const gains = new Float64Array(columns.length);
  let sum = 0;
  for (let k = 0; k < folds; k++) {
    signal.throwIfAborted();
    const all = Uint32Array.from(fold.keys());
    const learnt = all.filter((row) => fold[row] !== k);
    const asked = all.filter((row) => fold[row] === k);
    const pick = (index: Uint32Array): Float64Array => Float64Array.from(index, (row) => target[row] as number);
    const model = fitBoosting(pickRows(rows, learnt), pick(learnt), { kind: 'binary' }, { seed });
    sum += score('auc', predict(model, pickRows(rows, asked)), pick(asked)) ?? 0.5;
    for (const [i, gain] of importances(model).entries()) gains[i] = (gains[i] as number) + gain / folds;
  }
  const by = columns.map(({ name }, i) => ({ name, share: gains[i] as number }));
  return { auc: sum / folds, by: by.sort((x, y) => y.share - x.share) };
}

/** A fold for each row: as many of each as can be, in an order of chance. */
function dealt(rowCount: number, folds: number, next: () => number): Uint8Array {
  const fold = Uint8Array.from({ length: rowCount }, (_, i) => i % folds);
  for (let i = rowCount - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [fold[i], fold[j]] = [fold[j] as number, fold[i] as number];
  }
  return fold;
}

/** The rows of both: their columns are alike, and number their levels alike. */
function stacked(a: RowSample, b: RowSample): RowSample {
  const columns = a.columns.map((column, i): RowSample['columns'][number] => {
    const other = b.columns[i];
    if (column.kind === 'number' && other?.kind === 'number') {
      const values = new Float64Array(a.rowCount + b.rowCount);
      values.set(column.values);
      values.set(other.values, a.rowCount);
      return { ...column, values };
    }
    if (column.kind === 'category' && other?.kind === 'category') {
      const codes = new Int32Array(a.rowCount + b.rowCount);
      codes.set(column.codes);
      codes.set(other.codes, a.rowCount);
      return { ...column, codes };
    }
    throw new TypeError('Two samples of one table have columns of different kinds.');
  });
  return { rowCount: a.rowCount + b.rowCount, columns };
}

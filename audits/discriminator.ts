// How well boosted trees tell the rows of two samples apart, on rows that they have not seen.
import { sequence } from '../core/random.ts';
import { joinRows, pickLabelled } from '../models/downstream/index.ts';
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
  const side = (sample: RowSample, label: 0 | 1) => ({
    features: sample,
    target: new Float64Array(sample.rowCount).fill(label),
  });
  const rows = joinRows(side(a, 0), side(b, 1));
  const fold = new Uint8Array(rows.target.length);
  fold.set(dealt(a.rowCount, folds, sequence(seed, 'discriminator a')));
  fold.set(dealt(b.rowCount, folds, sequence(seed, 'discriminator b')), a.rowCount);
  const gains = new Float64Array(columns.length);
  let sum = 0;
  for (let k = 0; k < folds; k++) {
    signal.throwIfAborted();
    const all = Uint32Array.from(fold.keys());
    const learnt = pickLabelled(
      rows,
      all.filter((row) => fold[row] !== k),
    );
    const asked = pickLabelled(
      rows,
      all.filter((row) => fold[row] === k),
    );
    const model = fitBoosting(learnt.features, learnt.target, { kind: 'binary' }, { seed });
    sum += score('auc', predict(model, asked.features), asked.target) ?? 0.5;
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

// Makes a column's distribution from its counts so that no cell, shown or deduced, is made by fewer than k real rows.
import type { ColumnSchema } from '../schema.ts';
import { type BinPlan, mergeBins } from './bins.ts';
import type { CellCounts, ColumnDistribution, Level, NumberUnit } from './model.ts';

// Bins that are no bins: NULL, values that are not finite, and values equal to the real median.
export const MISSING = -1;
export const NOT_FINITE = -2;
export const MEDIAN = -3;

// A value with this share of the rows is shown apart, unless there are so few bins that all can be seen beside it.
const SPIKE = 0.5;
const FEW_BINS = 15;

export interface NumberColumn {
  readonly column: ColumnSchema;
  readonly unit: NumberUnit;
  readonly plan: BinPlan;
  /** Of the finite real values: whatever half of them share is the median. */
  readonly median: number;
}

/** Rows of both sides by bin number, or by one of the codes above. */
export type BinCounts = ReadonlyMap<number, CellCounts>;

export function hiddenColumn({ name, type }: ColumnSchema): ColumnDistribution {
  const reason = type.kind === 'unsupported' ? 'This type has no distribution.' : 'Too few real values to show any.';
  return { kind: 'hidden', column: name, reason };
}

export function numberDistribution(
  { column, unit, plan, median }: NumberColumn,
  counts: BinCounts,
  k: number,
): ColumnDistribution {
  const none: CellCounts = { real: 0, synthetic: 0 };
  const cells = Array.from({ length: plan.count }, (_, bin) => counts.get(bin) ?? none);
  const rest = cells.reduce((sum, cell) => sum + cell.real, 0);
  const atMedian = counts.get(MEDIAN) ?? none;
  const finite = rest + atMedian.real;
  if (finite < k) return hiddenColumn(column);
  const apart = atMedian.real >= Math.max(k, SPIKE * finite) && rest >= k && plan.count > FEW_BINS;
  if (!apart) {
    const bin = Math.min(plan.count - 1, Math.max(0, Math.floor(median / plan.step + 1e-9) - plan.first));
    cells[bin] = add(cells[bin] ?? none, atMedian);
  }
  let missing = counts.get(MISSING) ?? none;
  let notFinite = counts.get(NOT_FINITE) ?? none;
  let pooledMissing = false;
  // A count below k, or one that follows by subtraction from the number of rows, points at single rows.
  if (isSmall(notFinite, k)) [missing, notFinite] = [add(missing, notFinite), none];
  if (isSmall(missing, k)) {
    cells[0] = add(cells[0] ?? none, missing);
    missing = none;
    pooledMissing = true;
  }
  const spike = apart ? { spike: { value: median, ...atMedian } } : {};
  const bins = mergeBins(plan, cells, k);
  return { kind: 'number', column: column.name, unit, bins, ...spike, missing, notFinite, pooledMissing };
}

export function categoryDistribution(
  column: string,
  levels: readonly Level[],
  missing: CellCounts,
  totals: CellCounts,
  k: number,
): ColumnDistribution {
  const shown = [...levels];
  const named = shown.reduce<CellCounts>(add, { real: 0, synthetic: 0 });
  let other: CellCounts = {
    real: totals.real - missing.real - named.real,
    synthetic: totals.synthetic - missing.synthetic - named.synthetic,
  };
  const otherHasMissing = isSmall(missing, k);
  if (otherHasMissing) other = add(other, missing);
  // Too few others: the rarest named values join them, so that no count below k follows by subtraction.
  while (isSmall(other, k) && shown.length > 0) other = add(other, shown.pop() ?? { real: 0, synthetic: 0 });
  return {
    kind: 'category',
    column,
    levels: shown,
    other,
    missing: otherHasMissing ? { real: 0, synthetic: 0 } : missing,
    otherHasMissing,
  };
}

function isSmall({ real }: CellCounts, k: number): boolean {
  return real > 0 && real < k;
}

function add(a: CellCounts, b: CellCounts): CellCounts {
  return { real: a.real + b.real, synthetic: a.synthetic + b.synthetic };
}

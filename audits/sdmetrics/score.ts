// The quality score of SDMetrics' QualityReport (0.27 and later), its binning and its choice of pairs included.
import type { AuditInput } from '../../core/audit.ts';
import { type CategoryCount, categoryCounts, sumOf } from '../categories.ts';
import type { Frame } from '../frame.ts';
import { memoryOf } from '../memory/table.ts';
import { queryParts } from './engine.ts';
import { memoryParts } from './memory.ts';

/** Pairs count when the real table has more than this of Pearson's correlation, or of Cramér's V. */
const leastCorrelation = 0.5;
const leastAssociation = 0.3;

export interface SdmetricsScore {
  /** Mean over columns of 1 − KS distance or 1 − total variation distance; null when no column has one. */
  readonly shapes: number | null;
  /** Mean over the pairs that count of 1 − half the difference of correlations, or 1 − total variation distance. */
  readonly trends: number | null;
  readonly pairs: { readonly counted: number; readonly all: number };
}

/** What the score is made of, but for categories by themselves. */
export interface ScoreParts {
  /** 1 − KS distance of each number with values on both sides, rounded to 14 decimals. */
  readonly shapes: readonly number[];
  /** Of every two numbers with two values or more on both sides: Pearson's correlation over the rows with both, NaN without one. */
  readonly correlations: readonly { readonly real: number; readonly synthetic: number }[];
  /** Of every two columns, one a category. */
  readonly contingencies: readonly Contingency[];
}

export interface Contingency {
  /** Total variation distance; NaN when a side has no rows. */
  readonly apart: number;
  /** Σ r² / (row total · column total) over the real cells: one more than χ² / n. */
  readonly together: number;
  /** Real categories of the column that has fewer. */
  readonly least: number;
}

/**
 * As the report computes it: missing values are left out of single columns; each side's numbers are binned on its OWN ten
 * equal-width edges where they meet categories; categories that only the mirror has count 1e-6 real rows. Where it samples
 * 50,000 rows by chance, some 50,000 picked by hash are taken.
 */
export async function sdmetricsScore(input: AuditInput, frame: Frame): Promise<SdmetricsScore> {
  const memory = await memoryOf(input, frame);
  const parts = memory === undefined ? await queryParts(input, frame) : memoryParts(memory);
  const shapes = [...parts.shapes];
  for (const column of frame.columns.filter(({ kind }) => kind === 'category')) {
    const shape = categoryShape(await categoryCounts(input, frame, column));
    if (shape !== undefined) shapes.push(shape);
  }
  const trends = [
    ...parts.correlations.flatMap(({ real, synthetic }) =>
      Math.abs(real) > leastCorrelation && !Number.isNaN(synthetic) ? 1 - Math.abs(real - synthetic) / 2 : [],
    ),
    ...parts.contingencies.flatMap(contingencyTrend),
  ];
  const { length: width } = frame.columns;
  return {
    shapes: meanOf(shapes),
    trends: meanOf(trends),
    pairs: { counted: trends.length, all: (width * (width - 1)) / 2 },
  };
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function categoryShape(all: readonly CategoryCount[]): number | undefined {
  const counts = all.filter(({ missing }) => !missing);
  const invented = sumOf(counts, ({ real, synthetic }) => (real === 0 && synthetic > 0 ? 1e-6 : 0));
  const n = sumOf(counts, ({ real }) => real);
  const m = sumOf(counts, ({ synthetic }) => synthetic);
  if (n === 0 || m === 0) return undefined;
  const apart = sumOf(counts, ({ real, synthetic }) => {
    if (real === 0 && synthetic === 0) return 0;
    return Math.abs(synthetic / m - (real === 0 ? 1e-6 : real) / (n + invented));
  });
  return 1 - apart / 2;
}

/** 1 − total variation distance, where the real table relates the two columns. */
function contingencyTrend({ apart, together, least }: Contingency): readonly number[] {
  // A side without rows has no shares.
  if (least < 2 || !Number.isFinite(apart)) return [];
  const association = Math.sqrt(Math.max(0, together - 1) / (least - 1));
  return association > leastAssociation ? [1 - apart] : [];
}

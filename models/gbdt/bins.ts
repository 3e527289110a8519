// Turns columns into codes of one byte: quantile bins of numbers, frequent levels of categories, NULL apart.

import { SynthError } from '../../core/errors.ts';
import type { CategoryFeature, Feature, FeatureTable, NumberFeature } from '../features.ts';
import { countBelow } from '../sorted.ts';
import { groupWidth } from './kernel.ts';
import type { BinnedRows, Binner } from './types.ts';

/** Values that quantiles are taken from; more rows are thinned evenly. */
const quantileRows = 200_000;

/** @param maximalBins codes per column, NULL not counted; 2 to 255 */
export function binnersOf(features: readonly Feature[], maximalBins: number): readonly Binner[] {
  return features.map((feature) =>
    feature.kind === 'number' ? numberBinner(feature, maximalBins) : categoryBinner(feature, maximalBins),
  );
}

/** Bytes of the codes of rows. */
export function codeBytes(features: number, rowCount: number): number {
  return groupWidth * Math.ceil(features / groupWidth) * rowCount;
}

/** Position of a feature's code of row 0; those of the next rows follow at a distance of `groupWidth`. */
export function codeAt(feature: number, rowCount: number): number {
  const place = feature % groupWidth;
  return (feature - place) * rowCount + place;
}

/** Codes of rows whose columns are those that `binners` were made of, in the same order. @param codes where they go */
export function encodeRows(
  binners: readonly Binner[],
  { columns, rowCount }: FeatureTable,
  codes: Uint8Array = new Uint8Array(codeBytes(binners.length, rowCount)),
): BinnedRows {
  if (columns.length !== binners.length) {
    throw new SynthError(
      'gbdt.columns',
      `The model has learnt from ${binners.length} columns and was given ${columns.length}.`,
      { hint: 'Give it the columns that it has learnt from, in their order.' },
    );
  }
  for (const [i, binner] of binners.entries()) {
    const column = columns[i] as Feature;
    const into = codes.subarray(codeAt(i, rowCount));
    if (binner.kind === 'number' && column.kind === 'number') encodeNumbers(binner.edges, column.values, into);
    else if (binner.kind === 'category' && column.kind === 'category') encodeLevels(binner, column.codes, into);
    else {
      throw new SynthError(
        'gbdt.kind',
        `Column ${column.name} is a ${column.kind}; the model has learnt a ${binner.kind}.`,
        {
          hint: 'Give the model the columns that it has learnt from, in their order.',
        },
      );
    }
  }
  return { rowCount, binners, codes };
}

function numberBinner({ values }: NumberFeature, maximalBins: number): Binner {
  const stride = Math.ceil(values.length / quantileRows);
  const present = values.filter((value, i) => i % stride === 0 && !Number.isNaN(value)).sort();
  const edges: number[] = [];
  let distinct = present.length === 0 ? 0 : 1;
  for (let i = 1; i < present.length; i++) if (present[i] !== present[i - 1]) distinct++;
  // An edge lies before entry i, if that differs from the one before it.
  const edgeAt = (i: number): void => {
    const [low, high] = [present[i - 1] as number, present[i] as number];
    if (low === high) return;
    const middle = low + (high - low) / 2;
    edges.push(Number.isFinite(middle) && middle < high ? middle : low);
  };
  if (distinct <= maximalBins) for (let i = 1; i < present.length; i++) edgeAt(i);
  else {
    let last = 0;
    for (let bin = 1; bin < maximalBins; bin++) {
      let i = Math.round((bin * present.length) / maximalBins);
      // Within a run of equal values the edge goes behind the run.
      while (i < present.length && present[i] === present[i - 1]) i++;
      if (i > last && i < present.length) edgeAt(i);
      last = Math.max(last, i);
    }
  }
  return { kind: 'number', bins: edges.length + 1, edges: Float64Array.from(edges) };
}

function encodeNumbers(edges: Float64Array, values: Float64Array, into: Uint8Array): void {
  const bins = edges.length + 1;
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number;
    if (Number.isNaN(value)) {
      into[groupWidth * row] = bins;
      continue;
    }
    into[groupWidth * row] = countBelow(edges, value);
  }
}

function categoryBinner({ codes, levels }: CategoryFeature, maximalBins: number): Binner {
  const counts = new Uint32Array(levels);
  for (const code of codes) if (code >= 0) counts[code] = (counts[code] as number) + 1;
  const seen = Array.from(counts.keys()).filter((level) => (counts[level] as number) > 0);
  const isWide = seen.length > maximalBins;
  const frequent = isWide
    ? seen.sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b).slice(0, maximalBins - 1)
    : seen;
  const bins = Math.max(1, frequent.length + (isWide ? 1 : 0));
  // Beyond the most frequent, levels share the last code; one that was never seen is as good as NULL.
  const table = new Uint8Array(levels).fill(isWide ? bins - 1 : bins);
  for (const [bin, level] of frequent.entries()) table[level] = bin;
  return { kind: 'category', bins, table };
}

function encodeLevels(binner: Binner & { kind: 'category' }, codes: Int32Array, into: Uint8Array): void {
  for (let row = 0; row < codes.length; row++)
    into[groupWidth * row] = binner.table[codes[row] as number] ?? binner.bins;
}

// Coarse buckets of parent rows, so that a child can learn which kind of parent it links to. Pure.
import { type ColumnBatch, type ColumnVector, isNull } from '../batch.ts';
import { SynthError } from '../errors.ts';
import type { ColumnSchema } from '../schema.ts';

/** How one column of a parent is cut into at most a few codes; 0 is NULL. */
export type Coarse =
  | { readonly column: string; readonly kind: 'number'; readonly cuts: readonly number[] }
  /** Labels that at least k rows share; the others have one code together. */
  | { readonly column: string; readonly kind: 'category'; readonly labels: readonly string[] };

const levels = 7;
/** Bits of information about the child below which a column of the parent is not worth a bucket. */
const leastInformation = 0.01;
const mostColumns = 2;
const mostRows = 50_000;

/** Learns how to coarsen a column; undefined when all of its rows fall into one code. */
export function learnCoarse(column: string, vector: ColumnVector, rows: number, k: number): Coarse | undefined {
  const values = numbersOf(vector, rows);
  if (values !== undefined) {
    const sorted = values.filter((value) => !Number.isNaN(value)).sort();
    const cuts: number[] = [];
    for (let part = 1; part < levels - 2; part++) {
      const at = Math.floor((sorted.length * part) / (levels - 2));
      // The middle between neighbours is nobody's value.
      const cut = ((sorted[at - 1] ?? 0) + (sorted[at] ?? 0)) / 2;
      if (at >= k && sorted.length - at >= k && cut !== cuts.at(-1)) cuts.push(cut);
    }
    return cuts.length === 0 && sorted.length === rows ? undefined : { column, kind: 'number', cuts };
  }
  const counts = new Map<string, number>();
  for (let row = 0; row < rows; row++) {
    const label = labelOf(vector, row);
    if (label !== null) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const labels = [...counts]
    .filter(([, count]) => count >= k)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, levels - 2)
    .map(([label]) => label);
  return labels.length === 0 ? undefined : { column, kind: 'category', labels };
}

/** Codes below 8, one per row. */
export function coarsen(coarse: Coarse, vector: ColumnVector, rows: number): Uint8Array {
  const codes = new Uint8Array(rows);
  if (coarse.kind === 'number') {
    const values = numbersOf(vector, rows);
    for (let row = 0; row < rows; row++) {
      const value = values?.[row] ?? Number.NaN;
      if (!Number.isNaN(value)) codes[row] = 1 + coarse.cuts.filter((cut) => value >= cut).length;
    }
    return codes;
  }
  const known = new Map(coarse.labels.map((label, at) => [label, at + 2]));
  for (let row = 0; row < rows; row++) {
    const label = labelOf(vector, row);
    if (label !== null) codes[row] = known.get(label) ?? 1;
  }
  return codes;
}

/**
 * The parent's columns that tell most about the child: by mutual information of coarse codes, less its bias under
 * independence, (r − 1)(c − 1) / 2n nats (Miller 1955).
 * @param rows child rows that have a parent
 */
export function chooseBuckets(
  parents: readonly ColumnSchema[],
  parentRows: ColumnBatch,
  children: readonly ColumnSchema[],
  childRows: ColumnBatch,
  k: number,
): readonly Coarse[] {
  const rows = Math.min(mostRows, parentRows.rowCount);
  if (rows < 2 * k) return [];
  const codesOf = (columns: readonly ColumnSchema[], batch: ColumnBatch): { coarse: Coarse; codes: Uint8Array }[] =>
    columns.flatMap(({ name }) => {
      const vector = vectorOf(batch, name);
      const coarse = learnCoarse(name, vector, rows, k);
      return coarse === undefined ? [] : [{ coarse, codes: coarsen(coarse, vector, rows) }];
    });
  const targets = codesOf(children, childRows);
  return codesOf(parents, parentRows)
    .map(({ coarse, codes }) => ({
      coarse,
      information: targets.reduce((sum, target) => sum + Math.max(0, mutualInformation(codes, target.codes)), 0),
    }))
    .filter(({ information }) => information >= leastInformation)
    .sort((a, b) => b.information - a.information)
    .slice(0, mostColumns)
    .map(({ coarse }) => coarse);
}

/** The label of each row's bucket: the codes of its columns. Without columns all rows are in one bucket. */
export function bucketLabels(buckets: readonly Coarse[], batch: ColumnBatch): string[] {
  const codes = buckets.map((coarse) => coarsen(coarse, vectorOf(batch, coarse.column), batch.rowCount));
  const names = new Map<number, string>();
  return Array.from({ length: batch.rowCount }, (_, row) => {
    const number = codes.reduce((sum, code) => sum * 8 + (code[row] as number), 0);
    let name = names.get(number);
    if (name === undefined) {
      name = `b${codes.map((code) => code[row]).join('.')}`;
      names.set(number, name);
    }
    return name;
  });
}

/** In bits, less its bias. */
function mutualInformation(a: Uint8Array, b: Uint8Array): number {
  const joint = new Float64Array(64);
  for (let row = 0; row < a.length; row++) {
    const cell = (a[row] as number) * 8 + (b[row] as number);
    joint[cell] = (joint[cell] as number) + 1;
  }
  const left = new Float64Array(8);
  const right = new Float64Array(8);
  joint.forEach((count, cell) => {
    left[cell >> 3] = (left[cell >> 3] as number) + count;
    right[cell & 7] = (right[cell & 7] as number) + count;
  });
  let nats = 0;
  joint.forEach((count, cell) => {
    if (count > 0) {
      nats +=
        (count / a.length) * Math.log((count * a.length) / ((left[cell >> 3] as number) * (right[cell & 7] as number)));
    }
  });
  const used = (counts: Float64Array): number => counts.filter((count) => count > 0).length - 1;
  return (nats - (used(left) * used(right)) / (2 * a.length)) / Math.LN2;
}

function numbersOf(vector: ColumnVector, rows: number): Float64Array | undefined {
  if (vector.kind !== 'number' && vector.kind !== 'integer') return undefined;
  const numbers = new Float64Array(rows);
  for (let row = 0; row < rows; row++) numbers[row] = isNull(vector, row) ? Number.NaN : Number(vector.values[row]);
  return numbers;
}

function labelOf(vector: ColumnVector, row: number): string | null {
  if (vector.kind === 'category')
    return isNull(vector, row) ? null : (vector.labels[vector.codes[row] as number] ?? null);
  return vector.kind === 'text' ? (vector.values[row] ?? null) : null;
}

export function vectorOf(batch: ColumnBatch, column: string): ColumnVector {
  const vector = batch.columns.get(column);
  if (vector === undefined) {
    throw new SynthError('mirror.no-column', `A batch lacks the column "${column}".`, { kind: 'unexpected' });
  }
  return vector;
}

// Dependent columns that are looked up by their determinants instead of learnt, where determinants have many rare values.
import type { ColumnVector } from '../batch.ts';
import { isNull, takeRows } from '../batch.ts';
import { SynthError } from '../errors.ts';
import { hashText } from '../random.ts';
import type { ColumnSchema } from '../schema.ts';
import { createGrouper, summariseGroups } from './groups.ts';
import { followMajority } from './majority.ts';
import { cumulate, extractRows, pickByWeight, type TransformDraw } from './vectors.ts';

export interface LookupState {
  readonly on: readonly string[];
  readonly columns: readonly string[];
  /** Determinants that occur in at least k rows, one entry per combination, and what follows from them. */
  readonly keys: readonly ColumnVector[];
  readonly known: number;
  /**
   * Dependents: the first `known` entries belong to `keys`. A rarer determinant gets what its nearest key has when it is
   * one number, else one of the entries behind, by a hash of its value: always the same.
   */
  readonly values: readonly ColumnVector[];
  /** Weights of the entries behind, summed up. */
  readonly weights: Float64Array;
}

/** @throws SynthError `constraint.not-dependent`, `constraint.too-rare` */
export function learnLookup(
  title: string,
  on: readonly string[],
  columns: readonly ColumnSchema[],
  determinants: readonly ColumnVector[],
  dependents: readonly ColumnVector[],
  rowCount: number,
  k: number,
): LookupState {
  const majority = followMajority(title, determinants, dependents, rowCount);
  const keyRows = majority.first.filter((_, group) => (majority.sizes[group] as number) >= k);
  const grouper = createGrouper(dependents.length);
  const { sizes, first } = summariseGroups(grouper.add(majority.vectors, rowCount), grouper.count());
  const frequent = Uint32Array.from(sizes.keys()).filter((group) => (sizes[group] as number) >= k);
  const names = columns.map((column) => column.name);
  const keys = determinants.map((vector) => extractRows(vector, keyRows));
  if (frequent.length > 0) {
    const rows = Uint32Array.from([...keyRows, ...frequent.map((group) => first[group] as number)]);
    const values = majority.vectors.map((vector) => extractRows(vector, rows));
    const weights = cumulate(frequent.map((group) => sizes[group] as number));
    return { on, columns: names, keys, known: keyRows.length, values, weights };
  }
  // No value is frequent enough to be told, so neither is any key's (a key in k rows has its value in k rows).
  const values = protectedMeans(majority.vectors, rowCount, k) ?? nulls(majority.vectors, columns);
  if (values === undefined) {
    throw new SynthError(
      'constraint.too-rare',
      `The rule ${title} has no dependent value that occurs in ${k} rows or more.`,
      { hint: 'Give the dependent column a rule such as fake(…, { per }) instead.' },
    );
  }
  const count = rowsOf(values[0] as ColumnVector);
  return { on, columns: names, keys, known: 0, values, weights: cumulate(new Uint8Array(count).fill(1)) };
}

export function undoLookup(
  state: LookupState,
  determinants: readonly ColumnVector[],
  draw: TransformDraw,
): readonly ColumnVector[] {
  const rowCount = draw.rowIds.length;
  const grouper = createGrouper(determinants.length);
  grouper.add(state.keys, state.known);
  const groups = grouper.add(determinants, rowCount);
  const seed = hashText(state.columns.join('\0'), hashText(draw.table, draw.seed >>> 0));
  const rows = new Uint32Array(rowCount);
  const drawn = new Map<number, number>();
  let nearest: ((row: number) => number | undefined) | undefined;
  for (let row = 0; row < rowCount; row++) {
    const group = groups[row] as number;
    if (group < state.known) {
      rows[row] = group;
      continue;
    }
    let entry = drawn.get(group);
    if (entry === undefined) {
      nearest ??= nearestKey(state, determinants);
      entry = nearest(row);
    }
    if (entry === undefined) {
      const share = hashRow(determinants, row, seed) / 4294967296;
      entry = state.known + pickByWeight(state.weights, share);
    }
    drawn.set(group, entry);
    rows[row] = entry;
  }
  return state.values.map((vector) => takeRows(vector, rows));
}

/** For one numeric determinant: the known key nearest to a row's value. */
function nearestKey(state: LookupState, determinants: readonly ColumnVector[]): (row: number) => number | undefined {
  const [keys, given] = [state.keys[0], determinants[0]];
  const none = (): undefined => undefined;
  if (determinants.length !== 1 || keys === undefined || given === undefined) return none;
  if ((keys.kind !== 'number' && keys.kind !== 'integer') || given.kind !== keys.kind) return none;
  const known = Array.from({ length: state.known }, (_, key) => ({ key, at: Number(keys.values[key]) }))
    .filter(({ key, at }) => !isNull(keys, key) && Number.isFinite(at))
    .sort((a, b) => a.at - b.at || a.key - b.key);
  if (known.length === 0) return none;
  return (row) => {
    const value = Number(given.values[row]);
    if (isNull(given, row) || Number.isNaN(value)) return undefined;
    let low = 0;
    let high = known.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((known[middle] as { at: number }).at < value) low = middle + 1;
      else high = middle;
    }
    const [below, above] = [known[low - 1], known[low]];
    if (below === undefined || above === undefined) return (below ?? above)?.key;
    return value - below.at <= above.at - value ? below.key : above.key;
  };
}

/** A hash of the values themselves: the same in every batch and thread. */
function hashRow(vectors: readonly ColumnVector[], row: number, seed: number): number {
  let hash = seed;
  for (const vector of vectors) {
    const level = vector.kind === 'category' ? vector.labels[vector.codes[row] as number] : vector.values[row];
    hash = isNull(vector, row) ? hashText('NULL', hash ^ 1) : hashText(String(level), hash);
  }
  return hash;
}

/** One numeric column whose values are all rare: means of k neighbours each, so that none is a single row's value. */
function protectedMeans(vectors: readonly ColumnVector[], rowCount: number, k: number): ColumnVector[] | undefined {
  const vector = vectors[0];
  if (vectors.length !== 1 || vector === undefined || (vector.kind !== 'number' && vector.kind !== 'integer')) return;
  const rows = Array.from({ length: rowCount }, (_, row) => row).filter((row) => !isNull(vector, row));
  const doubles = rows.map((row) => Number(vector.values[row])).sort((a, b) => a - b);
  const bin = Math.max(k, Math.ceil(doubles.length / 1000));
  const means: number[] = [];
  for (let start = 0; start + bin <= doubles.length; start += bin) {
    means.push(doubles.slice(start, start + bin).reduce((total, value) => total + value, 0) / bin);
  }
  if (means.length === 0) return;
  return vector.kind === 'number'
    ? [{ kind: 'number', values: Float64Array.from(means) }]
    : [{ kind: 'integer', values: BigInt64Array.from(means, (mean) => BigInt(Math.round(mean))) }];
}

function nulls(vectors: readonly ColumnVector[], columns: readonly ColumnSchema[]): ColumnVector[] | undefined {
  if (columns.some((column) => !column.nullable)) return;
  return vectors.map(nullLike);
}

function nullLike(vector: ColumnVector): ColumnVector {
  const valid = new Uint8Array(1);
  switch (vector.kind) {
    case 'text':
      return { kind: 'text', values: [null] };
    case 'category':
      return { kind: 'category', codes: new Uint32Array(1), labels: [], valid };
    case 'number':
      return { kind: 'number', values: new Float64Array(1), valid };
    case 'integer':
      return { kind: 'integer', values: new BigInt64Array(1), valid };
  }
}

function rowsOf(vector: ColumnVector): number {
  return vector.kind === 'category' ? vector.codes.length : vector.values.length;
}

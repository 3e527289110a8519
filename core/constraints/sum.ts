// A total that is not learnt: it is added up from its parts, exactly for integers and decimals.
import { type ColumnVector, isNull } from '../batch.ts';
import { SynthError } from '../errors.ts';
import type { ColumnSchema, ColumnType } from '../schema.ts';
import { asDoubles, decimalsOf, rangeOf, rescale, roundTo, scaleOf } from './arithmetic.ts';

export interface SumState {
  readonly total: string;
  readonly parts: readonly string[];
  /** What the source's total is where some, or all, of the parts are NULL. */
  readonly someNull: 'null' | 'zero';
  readonly allNull: 'null' | 'zero';
  /** A learnt column that says where the total is NULL although the parts give one; absent when there is no such row. */
  readonly presence?: string;
  /** Grid of a total in doubles. */
  readonly decimals: number | null;
}

/** Least share of source rows in which the sum must hold. */
const leastShare = 0.999;

/** @throws SynthError `constraint.wrong-type` when a column is no number */
export function checkSumTypes(title: string, columns: readonly ColumnSchema[]): void {
  for (const column of columns) {
    if (scaleOf(column.type) === undefined && column.type.kind !== 'float' && column.type.kind !== 'wide') {
      throw new SynthError(
        'constraint.wrong-type',
        `The rule ${title} adds up "${column.name}", which is of type ${column.sqlType}.`,
        { hint: 'Name only columns with numbers.' },
      );
    }
  }
}

/** @throws SynthError `constraint.sum-broken` when the sum holds in fewer than 99.9 % of the rows */
export function learnSum(
  title: string,
  presenceName: string,
  total: ColumnSchema,
  parts: readonly ColumnSchema[],
  vectors: ReadonlyMap<string, ColumnVector>,
  rowCount: number,
  k: number,
): { readonly state: SumState; readonly presence?: ColumnVector } {
  const totals = vectors.get(total.name) as ColumnVector;
  const nullParts = countNullParts(parts, vectors, rowCount);
  const decimals = scaleOf(total.type) === undefined ? decimalsOf(asDoubles(totals, 0)) : null;
  const base: SumState = {
    total: total.name,
    parts: parts.map((part) => part.name),
    someNull: 'zero',
    allNull: 'zero',
    decimals,
  };
  const sums = addUp(base, total.type, parts, vectors, rowCount);
  const agrees = (row: number): boolean => !isNull(totals, row) && sameValue(totals, sums, row);
  // Rows with NULL parts vote: a NULL total for `null`, a total that equals the sum of the others for `zero`.
  const votes = { some: 0, all: 0 };
  for (let row = 0; row < rowCount; row++) {
    const missing = nullParts[row] as number;
    if (missing === 0) continue;
    const vote = isNull(totals, row) ? -1 : agrees(row) ? 1 : 0;
    votes[missing === parts.length ? 'all' : 'some'] += vote;
  }
  const state: SumState = {
    ...base,
    someNull: votes.some > 0 ? 'zero' : 'null',
    allNull: votes.all > 0 ? 'zero' : 'null',
  };
  let broken = 0;
  let absent = 0;
  const valid = new Uint32Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const expected = hasTotal(state, nullParts[row] as number);
    const given = !isNull(totals, row);
    valid[row] = given ? 1 : 0;
    if (expected && !given) absent++;
    else if (given && (!expected || !agrees(row))) broken++;
  }
  if (broken > (1 - leastShare) * rowCount) {
    throw new SynthError(
      'constraint.sum-broken',
      `The rule ${title} holds in only ${(100 * (1 - broken / rowCount)).toFixed(1)} % of the source's rows.`,
      { hint: 'Remove the rule, or name all the parts of the total.' },
    );
  }
  if (absent < Math.max(1, k)) return { state };
  return {
    state: { ...state, presence: presenceName },
    presence: { kind: 'category', codes: valid, labels: ['false', 'true'] },
  };
}

/**
 * The total, one entry per row. Where the sum would leave the total's type, the greatest part is cut so that rule and type hold:
 * `parts` of the result replace the given ones.
 */
export function undoSum(
  state: SumState,
  total: ColumnSchema,
  parts: readonly ColumnSchema[],
  vectors: ReadonlyMap<string, ColumnVector>,
  rowCount: number,
): { readonly total: ColumnVector; readonly parts: ReadonlyMap<string, ColumnVector> } {
  const nullParts = countNullParts(parts, vectors, rowCount);
  const presence = state.presence === undefined ? undefined : vectors.get(state.presence);
  const valid = new Uint8Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    valid[row] = hasTotal(state, nullParts[row] as number) && isPresent(presence, row) ? 1 : 0;
  }
  const changed = cutOverflow(total.type, parts, vectors, rowCount);
  const vector = addUp(state, total.type, parts, new Map([...vectors, ...changed]), rowCount);
  const noNulls = valid.every((flag) => flag === 1);
  return { total: noNulls ? vector : ({ ...vector, valid } as ColumnVector), parts: changed };
}

function isPresent(presence: ColumnVector | undefined, row: number): boolean {
  if (presence === undefined || isNull(presence, row)) return true;
  return presence.kind !== 'category' || presence.labels[presence.codes[row] as number] !== 'false';
}

function hasTotal(state: SumState, nullParts: number): boolean {
  if (nullParts === 0) return true;
  return (nullParts === state.parts.length ? state.allNull : state.someNull) === 'zero';
}

function countNullParts(
  parts: readonly ColumnSchema[],
  vectors: ReadonlyMap<string, ColumnVector>,
  rowCount: number,
): Uint8Array {
  const counts = new Uint8Array(rowCount);
  for (const part of parts) {
    const vector = vectors.get(part.name) as ColumnVector;
    for (let row = 0; row < rowCount; row++) if (isNull(vector, row)) counts[row] = (counts[row] as number) + 1;
  }
  return counts;
}

/** Sums with NULL as 0, in the total's kind of vector. */
function addUp(
  state: SumState,
  totalType: ColumnType,
  parts: readonly ColumnSchema[],
  vectors: ReadonlyMap<string, ColumnVector>,
  rowCount: number,
): Extract<ColumnVector, { kind: 'integer' | 'number' }> {
  const totalScale = scaleOf(totalType);
  const scales = parts.map((part) => scaleOf(part.type));
  const given = parts.map((part) => vectors.get(part.name) as ColumnVector);
  if (totalScale !== undefined && given.every((vector) => vector.kind === 'integer')) {
    const widest = Math.max(...scales.map((scale) => scale ?? 0));
    const sums = new Array<bigint>(rowCount).fill(0n);
    given.forEach((vector, p) => {
      const factor = 10n ** BigInt(widest - (scales[p] ?? 0));
      for (let row = 0; row < rowCount; row++) {
        if (!isNull(vector, row)) sums[row] = (sums[row] as bigint) + (vector.values[row] as bigint) * factor;
      }
    });
    const same = widest === totalScale;
    return { kind: 'integer', values: BigInt64Array.from(sums, (s) => (same ? s : rescale(s, widest, totalScale))) };
  }
  const sums = new Float64Array(rowCount);
  given.forEach((vector, p) => {
    const doubles = asDoubles(vector, scales[p] ?? 0);
    for (let row = 0; row < rowCount; row++) {
      if (!isNull(vector, row)) sums[row] = (sums[row] as number) + (doubles[row] as number);
    }
  });
  if (totalScale !== undefined) {
    const unit = 10 ** totalScale;
    return { kind: 'integer', values: BigInt64Array.from(sums, (s) => toInteger(s * unit)) };
  }
  const single = totalType.kind === 'float' && totalType.bits === 32;
  for (let row = 0; row < rowCount; row++) {
    const rounded = roundTo(sums[row] as number, state.decimals);
    sums[row] = single ? Math.fround(rounded) : rounded;
  }
  return { kind: 'number', values: sums };
}

function toInteger(value: number): bigint {
  return Number.isFinite(value) ? BigInt(Math.round(value)) : 0n;
}

function sameValue(a: ColumnVector, b: ColumnVector, row: number): boolean {
  if (a.kind === 'integer' && b.kind === 'integer') return a.values[row] === b.values[row];
  if (a.kind !== 'number' || b.kind !== 'number') return false;
  const [x, y] = [a.values[row] as number, b.values[row] as number];
  return Object.is(x, y) || Math.abs(x - y) <= 1e-6 * Math.max(1e-3, Math.abs(x));
}

/** Parts to replace so that no exact sum leaves the range of the total's type. */
function cutOverflow(
  totalType: ColumnType,
  parts: readonly ColumnSchema[],
  vectors: ReadonlyMap<string, ColumnVector>,
  rowCount: number,
): ReadonlyMap<string, ColumnVector> {
  const scale = scaleOf(totalType);
  const given = parts.map((part) => vectors.get(part.name) as ColumnVector);
  const changed = new Map<string, ColumnVector>();
  if (scale === undefined || parts.some((part) => scaleOf(part.type) !== scale)) return changed;
  const { low, high } = rangeOf(totalType);
  const copies = given.map((vector) =>
    vector.kind === 'integer' ? vector.values.slice() : new BigInt64Array(rowCount),
  );
  for (let row = 0; row < rowCount; row++) {
    let total = 0n;
    for (let p = 0; p < copies.length; p++) {
      if (!isNull(given[p] as ColumnVector, row)) total += copies[p]?.[row] as bigint;
    }
    const excess = total > high ? total - high : total < low ? total - low : 0n;
    if (excess === 0n) continue;
    let widest = -1;
    for (let p = 0; p < copies.length; p++) {
      if (isNull(given[p] as ColumnVector, row)) continue;
      const value = copies[p]?.[row] as bigint;
      if (
        widest < 0 ||
        (excess > 0n ? value > (copies[widest]?.[row] as bigint) : value < (copies[widest]?.[row] as bigint))
      )
        widest = p;
    }
    const cut = copies[widest] as BigInt64Array;
    cut[row] = (cut[row] as bigint) - excess;
    const vector = given[widest] as Extract<ColumnVector, { kind: 'integer' }>;
    changed.set((parts[widest] as ColumnSchema).name, { ...vector, values: cut });
  }
  return changed;
}

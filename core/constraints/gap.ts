// The greater column of `a <= b` learnt as the gap from a to b: adding a gap that is not negative keeps the order.
import { type ColumnVector, isNull } from '../batch.ts';
import { infinitiesOf } from '../infinity.ts';
import type { ColumnSchema, ColumnType } from '../schema.ts';
import { asDoubles, decimalsOf, rangeOf, roundTo, scaleOf } from './arithmetic.ts';
import { type TransformDraw, uniforms } from './vectors.ts';

/** `target` lies above (`sign` 1) or below (`sign` -1) `base`. */
export interface GapRule {
  readonly target: string;
  readonly base: string;
  readonly sign: 1 | -1;
  readonly strict: boolean;
}

export interface GapState extends GapRule {
  /** The name of the learnt column. */
  readonly column: string;
  /** Stands in for a base that is NULL: the base's mean, rounded. */
  readonly anchor: bigint | number;
  /** The k-th most extreme target of the source, beyond which none is made. */
  readonly limit: bigint | number;
  /** The k-th most extreme target on the base's side: small gaps must not lead before it. Absent where k rows are too many. */
  readonly near?: bigint | number;
  /** Grid of doubles; null for exact types and for doubles without a grid. */
  readonly decimals: number | null;
}

/** Share of source rows that may break the order; they are learnt as if base and target were equal. */
const tolerance = 0.001;

/** The type of the gap between two columns, or undefined when they cannot be subtracted. */
export function gapType(base: ColumnSchema, target: ColumnSchema): { type: ColumnType; sqlType: string } | undefined {
  const [a, b] = [base.type, target.type];
  if (a.kind !== b.kind) return undefined;
  if (a.kind === 'float') return { type: { kind: 'float', bits: 64 }, sqlType: 'DOUBLE' };
  if (a.kind === 'decimal') {
    if (scaleOf(a) !== scaleOf(b)) return undefined;
    return { type: { kind: 'decimal', precision: 18, scale: a.scale }, sqlType: `DECIMAL(18,${a.scale})` };
  }
  const sameTimestamps = a.kind === 'timestamp' && b.kind === 'timestamp' && a.unit === b.unit && a.zoned === b.zoned;
  if (a.kind === 'integer' || a.kind === 'date' || a.kind === 'time' || sameTimestamps) {
    return { type: { kind: 'integer', bits: 64, signed: true }, sqlType: 'BIGINT' };
  }
  return undefined;
}

/**
 * `type` is that of either column. Undefined when the order does not hold in the source, or values are infinite: then
 * redrawing has to keep it.
 */
export function learnGap(
  rule: GapRule,
  column: string,
  base: ColumnVector,
  target: ColumnVector,
  rowCount: number,
  k: number,
  type: ColumnType,
): { readonly state: GapState; readonly vector: ColumnVector } | undefined {
  if ([base, target].some((vector) => infinitiesOf(vector, type) !== undefined)) return undefined;
  if (base.kind === 'integer' && target.kind === 'integer') return learnExact(rule, column, base, target, rowCount, k);
  if (base.kind === 'number' && target.kind === 'number') return learnDoubles(rule, column, base, target, rowCount, k);
  return undefined;
}

type Exact = Extract<ColumnVector, { kind: 'integer' }>;
type Doubles = Extract<ColumnVector, { kind: 'number' }>;

function learnExact(rule: GapRule, column: string, base: Exact, target: Exact, rowCount: number, k: number) {
  const sign = BigInt(rule.sign);
  const least = rule.strict ? 1n : 0n;
  let total = 0n;
  let counted = 0n;
  const targets: bigint[] = [];
  for (let row = 0; row < rowCount; row++) {
    if (!isNull(base, row)) {
      total += base.values[row] as bigint;
      counted++;
    }
    if (!isNull(target, row)) targets.push(target.values[row] as bigint);
  }
  const anchor = counted === 0n ? 0n : total / counted;
  const values = new BigInt64Array(rowCount);
  let compared = 0;
  let broken = 0;
  for (let row = 0; row < rowCount; row++) {
    if (isNull(target, row)) continue;
    const from = isNull(base, row) ? anchor : (base.values[row] as bigint);
    let gap = ((target.values[row] as bigint) - from) * sign;
    if (gap !== BigInt.asIntN(64, gap)) return undefined;
    if (!isNull(base, row)) {
      compared++;
      if (gap < least) {
        broken++;
        gap = least;
      }
    }
    values[row] = gap;
  }
  if (targets.length === 0 || broken > tolerance * compared) return undefined;
  targets.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return {
    state: { ...rule, column, anchor, ...endsOf(targets, k, rule.sign), decimals: null },
    vector: { kind: 'integer' as const, values, ...validOf(target) },
  };
}

function learnDoubles(rule: GapRule, column: string, base: Doubles, target: Doubles, rowCount: number, k: number) {
  const bases = asDoubles(base, 0);
  const targets = asDoubles(target, 0);
  const decimals = combinedDecimals(bases, targets);
  let total = 0;
  let counted = 0;
  for (let row = 0; row < rowCount; row++) {
    for (const [vector, value] of [[base, bases[row]] as const, [target, targets[row]] as const]) {
      if (!isNull(vector, row) && !Number.isFinite(value)) return undefined;
    }
    if (!isNull(base, row)) {
      total += bases[row] as number;
      counted++;
    }
  }
  const anchor = roundTo(counted === 0 ? 0 : total / counted, decimals ?? 6);
  const values = new Float64Array(rowCount);
  let compared = 0;
  let broken = 0;
  for (let row = 0; row < rowCount; row++) {
    if (isNull(target, row)) continue;
    const from = isNull(base, row) ? anchor : (bases[row] as number);
    let gap = roundTo(((targets[row] as number) - from) * rule.sign, decimals);
    if (!isNull(base, row)) {
      compared++;
      if (rule.strict ? gap <= 0 : gap < 0) {
        broken++;
        gap = 0;
      }
    }
    values[row] = gap;
  }
  const present = targets.filter((value) => !Number.isNaN(value)).sort();
  if (present.length === 0 || broken > tolerance * compared) return undefined;
  return {
    state: { ...rule, column, anchor, ...endsOf(present, k, rule.sign), decimals },
    vector: { kind: 'number' as const, values, ...validOf(target) },
  };
}

/** The target from the base and the drawn gap. `type` is the target's; results stay in its range and keep the order. */
export function undoGap(
  state: GapState,
  base: ColumnVector,
  gap: ColumnVector,
  type: ColumnType,
  draw: TransformDraw,
): ColumnVector {
  if (base.kind === 'integer' && gap.kind === 'integer') return undoExact(state, base, gap, type, draw);
  if (base.kind === 'number' && gap.kind === 'number') return undoDoubles(state, base, gap, type, draw);
  throw new TypeError(`The generator gave ${gap.kind} values for the gap "${state.column}".`);
}

function undoExact(state: GapState, base: Exact, gap: Exact, type: ColumnType, draw: TransformDraw): ColumnVector {
  const sign = BigInt(state.sign);
  const least = state.strict ? 1n : 0n;
  const anchor = state.anchor as bigint;
  const { low, high } = rangeOf(type);
  const limit = state.limit as bigint;
  const near = state.near as bigint | undefined;
  const values = new BigInt64Array(gap.values.length);
  let shares: Float64Array | undefined;
  for (let row = 0; row < values.length; row++) {
    if (isNull(gap, row)) continue;
    const free = isNull(base, row);
    const from = free ? anchor : (base.values[row] as bigint);
    let size = gap.values[row] as bigint;
    if (!free && size < least) size = least;
    const start = near === undefined ? undefined : (near - from) * sign;
    // As far beyond as it was before, so that no value piles up there either.
    if (start !== undefined && size < start) size = 2n * start - size;
    const floor = start !== undefined && start > least ? start : least;
    // From the base to the limit; a gap that goes beyond is drawn again inside, so that no value piles up at the limit.
    const room = (limit - from) * sign;
    if (size > room && size > least) {
      shares ??= uniforms(draw, state.column);
      size = room <= least ? (free ? room : least) : within(floor, room, shares[row] as number);
    }
    const value = from + sign * size;
    values[row] = value < low ? low : value > high ? high : value;
  }
  return { kind: 'integer', values, ...validOf(gap) };
}

function within(least: bigint, most: bigint, share: number): bigint {
  // 53 bits of the share are enough: steps of a span beyond 2^53 are far below any grid.
  return least + (BigInt(Math.floor(share * 9007199254740992)) * (most - least + 1n)) / 9007199254740992n;
}

function undoDoubles(
  state: GapState,
  base: Doubles,
  gap: Doubles,
  type: ColumnType,
  draw: TransformDraw,
): ColumnVector {
  const values = new Float64Array(gap.values.length);
  const limit = state.limit as number;
  const near = state.near as number | undefined;
  const single = type.kind === 'float' && type.bits === 32;
  let shares: Float64Array | undefined;
  for (let row = 0; row < values.length; row++) {
    if (isNull(gap, row)) continue;
    const free = isNull(base, row);
    const from = free ? (state.anchor as number) : (base.values[row] as number);
    let size = gap.values[row] as number;
    if (!free) size = Math.max(0, size);
    const start = near === undefined ? Number.NEGATIVE_INFINITY : (near - from) * state.sign;
    if (size < start) size = 2 * start - size;
    let value = roundTo(from + state.sign * size, state.decimals);
    // Compared after rounding: the sum of a value and its own gap may differ in the last bit before.
    if ((value - limit) * state.sign > 0 && size > 0) {
      shares ??= uniforms(draw, state.column);
      const room = (limit - from) * state.sign;
      const floor = Math.max(0, start);
      size = free ? room : Math.min(floor, room) + Math.max(0, room - floor) * (shares[row] as number);
      value = roundTo(from + state.sign * size, state.decimals);
    }
    if (single) value = Math.fround(value);
    if (!free) value = ordered(value, from, state, single);
    values[row] = value;
  }
  return { kind: 'number', values, ...validOf(gap) };
}

/** Rounding must not break the order: the base itself, or the next value on its far side. */
function ordered(value: number, from: number, state: GapState, single: boolean): number {
  const distance = (value - from) * state.sign;
  if (distance > 0 || (distance === 0 && !state.strict)) return value;
  if (!state.strict) return from;
  if (state.decimals !== null) return roundTo(from + state.sign * 10 ** -state.decimals, state.decimals);
  const step = Math.max(Math.abs(from), 1e-30) * (single ? 2 ** -23 : 2 ** -52);
  const next = from + state.sign * step;
  return single ? Math.fround(next) : next;
}

function combinedDecimals(a: Float64Array, b: Float64Array): number | null {
  const first = decimalsOf(a);
  const second = first === null ? null : decimalsOf(b);
  return first === null || second === null ? null : Math.max(first, second);
}

/** The k-th most extreme value on either side, of sorted ones. */
function endsOf<Value extends bigint | number>(
  sorted: ArrayLike<Value>,
  k: number,
  sign: 1 | -1,
): { limit: Value; near?: Value } {
  const at = (side: 1 | -1): Value => sorted[extremeIndex(sorted.length, k, side)] as Value;
  return { limit: at(sign), ...(sorted.length >= 2 * k && { near: at(sign === 1 ? -1 : 1) }) };
}

function extremeIndex(count: number, k: number, sign: 1 | -1): number {
  const from = Math.min(count, Math.max(1, k)) - 1;
  return sign === 1 ? count - 1 - from : from;
}

function validOf(vector: Exact | Doubles): { valid?: Uint8Array } {
  return vector.valid === undefined ? {} : { valid: vector.valid };
}

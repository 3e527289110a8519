// Exact arithmetic for rules between numbers: scaled 64-bit integers where the type has them, else doubles on a decimal grid.
import { type ColumnVector, isNull } from '../batch.ts';
import type { ColumnType } from '../schema.ts';

/** Digits after the point of an exact type; undefined for types that are not exact numbers. */
export function scaleOf(type: ColumnType): number | undefined {
  if (type.kind === 'integer') return 0;
  return type.kind === 'decimal' ? type.scale : undefined;
}

/** The least and greatest value that the batch's integers of this type may have. */
export function rangeOf(type: ColumnType): { readonly low: bigint; readonly high: bigint } {
  if (type.kind === 'integer' && type.bits < 64) {
    const span = 1n << BigInt(type.bits);
    return type.signed ? { low: -span / 2n, high: span / 2n - 1n } : { low: 0n, high: span - 1n };
  }
  if (type.kind === 'decimal') {
    const limit = 10n ** BigInt(Math.min(18, type.precision)) - 1n;
    return { low: -limit, high: limit };
  }
  const high = 9223372036854775807n;
  return { low: type.kind === 'integer' && !type.signed ? 0n : -high - 1n, high };
}

/** `value` at another scale, rounded half away from zero as SQL casts do. */
export function rescale(value: bigint, from: number, to: number): bigint {
  if (to >= from) return value * 10n ** BigInt(to - from);
  const factor = 10n ** BigInt(from - to);
  const half = factor / 2n;
  return (value < 0n ? value - half : value + half) / factor;
}

/** Values as doubles in the column's unit, whatever the vector's kind; NaN for NULL. */
export function asDoubles(vector: ColumnVector, scale: number): Float64Array {
  if (vector.kind !== 'number' && vector.kind !== 'integer') return new Float64Array(0);
  const unit = 10 ** scale;
  const doubles = new Float64Array(vector.values.length);
  for (let row = 0; row < doubles.length; row++) {
    doubles[row] = isNull(vector, row) ? Number.NaN : Number(vector.values[row]) / unit;
  }
  return doubles;
}

/** The fewest decimals (at most 6) on whose grid all values lie; null when there is no such grid. NaN is skipped. */
export function decimalsOf(values: Float64Array): number | null {
  let decimals = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    while (roundTo(value, decimals) !== value) if (++decimals > 6) return null;
  }
  return decimals;
}

/** The nearest double on the grid of `decimals`; the value itself without one. */
export function roundTo(value: number, decimals: number | null): number {
  if (decimals === null) return value;
  const unit = 10 ** decimals;
  const scaled = value * unit;
  return Math.abs(scaled) < 4503599627370496 ? Math.round(scaled) / unit : value;
}

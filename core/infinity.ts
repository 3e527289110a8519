// Infinite dates and timestamps: how 'infinity' and '-infinity' travel among the whole numbers of a batch.
import type { ColumnVector } from './batch.ts';
import type { ColumnType } from './schema.ts';

/**
 * The whole number that stands for `infinity` in a column of this type, and negated for `-infinity`: what DuckDB keeps of
 * them. Undefined for types without infinities, and for those whose doubles have infinities of their own.
 */
export function infinityOf(type: ColumnType): bigint | undefined {
  if (type.kind === 'date') return 2_147_483_647n;
  return type.kind === 'timestamp' ? 9_223_372_036_854_775_807n : undefined;
}

/** Infinity or -Infinity for each infinite entry, 0 for the others; undefined when there is none. */
export function infinitiesOf(vector: ColumnVector, type: ColumnType): Float64Array | undefined {
  const infinity = infinityOf(type);
  if (vector.kind !== 'integer' || infinity === undefined) return undefined;
  const { values, valid } = vector;
  // Two 32-bit halves cost less than a heap number each.
  const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  const [up, down] = [infinity, -infinity].map((value) => new Int32Array(BigInt64Array.of(value).buffer));
  let found: Float64Array | undefined;
  for (let row = 0; row < values.length; row++) {
    const [low, high] = [halves[2 * row], halves[2 * row + 1]];
    const isUp = low === up?.[0] && high === up?.[1];
    if (!isUp && (low !== down?.[0] || high !== down?.[1])) continue;
    if (valid?.[row] === 0) continue;
    found ??= new Float64Array(values.length);
    found[row] = isUp ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }
  return found;
}

// Scores are logits in fixed point, so that sums are exact and the same in training, sampling and every engine.

/** Fixed-point units per logit. */
export const scoreUnit = 4096;

/** Logits beyond ±16 are treated as ±16. */
const range = 16;
const shift = 5;
const entries = (2 * range * scoreUnit) >> shift;

/** Coarser tables, in steps of 1/32 logit: small enough for the fastest memory. */
export const logisticShift = 7;
export const logisticEntries: number = (2 * range * scoreUnit) >> logisticShift;

/** Position of a score in the tables. */
export function scoreIndex(score: number): number {
  const at = (score + range * scoreUnit) >> shift;
  return at < 0 ? 0 : at >= entries ? entries - 1 : at;
}

/** Probability by {@link scoreIndex}. */
export const probabilityTable: Float64Array = Float64Array.from(
  { length: entries },
  (_, i) => 1 / (1 + Math.exp(range - ((i + 0.5) * (1 << shift)) / scoreUnit)),
);

/** Probability of a score, interpolated: finer than the table's steps of 1/128 logit. */
export function probabilityOf(score: number): number {
  const at = Math.max(0, Math.min(entries - 1, (score + range * scoreUnit) / (1 << shift) - 0.5));
  const low = Math.min(entries - 2, Math.floor(at));
  const p = probabilityTable[low] as number;
  return p + (at - low) * ((probabilityTable[low + 1] as number) - p);
}

/** Loss of a row with target 0 by {@link scoreIndex}, in nats. */
export const lossTable: Float64Array = probabilityTable.map((p) => -Math.log(1 - p));

/** Probability times 2^32 by {@link scoreIndex}: a uniform 32-bit word below it is a draw of 1. */
export const thresholdTable: Uint32Array = Uint32Array.from(probabilityTable, (p) => Math.floor(p * 4294967296));

/** A score of a probability, kept within the range of scores. */
export function scoreOf(probability: number): number {
  const p = Math.min(1 - 1e-7, Math.max(1e-7, probability));
  return Math.max(-range * scoreUnit, Math.min(range * scoreUnit, Math.round(Math.log(p / (1 - p)) * scoreUnit)));
}

const gradientTables = new Map<number, GradientTable>();

/**
 * Gradient and hessian of the logistic loss as two whole numbers packed into one double (gradient · 2^shift + hessian), so
 * that one addition adds both and sums are exact in any order.
 */
export interface GradientTable {
  /** By entry of the score (see the kernel), of target 0, then of target 1. */
  readonly packed: Float64Array;
  /** 2^shift. */
  readonly base: number;
  readonly gradientScale: number;
  readonly hessianScale: number;
}

/** The table with the finest resolution at which sums over 2^logRows rows stay exact. */
export function gradientTable(logRows: number): GradientTable {
  const bits = Math.max(4, Math.min(15, (50 - 2 * logRows) >> 1));
  const known = gradientTables.get(logRows);
  if (known !== undefined) return known;
  const gradientScale = 2 ** bits;
  const hessianScale = 2 ** (bits + 2);
  const base = 2 ** (logRows + bits + 1);
  const packed = new Float64Array(2 * logisticEntries);
  for (let i = 0; i < logisticEntries; i++) {
    const p = probabilityOf(((i + 0.5) * (2 * range * scoreUnit)) / logisticEntries - range * scoreUnit);
    const hessian = Math.max(1, Math.round(p * (1 - p) * hessianScale));
    packed[i] = Math.round(p * gradientScale) * base + hessian;
    packed[logisticEntries + i] = Math.round((p - 1) * gradientScale) * base + hessian;
  }
  const table = { packed, base, gradientScale, hessianScale };
  gradientTables.set(logRows, table);
  return table;
}

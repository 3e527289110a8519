// Chooses a node's question: the feature and the set of codes that go left with which the loss falls most.
import type { Scale } from './histogram.ts';
import type { Binner } from './types.ts';

export interface Split {
  readonly feature: number;
  readonly gain: number;
  /** 256 entries: 1 sends the code right. */
  readonly route: Uint8Array;
}

export interface SplitLimits {
  readonly leastRows: number;
  readonly ridge: number;
}

/** Sums of a node. `packed`: hessian and count, as in a cell. */
export interface Sums {
  readonly gradient: number;
  readonly packed: number;
}

/** Hessian below which a side tells nothing. */
const leastHessian = 1e-3;
/** Pulls the order of categories with few rows towards the middle, as scikit-learn and LightGBM do. */
const categorySmoothing = 10;

/** Reused between calls: categories of one feature in the order in which they are tried. */
const order: number[] = [];
const keys = new Float64Array(256);

/** Undefined when no question is allowed or none gains. */
export function bestSplit(
  cells: Float64Array,
  starts: Int32Array,
  binners: readonly Binner[],
  sums: Sums,
  scale: Scale,
  { leastRows, ridge }: SplitLimits,
): Split | undefined {
  const { countBase } = scale;
  const [perGradient, perHessian] = [1 / scale.gradient, 1 / scale.hessian];
  const total = sums.gradient * perGradient;
  const wholeHessian = Math.floor(sums.packed / countBase);
  const totalHessian = wholeHessian * perHessian;
  const totalRows = sums.packed - wholeHessian * countBase;
  const before = (total * total) / (totalHessian + ridge);
  let bestGain = 1e-9;
  let bestFeature = -1;
  /** Of numbers: the last code that goes left; of categories: how many of `order`. */
  let bestCut = 0;
  let bestNullLeft = false;
  let bestOrder: number[] = [];

  // Gain of a left side, or 0 when it or the other side is too small.
  const gainOf = (gradient: number, packed: number): number => {
    const whole = Math.floor(packed / countBase);
    const rows = packed - whole * countBase;
    if (rows < leastRows || totalRows - rows < leastRows) return 0;
    const hessian = whole * perHessian;
    if (hessian < leastHessian || totalHessian - hessian < leastHessian) return 0;
    const left = gradient * perGradient;
    const right = total - left;
    return (left * left) / (hessian + ridge) + (right * right) / (totalHessian - hessian + ridge) - before;
  };

  for (let feature = 0; feature < binners.length; feature++) {
    const { kind, bins } = binners[feature] as Binner;
    const start = 2 * (starts[feature] as number);
    const nullGradient = cells[start + 2 * bins] as number;
    const nullPacked = cells[start + 2 * bins + 1] as number;
    if (kind === 'number') {
      // NULL right, then NULL left: the direction is learnt.
      for (let side = 0; side < (nullPacked > 0 ? 2 : 1); side++) {
        let gradient = side === 1 ? nullGradient : 0;
        let packed = side === 1 ? nullPacked : 0;
        const last = side === 0 && nullPacked > 0 ? bins : bins - 1;
        for (let bin = 0; bin < last; bin++) {
          const cell = cells[start + 2 * bin + 1] as number;
          if (cell === 0) continue;
          gradient += cells[start + 2 * bin] as number;
          packed += cell;
          const gain = gainOf(gradient, packed);
          if (gain > bestGain) {
            bestGain = gain;
            bestFeature = feature;
            bestCut = bin;
            bestNullLeft = side === 1;
          }
        }
      }
      continue;
    }
    // Fisher (1958): the best two groups are neighbours in the order of mean gradients.
    order.length = 0;
    for (let bin = 0; bin <= bins; bin++) {
      const packed = cells[start + 2 * bin + 1] as number;
      if (packed === 0) continue;
      const hessian = Math.floor(packed / countBase) * perHessian;
      keys[bin] = ((cells[start + 2 * bin] as number) * perGradient) / (hessian + categorySmoothing);
      order.push(bin);
    }
    order.sort((a, b) => (keys[a] as number) - (keys[b] as number) || a - b);
    let gradient = 0;
    let packed = 0;
    let improved = false;
    for (let i = 0; i < order.length - 1; i++) {
      const cell = start + 2 * (order[i] as number);
      gradient += cells[cell] as number;
      packed += cells[cell + 1] as number;
      const gain = gainOf(gradient, packed);
      if (gain > bestGain) {
        bestGain = gain;
        bestFeature = feature;
        bestCut = i + 1;
        improved = true;
      }
    }
    if (improved) bestOrder = order.slice(0, bestCut);
  }
  if (bestFeature < 0) return undefined;
  const { kind, bins } = binners[bestFeature] as Binner;
  const route = new Uint8Array(256).fill(1);
  if (kind === 'category') for (const bin of bestOrder) route[bin] = 0;
  else {
    route.fill(0, 0, bestCut + 1);
    route[bins] = bestNullLeft ? 0 : 1;
  }
  return { feature: bestFeature, gain: bestGain, route };
}
